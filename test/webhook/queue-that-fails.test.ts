import { describe, expect, test } from "vitest"
import { silentLogger } from "../../src/ground/logger.js"
import { InvalidUpdate } from "../../src/telegram/errors.js"
import { Webhook, type WebhookOptions } from "../../src/webhook/webhook.js"

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function thrower(value: unknown): () => never {
  return () => {
    throw value
  }
}

class OtherPromise {
  // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
  then(done: () => void): void {
    done()
  }
}

/** The results of a custom queue's `put`, also those that types forbid, each with the status of the answer. */
const puts: readonly (readonly [string, () => unknown, number])[] = [
  ["throws", thrower(new Error("no")), 503],
  ["throws null", thrower(null), 503],
  ["throws a revoked proxy", thrower(revoked()), 503],
  ["returns nothing", () => undefined, 503],
  ["rejects with nothing", () => Promise.reject(), 503],
  ["rejects with a symbol", () => Promise.reject(Symbol("x")), 503],
  ["rejects with a revoked proxy", () => Promise.reject(revoked()), 503],
  ["never settles", () => new Promise(() => {}), 503],
  ["returns another kind of promise", () => new OtherPromise(), 200],
  ["rejects with an InvalidUpdate", () => Promise.reject(new InvalidUpdate("It has no lane")), 400],
]

const orders = [
  ["at once", {}],
  ["in its turn", { orderWithinMs: 20 }],
] as const

describe.each(orders)("an update that is put %s into a queue whose put", (_, order) => {
  test.each(puts)("%s gets its answer", async (name, put, status) => {
    const queue = { put } as WebhookOptions["queue"]
    const putTimeoutMs = name === "never settles" ? 100 : 60_000
    const limits = { putTimeoutMs, logger: silentLogger, ...order }
    const webhook = new Webhook({ botId: 7, queue, secretToken: false, ...limits }, { lastId: 1 })
    expect((await webhook.take({ update_id: 5 })).status).toBe(status)
  })

  test("throws is not ready either if its probe throws", async () => {
    const put = () => Promise.resolve()
    for (const probe of [thrower(revoked()), thrower(new Error("no"))]) {
      const webhook = new Webhook({ botId: 7, queue: { put, probe }, secretToken: false })
      expect(await webhook.readiness()).toBe("failing")
    }
  })
})
