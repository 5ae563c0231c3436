import * as fc from "fast-check"
import { describe, expect, test, vi } from "vitest"
import { silentLogger } from "../../src/ground/logger.js"
import { HandedBack, type IncomingUpdate, QueueFull } from "../../src/queue/index.js"
import { Webhook, type WebhookHooks, type WebhookOptions } from "../../src/webhook/webhook.js"
import { webhookFetch } from "../../src/webhook/webhook-fetch.js"
import { deferred } from "../support/waiting.js"
import { secret } from "../support/raw-client.js"
import { RecordingQueue } from "../support/recording-queue.js"

function webhookOf(
  queue: Pick<WebhookOptions["queue"], "put">,
  options: object = {},
  hooks?: WebhookHooks,
): Webhook {
  return new Webhook({ botId: 7, queue, path: "/hook", secretToken: secret, ...options }, hooks)
}

function request(body: string, headers: Record<string, string> = {}) {
  const all: Record<string, string> = {
    "content-type": "application/json",
    "x-telegram-bot-api-secret-token": secret,
    ...headers,
  }
  return {
    method: "POST",
    path: "/hook",
    headers: (name: string) => all[name],
    readBody: vi.fn(() => Promise.resolve(body)),
  }
}

const none = () => undefined
const onlySecret = (name: string) => (name.startsWith("x-") ? secret : undefined)

