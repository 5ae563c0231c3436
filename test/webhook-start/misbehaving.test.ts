import { afterEach, describe, expect, test, vi } from "vitest"
import { type CertificateSource, createCertificate } from "../../src/certificate/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Webhook, type WebhookOptions } from "../../src/webhook/webhook.js"
import { failingLoggers, failingMethods, thrownThings } from "../support/misbehaving.js"
import { RawClient, requestText, secret } from "../support/raw-client.js"
import { Started } from "../support/started-webhook.js"
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js"

expectNoUnhandledRejections()
afterEach(() => void vi.restoreAllMocks())

const started = Started.forEachTest()
const orders = [
  ["at once", {}],
  ["in its turn", { orderWithinMs: 20 }],
] as const

describe.each(orders)("an update that is put %s into a queue whose put", (_, order) => {
  const statusOf = async (put: () => unknown) => {
    const queue = { put } as WebhookOptions["queue"]
    const limits = { putTimeoutMs: 2_000, logger: silentLogger, ...order }
    const webhook = new Webhook({ botId: 7, queue, secretToken: false, ...limits }, { lastId: 1 })
    return (await webhook.take({ update_id: 5 })).status
  }

  test.each(Object.entries(failingMethods))("%s is answered with 503", async (__, put) => {
    expect(await statusOf(put)).toBe(503)
  })

  test.each(Object.entries(thrownThings))(
    "rejects with %s is answered with 503",
    async (__, make) => {
      expect(await statusOf(() => Promise.reject(make()))).toBe(503)
      expect(
        await statusOf(() => {
          throw make()
        }),
      ).toBe(503)
    },
  )
})

test.each(Object.entries(failingMethods))(
  "a queue whose probe %s is not ready, or ready, with no other effect",
  async (_, probe) => {
    const queue = { put: () => Promise.resolve(), probe } as WebhookOptions["queue"]
    const webhook = new Webhook({ botId: 7, queue, secretToken: false })
    expect(["ready", "failing"]).toContain(await webhook.readiness())
    expect((await webhook.take({ update_id: 5 })).status).toBe(200)
  },
)

test.each(Object.entries(failingMethods))(
  "a queue whose highestId %s does not prevent the start",
  async (_, highestId) => {
    const queue = Object.assign(started.queue, { highestId: highestId as never })
    await started.start({ queue, orderWithinMs: 20, secretToken: secret, urlPath: "hook" })
    expect(await started.ask(requestText('{"update_id":1}'))).toBe(200)
  },
)

test.each(Object.entries(failingLoggers))(
  "a logger that %s does not stop a webhook",
  async (_, make) => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const { queue } = started
    const logger = make()
    let fails = 1
    queue.answer = () => (fails-- > 0 ? Promise.reject(new Error("no disk")) : Promise.resolve())
    await started.start({ logger, secretToken: secret, urlPath: "hook" })
    expect(await started.ask(requestText('{"update_id":1}'))).toBe(503)
    expect(await started.ask("GARBAGE\r\n\r\n")).toBe(400)
    expect(await started.ask(requestText('{"update_id":1}'))).toBe(200)
  },
)

describe("a source of certificates", () => {
  const pair = createCertificate("bot.example.com")
  const right = (): CertificateSource => ({
    load: async () => [await pair],
    watch: () => ({ ready: Promise.resolve(), stop: async () => {} }),
  })
  const open = (methods: object) =>
    new WebhookServer({
      port: 0,
      certificates: [{ ...right(), ...methods }],
      logger: silentLogger,
    })

  test.each(Object.entries(failingMethods))(
    "whose load %s ends the start with an error, and nothing listens",
    async (_, load) => {
      const server = open({ load })
      const error: unknown = await server.start().then(
        () => undefined,
        (reason: unknown) => ({ reason }),
      )
      expect(error).toBeDefined()
      expect(server.address).toBeUndefined()
      await server.close()
    },
  )

  test.each(Object.entries(failingMethods))(
    "whose watch %s ends the start, or has no effect",
    async (_, watch) => {
      const server = open({ watch })
      const isStarted = await server.start().then(
        () => true,
        () => false,
      )
      await server.close()
      expect(typeof isStarted).toBe("boolean")
      expect(server.address).toBeUndefined()
    },
  )

  test.each(Object.entries(failingMethods))(
    "whose stop %s lets the server close",
    async (_, stop) => {
      const server = open({ watch: () => ({ ready: Promise.resolve(), stop }) })
      await server.start()
      await server.close().catch(() => {})
      expect(server.address).toBeUndefined()
    },
  )

  test.each(Object.entries(failingMethods))(
    "whose challengeFor %s fails no other handshake",
    async (_, challengeFor) => {
      const server = open({ challengeFor })
      await server.start()
      const client = await RawClient.open({ host: "127.0.0.1", port: server.address?.port ?? 0 })
      client.destroy()
      await server.close()
    },
  )
})
