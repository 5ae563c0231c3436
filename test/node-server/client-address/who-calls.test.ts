import { connect, type Socket } from "node:net"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect as connectTls } from "node:tls"
import { afterEach, describe, expect, test } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import { proxyHeaderV1, proxyHeaderV2 } from "../../support/proxy-headers.js"
import { RawClient, requestText } from "../../support/raw-client.js"
import { Served } from "../../support/served-webhook.js"
import { Started } from "../../support/started-webhook.js"

const served = Served.forEachTest()
const started = Started.forEachTest()
const telegram = "149.154.167.197"
const stranger = "192.0.2.1"
const update = (id: number, headers: Record<string, string> = {}) =>
  requestText(`{"update_id":${id}}`, { headers })
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: example.com\r\n\r\n`
const clients: RawClient[] = []

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})

describe("a server that accepts updates only from Telegram's addresses", () => {
  test("answers others with 403, before their method and secret, and reads no body", async () => {
    await served.start({ allowFrom: ["telegram"] })
    const headers = { "X-Telegram-Bot-Api-Secret-Token": "no", "Content-Length": "60000000" }
    const answer = await served.ask(requestText("", { method: "PUT", headers }))
    expect(answer).toMatchObject({ status: 403, headers: { connection: "close" } })
    expect((await served.ask(update(1))).status).toBe(403)
    expect((await served.ask(update(1, { Expect: "100-continue" }))).status).toBe(403)
    expect(served.queue.puts).toEqual([])
  })

  test("shows its health to everyone, and 404 on unknown paths", async () => {
    await served.start({ allowFrom: ["telegram"] })
    expect((await served.ask(get("/health"))).status).toBe(200)
    expect((await served.ask(requestText("{}", { path: "/other" }))).status).toBe(404)
  })

  test("trusts the proxy in front for the client's address", async () => {
    await served.start({ allowFrom: ["telegram"], trustedProxies: 1 })
    const from = (value: string) => served.ask(update(1, { "X-Forwarded-For": value }))
    expect((await from(`${telegram}, ${stranger}`)).status).toBe(403)
    expect((await served.ask(update(1))).status).toBe(403)
    expect((await from(`${stranger}, ${telegram}`)).status).toBe(200)
    expect(served.queue.ids).toEqual([1])
  })

  test("trusts no proxy but its own", async () => {
    await served.start({ allowFrom: ["telegram"], trustedProxies: ["10.0.0.0/8"] })
    expect((await served.ask(update(1, { "X-Forwarded-For": telegram }))).status).toBe(403)
  })

  test("accepts a unix socket", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sounder-"))
    const path = join(folder, "bot.sock")
    await served.start({
      listen: `unix:${path}`,
      port: undefined,
      allowFrom: ["telegram"],
      trustedProxies: ["unix"],
    })
    const client = await RawClient.open({ path })
    clients.push(client)
    client.send(update(1, { "X-Forwarded-For": telegram }))
    expect((await client.answer()).status).toBe(200)
    client.send(update(2))
    expect((await client.answer()).status).toBe(403)
    await rm(folder, { recursive: true })
  })
})

describe("behind a proxy that speaks the PROXY protocol", () => {
  test.each([
    ["version 1", proxyHeaderV1(telegram), 200],
    ["version 2", proxyHeaderV2("959aa7c5 c6336402 d431 01bb"), 200],
    ["version 2, with fields", proxyHeaderV2("959aa7c5 c6336402 d431 01bb 04 0001 00"), 200],
    ["version 1, of a stranger", proxyHeaderV1(stranger), 403],
    ["version 1, of a stranger over IPv6", proxyHeaderV1("2001:db8::1"), 403],
    ["version 1, of nobody", "PROXY UNKNOWN\r\n", 403],
    ["version 2, of the proxy itself", proxyHeaderV2("", { command: 0x20, family: 0 }), 403],
  ])("%s passes on the client's address", async (_, header, status) => {
    await served.start({ proxyProtocol: true, allowFrom: ["telegram"] })
    const client = await served.open()
    client.send(header)
    client.send(update(1))
    expect((await client.answer()).status).toBe(status)
    client.send(update(2))
    expect((await client.answer()).status).toBe(status)
    expect(served.queue.ids).toEqual(status === 200 ? [1, 2] : [])
  })

  test("the header can arrive in pieces, and together with the first request", async () => {
    await served.start({ proxyProtocol: true })
    const bytes = Buffer.concat([Buffer.from(proxyHeaderV1(telegram)), Buffer.from(update(1))])
    const client = await served.open()
    for (const byte of bytes) {
      client.send(Buffer.of(byte))
      await new Promise((resolve) => void setImmediate(resolve))
    }
    expect((await client.answer()).status).toBe(200)
    const whole = await served.open()
    whole.send(Buffer.concat([bytes, bytes.subarray(proxyHeaderV1(telegram).length)]))
    expect((await whole.answer()).status).toBe(200)
    expect((await whole.answer()).status).toBe(200)
  })

  test("TLS begins behind the header", async () => {
    const pair = await createCertificate("127.0.0.1", { days: 10 })
    await served.start({ ...pair, proxyProtocol: true, allowFrom: ["telegram"] })
    for (const header of [proxyHeaderV1(telegram), proxyHeaderV2("959aa7c5 c6336402 d431 01bb")]) {
      const client = await openTls(header, pair.cert)
      client.send(update(1))
      expect((await client.answer()).status).toBe(200)
    }
    const client = await openTls(proxyHeaderV1(stranger), pair.cert)
    client.send(update(2))
    expect((await client.answer()).status).toBe(403)
    expect(served.queue.ids).toEqual([1, 1])
  })

  test.each([
    ["plain HTTP", update(1)],
    ["a TLS handshake", "\x16\x03\x01\x02\x00\x01"],
    ["a wrong header", "PROXY TCP4 1.2.3 4.5.6.7 1 2\r\n"],
    ["a header without an end", `PROXY UNKNOWN ${"x".repeat(200)}`],
    ["a header that announces 64 KiB", proxyHeaderV2("00".repeat(65_535)).subarray(0, 16)],
  ])("a connection that begins with %s is closed without an answer", async (_, bytes) => {
    await served.start({ proxyProtocol: true })
    const client = await served.open()
    client.send(bytes)
    await client.closed()
    expect(client.unread).toBe("")
    expect(served.queue.puts).toEqual([])
    const next = await served.open()
    next.send(proxyHeaderV1(telegram) + update(1))
    expect((await next.answer()).status).toBe(200)
  })

  test("a connection that ends or breaks within its header has no effect", async () => {
    await served.start({ proxyProtocol: true })
    const halves = [await served.open(), await served.open()]
    for (const half of halves) half.send("PROXY TCP4 1")
    halves[0]?.socket.end()
    halves[1]?.socket.resetAndDestroy()
    await Promise.all(halves.map((half) => half.closed()))
    const next = await served.open()
    next.send(proxyHeaderV1(telegram) + update(1))
    expect((await next.answer()).status).toBe(200)
  })

  test("silent connections are closed with the server", async () => {
    await served.start({ proxyProtocol: true })
    const silent = await served.open()
    silent.send("PROXY ")
    await served.server.close()
    await silent.closed()
  })

  test("a client that writes a second header behind the proxy's has no effect", async () => {
    await served.start({ proxyProtocol: true, allowFrom: ["telegram"] })
    const client = await served.open()
    client.send(proxyHeaderV1(stranger) + proxyHeaderV1(telegram) + update(1))
    expect((await client.answer()).status).toBe(400)
    expect(served.queue.puts).toEqual([])
  })

  test("only proxies of the trusted networks can write the header", async () => {
    await served.start({ proxyProtocol: true, trustedProxies: ["10.0.0.0/8"] })
    const client = await served.open()
    client.send(proxyHeaderV1(telegram) + update(1))
    await client.closed()
    await served.start({ proxyProtocol: true, trustedProxies: ["127.0.0.1"] })
    const trusted = await served.open()
    trusted.send(proxyHeaderV1(telegram) + update(1))
    expect((await trusted.answer()).status).toBe(200)
  })

  test("a client of too many silent connections loses its own oldest, and Telegram loses none", async () => {
    await served.start({ proxyProtocol: true, maxSocketsPerClient: 2 })
    const of = async (address: string) => {
      const client = await served.open()
      client.send(proxyHeaderV1(address))
      return client
    }
    const waiting = await of(telegram)
    const flood = [await of(stranger), await of(stranger), await of(stranger), await of(stranger)]
    await Promise.all([flood[0]?.closed(), flood[1]?.closed()])
    waiting.send(update(1))
    expect((await waiting.answer()).status).toBe(200)
    expect(flood.map(({ isClosed }) => isClosed)).toEqual([true, true, false, false])
  })

  test("proven connections do not count for their client", async () => {
    await served.start({ proxyProtocol: true, maxSocketsPerClient: 1 })
    const several = []
    for (const id of [1, 2, 3]) {
      const client = await served.open()
      client.send(proxyHeaderV1(telegram) + update(id))
      expect((await client.answer()).status).toBe(200)
      several.push(client)
    }
    expect(several.map(({ isClosed }) => isClosed)).toEqual([false, false, false])
  })
})

describe("an unexpected header of the PROXY protocol", () => {
  test("is not HTTP", async () => {
    const answer = await served.ask(proxyHeaderV1(telegram) + update(1))
    expect(answer.status).toBe(400)
    await served.expectUnharmed()
  })
})

describe("startWebhook", () => {
  test("accepts the same options, and logs the address of a wrong secret", async () => {
    await started.start({ urlPath: "hook", secretToken: "right", trustedProxies: 1 })
    const headers = { "X-Forwarded-For": stranger }
    expect(await started.ask(requestText("{}", { headers }))).toBe(401)
    expect(started.logger.warn).toHaveBeenCalledWith(expect.stringContaining(` from ${stranger} `))
  })

  test("refuses them together with a server that has its own", async () => {
    const options = { server: served.server, port: undefined, allowFrom: ["telegram"] }
    await expect(started.start(options)).rejects.toThrow(/no `allowFrom` option with `server`/)
  })
})

async function openTls(header: string | Buffer, ca: string): Promise<RawClient> {
  const socket: Socket = connect(served.server.address?.port ?? 0, "127.0.0.1")
  socket.write(header)
  const secured = connectTls({ socket, ca, checkServerIdentity: () => undefined })
  await once(secured, "secureConnect")
  const client = new RawClient(secured)
  clients.push(client)
  return client
}