describe("a webhook as a function of plain values", () => {
  test("answers 200 when the queue has accepted the update, not before", async () => {
    const queue = new RecordingQueue()
    const put = deferred()
    queue.answer = () => put.promise
    let isAnswered = false
    const answer = webhookOf(queue).handle(request('{"update_id":1}'))
    void answer.then(() => (isAnswered = true))
    await expect.poll(() => queue.ids).toEqual([1])
    await new Promise(setImmediate)
    expect(isAnswered).toBe(false)
    put.resolve()
    expect(await answer).toEqual({ status: 200, headers: {}, body: "" })
  })

  test("puts updates in the order of their ids if it is the queue's single writer", async () => {
    const queue = Object.assign(new RecordingQueue(), { isSingleWriter: true })
    const webhook = webhookOf(queue)
    const answers = [3, 1, 2].map((update_id) => webhook.take({ update_id }))
    expect(await Promise.all(answers)).toEqual(
      Array(3).fill(expect.objectContaining({ status: 200 })),
    )
    expect(queue.ids).toEqual([1, 2, 3])
  })

  test.for([
    ["a text", '{"update_id":1,\n"message":{}}', true],
    ["a text with a byte order mark", '\uFEFF{"update_id":1,\n"message":{}}', true],
    ["a text with a lone surrogate", '{"update_id":1,"message":{"text":"\uD800"}}', false],
    ["bytes", Buffer.from('{"update_id":1,\n"message":{}}'), true],
    ["what a parser has made of it", { update_id: 1, message: {} }, false],
  ] as const)(
    "passes %s to the queue unparsed, if a store can keep it",
    async ([, body, isKept]) => {
      const puts: IncomingUpdate[] = []
      const webhook = webhookOf({ put: async (incoming) => void puts.push(incoming) })
      expect((await webhook.take(body)).status).toBe(200)
      const kept = isKept ? String(body).replace("\uFEFF", "") : undefined
      expect(puts.map(({ json }) => json)).toEqual([kept])
    },
  )

  test("passes an update nested too deeply to be serialized again to the queue unparsed", async () => {
    const puts: IncomingUpdate[] = []
    const webhook = webhookOf({ put: async (incoming) => void puts.push(incoming) })
    const json = `{"update_id":1,"message":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
    for (const body of [json, `\uFEFF${json}`, Buffer.from(json)]) await webhook.take(body)
    expect(puts.map((put) => put.json)).toEqual([json, json, json])
  })

  test("has an early update parked and answered, and unparks it in its turn", async () => {
    const seen: string[] = []
    const queue = {
      isSingleWriter: true,
      early: {
        park({ update: { update_id: id } }: IncomingUpdate) {
          seen.push(`early ${id}`)
          return { put: Promise.resolve(), unpark: () => void seen.push(`turn of ${id}`) }
        },
      },
      put({ update: { update_id: id } }: IncomingUpdate) {
        seen.push(`put ${id}`)
        return Promise.resolve()
      },
    }
    const webhook = webhookOf(queue)
    await webhook.take({ update_id: 1 })
    expect(await webhook.take({ update_id: 3 })).toMatchObject({ status: 200 })
    const next = webhook.take({ update_id: 4 })
    await webhook.take({ update_id: 2 })
    expect(await next).toMatchObject({ status: 200 })
    expect(seen).toEqual(["put 1", "early 3", "put 2", "turn of 3", "put 4"])
  })

  test("holds updates that arrive during the start, or refuses them", async () => {
    const queue = new RecordingQueue()
    const asked = deferred()
    const webhook = webhookOf(queue, {}, { opened: asked.promise.then(() => true) })
    const other = webhookOf(queue, {}, { opened: asked.promise.then(() => false) })
    const [taken, refused] = [webhook.take({ update_id: 1 }), other.take({ update_id: 2 })]
    await new Promise(setImmediate)
    expect(queue.ids).toEqual([])
    asked.resolve()
    expect(await taken).toMatchObject({ status: 200 })
    expect(await refused).toMatchObject({ status: 503, reason: "starting" })
    expect(await webhook.take({ update_id: 3 })).toMatchObject({ status: 200 })
    expect(queue.ids).toEqual([1, 3])
  })

  test("puts the held updates when it stops, and those that they wait for, but no others", async () => {
    const queue = new RecordingQueue()
    const webhook = webhookOf(queue, { orderWithinMs: 60_000 })
    const early = webhook.take({ update_id: 3 })
    webhook.stopIntake()
    const missing = webhook.take({ update_id: 2 })
    expect(await webhook.take({ update_id: 4 })).toMatchObject({ status: 503 })
    expect(await missing).toMatchObject({ status: 200 })
    expect(await early).toMatchObject({ status: 200 })
    expect(queue.ids).toEqual([2, 3])
    expect(await webhook.take({ update_id: 1 })).toMatchObject({ status: 503 })
  })

  test("accepts a body of bytes, of text, or already parsed", async () => {
    const queue = new RecordingQueue()
    const webhook = webhookOf(queue)
    await webhook.take('{"update_id":1}')
    await webhook.take(new TextEncoder().encode('{"update_id":2}'))
    await webhook.take({ update_id: 3 })
    expect(queue.ids).toEqual([1, 2, 3])
  })

  test.each([
    ["a full queue", new QueueFull(1), "1"],
    ["an update that is handed back", new HandedBack({ botId: 7, updateId: 1 }), "1"],
    ["a queue that fails", new Error("disk full"), "5"],
  ])("answers 503 with a short Retry-After for %s", async (_, error, seconds) => {
    const queue = { put: () => Promise.reject(error) }
    const webhook = webhookOf(queue, { logger: silentLogger })
    const answer = await webhook.handle(request('{"update_id":1}'))
    expect(answer.status).toBe(503)
    expect(answer.headers["retry-after"]).toBe(seconds)
    expect(answer.body).not.toContain("disk")
  })

  test("logs why a queue fails", async () => {
    const logger = { ...silentLogger, error: vi.fn() }
    const queue = { put: () => Promise.reject(new Error("disk full")) }
    await webhookOf(queue, { logger }).handle(request('{"update_id":1}'))
    expect(logger.error).toHaveBeenCalledWith(expect.stringContaining("disk full"))
  })

  test("answers 503 when a put takes too long, and keeps the put", async () => {
    const queue = new RecordingQueue()
    const put = deferred()
    queue.answer = () => put.promise
    const answer = await webhookOf(queue, { putTimeoutMs: 20 }).handle(request('{"update_id":1}'))
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } })
    put.resolve()
  })

  test("answers 503 to updates after the stop, and still answers earlier ones", async () => {
    const queue = new RecordingQueue()
    const put = deferred()
    queue.answer = () => put.promise
    const webhook = webhookOf(queue)
    const first = webhook.handle(request('{"update_id":1}'))
    await expect.poll(() => queue.ids).toEqual([1])
    webhook.stopIntake()
    const late = request('{"update_id":2}')
    const second = await webhook.handle(late)
    expect(second).toMatchObject({ status: 503, headers: { "retry-after": "1" } })
    expect(late.readBody).not.toHaveBeenCalled()
    put.resolve()
    expect((await first).status).toBe(200)
    expect(queue.ids).toEqual([1])
  })

  test("puts no update whose body ended after the stop", async () => {
    const queue = new RecordingQueue()
    const webhook = webhookOf(queue)
    const body = deferred()
    const answer = webhook.handle({
      ...request(""),
      readBody: () => body.promise.then(() => '{"update_id":1}'),
    })
    webhook.stopIntake()
    body.resolve()
    expect((await answer).status).toBe(503)
    expect(queue.ids).toEqual([])
  })

  test("reads no body of a request with a wrong secret, and reports the secret", async () => {
    const onWrongSecret = vi.fn()
    const wrong = request('{"update_id":1}', { "x-telegram-bot-api-secret-token": "no" })
    const answer = await webhookOf(new RecordingQueue(), {}, { onWrongSecret }).handle(wrong)
    expect(answer.status).toBe(401)
    expect(wrong.readBody).not.toHaveBeenCalled()
    expect(onWrongSecret).toHaveBeenCalledTimes(1)
  })

  test("reports the first fault of a request, in the documented order", async () => {
    const webhook = webhookOf(new RecordingQueue(), { maxBodyBytes: 20 })
    const right = request('{"update_id":1}')
    const json = right.headers
    const tooLong = (name: string) => (name === "content-length" ? "21" : json(name))
    const cases = [
      [{ path: "/other", method: "GET", headers: none }, 404],
      [{ path: "/hook", method: "GET", headers: none }, 405],
      [{ path: "/hook", method: "POST", headers: none }, 401],
      [{ path: "/hook", method: "POST", headers: onlySecret }, 415],
      [{ path: "/hook", method: "POST", headers: tooLong }, 413],
    ] as const
    for (const [change, status] of cases) {
      const asked = { ...right, ...change, readBody: vi.fn() }
      expect((await webhook.handle(asked)).status).toBe(status)
      expect(asked.readBody).not.toHaveBeenCalled()
    }
    const long = { ...right, readBody: () => Promise.resolve("x".repeat(21)) }
    expect((await webhook.handle(long)).status).toBe(413)
  })

  test("answers 400 when the body cannot be read", async () => {
    const cut = { ...request(""), readBody: () => Promise.reject(new Error("cut")) }
    expect((await webhookOf(new RecordingQueue()).handle(cut)).status).toBe(400)
  })

  test("without a path answers at any, and with `secretToken: false` requires no secret", async () => {
    const queue = new RecordingQueue()
    const webhook = webhookOf(queue, { path: undefined, secretToken: false })
    const answer = await webhook.handle({
      ...request('{"update_id":1}', { "x-telegram-bot-api-secret-token": "any" }),
      path: "/wherever",
    })
    expect(answer.status).toBe(200)
  })

  test.each(["hook", "/hook"])(
    "has the path %s with and without a trailing slash",
    async (path) => {
      const answer = await webhookOf(new RecordingQueue(), { path }).handle(
        request('{"update_id":1}'),
      )
      expect(answer.status).toBe(200)
    },
  )

  test.each(["/café/a b", "/caf%C3%A9/a%20b", "/caf\u00C3\u00A9/a%20b"])(
    "recognizes its path when a request writes it as %s",
    async (path) => {
      const webhook = webhookOf(new RecordingQueue(), { path: "café/a b" })
      const answer = await webhook.handle({ ...request('{"update_id":1}'), path })
      expect(answer.status).toBe(200)
    },
  )

  test("answers any body, and never rejects", async () => {
    const queue = new RecordingQueue()
    const webhook = webhookOf(queue)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.uint8Array()), async (body) => {
        const asked = { ...request(""), readBody: () => Promise.resolve(body) }
        const { status } = await webhook.handle(asked)
        expect([200, 400]).toContain(status)
      }),
    )
    expect(queue.ids.every((id) => Number.isInteger(id))).toBe(true)
  })

  test("distinguishes its secret from every other text", async () => {
    const webhook = webhookOf(new RecordingQueue())
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(secret.length), async (text, at) => {
        const near = secret.slice(0, at) + text
        const headers = { "x-telegram-bot-api-secret-token": near }
        const { status } = await webhook.handle(request('{"update_id":1}', headers))
        expect(status).toBe(near === secret ? 200 : 401)
      }),
    )
  })

  test.each(["", "ä", "a b", "x".repeat(257), 5, undefined, true])(
    "cannot be made with the secret %s, which no message repeats",
    (secretToken) => {
      const make = () => webhookOf(new RecordingQueue(), { secretToken })
      expect(make).toThrow(TypeError)
      expect(make).toThrow(/^Expected the `secretToken` option to be 1 to 256 of A-Z a-z 0-9 _ -/)
    },
  )

  test.each([
    { maxBodyBytes: 0 },
    { maxBodyBytes: "1" },
    { putTimeoutMs: -1 },
    { botId: "7" },
    { botId: undefined },
  ])("cannot be made with %o", (options) => {
    expect(() => webhookOf(new RecordingQueue(), options)).toThrow(TypeError)
  })
})

describe("the fetch edge", () => {
  const url = "https://example.com/hook?x=1"
  const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret }

  test("answers 200 to an update", async () => {
    const queue = new RecordingQueue()
    const answer = webhookFetch(webhookOf(queue))
    const response = await answer(
      new Request(url, { method: "POST", headers, body: '{"update_id":1}' }),
    )
    expect(response.status).toBe(200)
    expect(await response.text()).toBe("")
    expect(queue.ids).toEqual([1])
  })

  test("answers a GET with 405 and the header Allow", async () => {
    const response = await webhookFetch(webhookOf(new RecordingQueue()))(new Request(url))
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST")
  })

  test("answers a POST without a body with 400", async () => {
    const request = new Request(url, { method: "POST", headers })
    expect((await webhookFetch(webhookOf(new RecordingQueue()))(request)).status).toBe(400)
  })

  test("reads a body no further than the limit", async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const request = new Request(url, { method: "POST", headers, body, duplex: "half" })
    expect((await webhookFetch(webhookOf(new RecordingQueue()))(request)).status).toBe(413)
    expect(pulled).toBeLessThan(25)
  })

  test("reads no body of a request with a wrong secret", async () => {
    const wrong = { ...headers, "x-telegram-bot-api-secret-token": "no" }
    const request = new Request(url, { method: "POST", headers: wrong, body: "{}" })
    expect((await webhookFetch(webhookOf(new RecordingQueue()))(request)).status).toBe(401)
    expect(request.bodyUsed).toBe(false)
  })
})

describe("the edge for servers that speak Request and Response", () => {
  const answerTo = (request: object) =>
    // Bun gives no valid URL if the header `Host` is invalid.
    webhookFetch(webhookOf(new RecordingQueue()))(request as Request)

  test.each([
    ["/hook", 401],
    ["/hook?a", 401],
    ["http://a:99999/hook", 401],
    ["http://[::1/hook", 401],
    ["http://aÿ.b/other", 404],
    ["http://a", 404],
    ["", 404],
    ["*", 404],
  ])("does not reject for the URL %s: %i", async (url, status) => {
    const request = { url, method: "POST", headers: new Headers(), body: null }
    expect((await answerTo(request)).status).toBe(status)
  })

  test("retains no chunk's buffer, which would take a thousand times the memory of the body", async () => {
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    let chunks = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1
        if (chunks > 20_000) controller.close()
        else controller.enqueue(new Uint8Array(65_536).fill(32).subarray(0, 1))
        if (chunks % 500 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers)
      },
    })
    const headers = new Headers({
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": secret,
    })
    const response = await answerTo({ url: "http://a/hook", method: "POST", headers, body })
    expect(response.status).toBe(400)
    expect(most - before).toBeLessThan(400 * 1024 * 1024)
  })
})
