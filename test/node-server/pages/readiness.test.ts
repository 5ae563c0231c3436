import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { Webhook, type WebhookOptions } from "../../../src/webhook/webhook.js"
import { WebhookServer } from "../../../src/node-server/webhook-server.js"
import { deferred, untilTrue } from "../../support/waiting.js"
import { Started } from "../../support/started-webhook.js"

const started = Started.forEachTest()
const servers: WebhookServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** Starts a server with a webhook per queue. */
async function serve(...queues: WebhookOptions["queue"][]): Promise<Webhook[]> {
  const server = new WebhookServer({ port: 0 })
  servers.push(server)
  const webhooks = queues.map(
    (queue, index) =>
      new Webhook({
        botId: 7,
        queue,
        path: `hook${index}`,
        secretToken: "s",
        logger: silentLogger,
      }),
  )
  for (const webhook of webhooks) server.add(webhook)
  await server.start()
  return webhooks
}

async function ask(port = servers[0]?.address?.port): Promise<[number, string]> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`)
  return [answer.status, await answer.text()]
}

const put = (queue: MemoryQueue, id: number) => {
  void queue.put({ botId: 7, update: { update_id: id } }).catch(() => {})
}

describe("the ready path", () => {
  test("answers 200 while an update would be accepted", async () => {
    await serve(new MemoryQueue())
    expect(await ask()).toEqual([200, "ready\n"])
  })

  test("answers 503 while a queue is full, and 200 when it has room again", async () => {
    await using queue = new MemoryQueue({ capacity: 1 })
    await serve(queue)
    put(queue, 1)
    expect(await ask()).toEqual([503, "the queue is full\n"])
    const delivery = await queue.take(new AbortController().signal)
    await untilTrue(async () => (await ask())[0] === 200)
    await delivery.done()
  })

  test("answers 503 while a queue cannot store updates", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sounder-"))
    const queue = new SqliteQueue({ path: join(folder, "updates.db"), capacity: 5 })
    await serve(queue)
    expect(await ask()).toEqual([200, "ready\n"])
    await queue[Symbol.asyncDispose]()
    await untilTrue(async () => (await ask())[0] === 503)
    expect(await ask()).toEqual([503, "the queue cannot store updates\n"])
    rmSync(folder, { recursive: true })
  })

  test("answers 503 while a queue does not answer the probe", async () => {
    await serve({ put: () => Promise.resolve(), probe: () => new Promise(() => {}) })
    expect(await ask()).toEqual([503, "the queue cannot store updates\n"])
  })

  test("probes the queue at most once per second", async () => {
    let probes = 0
    await serve({
      put: () => Promise.resolve(),
      async probe() {
        probes += 1
      },
    })
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(answers.every(([status]) => status === 200)).toBe(true)
    expect(probes).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 1000)
  })

  test("answers 200 while one of several bots would accept an update", async () => {
    await using queue = new MemoryQueue({ capacity: 1 })
    put(queue, 1)
    const [, second] = await serve(queue, new MemoryQueue())
    expect(await ask()).toEqual([200, "ready\n"])
    second?.stopIntake()
    await untilTrue(async () => (await ask())[0] === 503)
  })

  test("answers 503 without a bot", async () => {
    await serve()
    expect(await ask()).toEqual([503, "starting\n"])
  })
})

describe("a bot", () => {
  test("is ready from its registration to its stop", async () => {
    const asked = deferred()
    const told = deferred()
    started.telegram.scripts.set("setWebhook", [
      (response) => {
        asked.resolve()
        void told.promise.then(() => response.end('{"ok":true,"result":true}'))
      },
    ])
    const webhookUrl = "https://example.com/hook"
    const starting = started.start({ webhookUrl, queue: new MemoryQueue() })
    await asked.promise
    expect(await ask(started.port)).toEqual([503, "starting\n"])
    told.resolve()
    const intake = await starting
    await untilTrue(async () => (await ask(started.port))[0] === 200)
    await intake.stopIntake()
    await untilTrue(async () => (await ask(started.port))[1] === "stopping\n")
  })

  test("has another ready path, or none", async () => {
    await started.start({ readyPath: false })
    const answer = await fetch(`http://127.0.0.1:${started.port}/ready`)
    expect(answer.status).toBe(404)
  })
})
