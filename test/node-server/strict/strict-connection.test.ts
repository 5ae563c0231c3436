import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { IncomingMessage } from "node:http"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import { SounderError } from "../../../src/telegram/errors.js"
import { proxyHeaderV1 } from "../../support/proxy-headers.js"
import { RawClient, requestText } from "../../support/raw-client.js"
import { Served } from "../../support/served-webhook.js"
import { deferred, untilTrue } from "../../support/waiting.js"

const served = Served.forEachTest()
const update = (id: number, headers: Readonly<Record<string, string | null>> = {}) =>
  requestText(`{"update_id":${id}}`, { headers })
const health = "GET /health HTTP/1.1\r\nHost: example.com\r\n\r\n"
const unusual = { "User-Agent": "another client" }

/** The requests that `node:http` has read. */
let readByNode: string[]
const onRequest = (message: unknown) => {
  const { request } = message as { request: IncomingMessage } // as Node documents the channel
  readByNode.push(`${request.method} ${request.url}`)
}
beforeEach(() => {
  readByNode = []
  subscribe("http.server.request.start", onRequest)
})
afterEach(() => unsubscribe("http.server.request.start", onRequest))

describe("without node:http a connection", () => {
  test("delivers Telegram's updates, one after the other", async () => {
    const client = await served.open()
    for (const id of [1, 2, 3]) {
      client.send(update(id))
      const answer = await client.answer()
      expect(answer).toMatchObject({ status: 200, body: "" })
      expect(answer.headers).toMatchObject({
        connection: "keep-alive",
        "keep-alive": "timeout=75",
        "content-length": "0",
      })
      expect(Date.now() - Date.parse(answer.headers["date"] ?? "")).toBeLessThan(10_000)
    }
    expect(served.queue.ids).toEqual([1, 2, 3])
    expect(readByNode).toEqual([])
  })

  test("delivers them over TLS and behind the PROXY protocol", async () => {
    await served.start({ ...(await createCertificate("127.0.0.1")), proxyProtocol: false })
    const port = served.server.address?.port ?? 0
    const secure = await RawClient.openTls({ host: "127.0.0.1", port, rejectUnauthorized: false })
    for (const id of [1, 2]) {
      secure.send(update(id))
      expect((await secure.answer()).status).toBe(200)
    }
    secure.destroy()
    await served.start({ proxyProtocol: true, allowFrom: ["telegram"] })
    const proxied = await served.open()
    proxied.send(proxyHeaderV1("149.154.167.220") + update(3))
    expect((await proxied.answer()).status).toBe(200)
    expect(readByNode).toEqual([])
  })

  test("is closed after the answer to a request with Connection: close", async () => {
    const client = await served.open()
    client.send(update(1, { Connection: "close" }))
    expect(await client.answer()).toMatchObject({ status: 200, headers: { connection: "close" } })
    await client.closed()
    expect(readByNode).toEqual([])
  })

  test("reads no request after one with Connection: close", async () => {
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const client = await served.open()
    client.send(update(1, { Connection: "close" }))
    await untilTrue(() => served.queue.puts.length > 0)
    client.send(update(2))
    handled.resolve()
    expect((await client.answer()).status).toBe(200)
    await client.closed()
    expect([client.unread, served.queue.ids]).toEqual(["", [1]])
  })

  test("reads a body that arrives byte by byte", async () => {
    const client = await served.open()
    const text = requestText('{"update_id":1,"text":"ä€😀"}')
    const bytes = Buffer.from(text)
    const bodyStart = text.indexOf("{")
    client.send(bytes.subarray(0, bodyStart))
    for (let at = bodyStart; at < bytes.length; at += 1) {
      await new Promise((resolve) => client.socket.write(bytes.subarray(at, at + 1), resolve))
    }
    expect((await client.answer()).status).toBe(200)
    expect(served.queue.puts[0]?.update).toEqual({ update_id: 1, text: "ä€😀" })
    expect(readByNode).toEqual([])
  })

  test("answers a body that is not an update with 400, and a refused put with 503", async () => {
    const client = await served.open()
    for (const body of ["nothing", '{"x":"\xff"}']) {
      const bytes = Buffer.from(body, "latin1")
      const headers = { "Content-Length": String(bytes.length) }
      client.send(Buffer.concat([Buffer.from(requestText("", { headers })), bytes]))
      const answer = await client.answer()
      expect(answer).toMatchObject({ status: 400, body: expect.stringMatching(/^The body is not/) })
    }
    served.queue.answer = () => Promise.reject(new SounderError("queue-full", "full"))
    client.send(update(1))
    expect(await client.answer()).toMatchObject({ status: 503, headers: { "retry-after": "1" } })
    expect(readByNode).toEqual([])
  })

  test("sends the call of a handler as the body of the answer", async () => {
    served.queue.answer = () => Promise.resolve()
    const put = served.queue.put.bind(served.queue)
    const json = '{"method":"sendMessage","text":"ä€😀"}'
    served.queue.put = (incoming) => {
      incoming.response?.offer({ json, makeSeparately: () => {} })
      return put(incoming)
    }
    const client = await served.open()
    client.send(update(1))
    const answer = await client.answer()
    expect(Buffer.from(answer.body, "latin1").toString()).toBe(json)
    expect(answer.headers["content-type"]).toBe("application/json")
    expect(readByNode).toEqual([])
  })

  test("leaves the call to the bot if the client has gone", async () => {
    const handled = deferred()
    const otherwise = deferred()
    served.queue.answer = () => handled.promise
    const put = served.queue.put.bind(served.queue)
    served.queue.put = (incoming) => {
      incoming.response?.offer({ json: "{}", makeSeparately: () => otherwise.resolve() })
      return put(incoming)
    }
    const client = await served.open()
    client.send(update(1))
    await untilTrue(() => served.queue.puts.length === 1)
    client.destroy()
    await client.closed()
    setImmediate(() => setImmediate(handled.resolve))
    await otherwise.promise
  })

  test("is closed after its idle time-out, but not while an answer is pending", async () => {
    await served.start({ keepAliveTimeoutMs: 300 })
    const [idle, waiting] = [await served.open(), await served.open()]
    idle.send(update(1))
    expect((await idle.answer()).headers["keep-alive"]).toBe("timeout=0")
    const handled = deferred()
    served.queue.answer = () => handled.promise
    waiting.send(update(2))
    await idle.closed()
    expect(waiting.isClosed).toBe(false)
    handled.resolve()
    expect((await waiting.answer()).status).toBe(200)
    await waiting.closed()
    expect(readByNode).toEqual([])
  })

  test("is closed with its answer when the server closes", async () => {
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const [busy, idle] = [await served.open(), await served.open()]
    busy.send(update(1))
    await untilTrue(() => served.queue.puts.length === 1)
    const closed = served.server.close()
    await idle.closed()
    handled.resolve()
    expect(await busy.answer()).toMatchObject({ status: 200, headers: { connection: "close" } })
    await busy.closed()
    await closed
  })
})

describe("node:http gets a connection", () => {
  test("with the first request in another form, and keeps the connection", async () => {
    const client = await served.open()
    for (const [id, headers] of [[1], [2, unusual], [3]] as const) {
      client.send(update(id, headers))
      expect((await client.answer()).status).toBe(200)
      if (id === 1) expect(readByNode).toEqual([])
    }
    client.send(health)
    expect((await client.answer()).status).toBe(200)
    expect(served.queue.ids).toEqual([1, 2, 3])
    expect(readByNode).toEqual(["POST /hook", "POST /hook", "GET /health"])
  })

  test.each([
    ["a wrong secret", update(1, { "X-Telegram-Bot-Api-Secret-Token": "wrong" }), 401],
    ["another path", requestText("{}", { path: "/other" }), 404],
    ["another content type", update(1, { "Content-Type": "text/plain" }), 415],
    ["a length over the limit", update(1, { "Content-Length": "9000000" }), 413],
  ])("with %s, for the refusal", async (_, text, status) => {
    expect((await served.ask(text)).status).toBe(status)
    expect(readByNode).toHaveLength(1)
    await served.expectUnharmed()
  })

  test("from an address that is not permitted", async () => {
    await served.start({ proxyProtocol: true, allowFrom: ["telegram"] })
    expect((await served.ask(proxyHeaderV1("192.0.2.1") + update(1))).status).toBe(403)
    expect(readByNode).toHaveLength(1)
  })

  test("of a client that a trusted proxy names only if the client is not permitted", async () => {
    await served.start({ trustedProxies: 1, allowFrom: ["telegram"] })
    const ask = (address: string) => served.ask(update(1, { "X-Forwarded-For": address }))
    expect((await ask("149.154.167.220")).status).toBe(200)
    expect(readByNode).toHaveLength(0)
    expect((await ask("192.0.2.1")).status).toBe(403)
    expect(readByNode).toHaveLength(1)
  })

  test("with a head that arrives in pieces", async () => {
    const client = await served.open()
    await new Promise((resolve) => client.socket.write("POST /ho", resolve))
    await new Promise(setImmediate)
    client.send(update(1).slice(8))
    expect((await client.answer()).status).toBe(200)
    expect(served.queue.ids).toEqual([1])
  })

  test("with pipelined requests, in their order", async () => {
    const client = await served.open()
    client.send(update(1) + update(2) + health + update(3))
    for (const _ of [1, 2, 3, 4]) expect((await client.answer()).status).toBe(200)
    expect(served.queue.ids).toEqual([1, 2, 3])
  })

  test("after the answer to an earlier request whose bytes contain the beginning of another one", async () => {
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const client = await served.open()
    client.send(update(1).slice(0, -5))
    await untilTrue(() => client.socket.bytesWritten > 0)
    client.send(update(1).slice(-5) + update(2))
    await untilTrue(() => served.queue.puts.length > 0)
    client.send(update(3))
    client.send(health)
    handled.resolve()
    for (const _ of [1, 2, 3, 4]) expect((await client.answer()).status).toBe(200)
    expect(served.queue.ids).toEqual([1, 2, 3])
  })
})
