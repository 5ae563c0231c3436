import { createConnection } from "node:net"
import { describe, expect, onTestFinished, test } from "vitest"
import { FleetAdmin } from "../../src/admin/index.js"
import { Fleet } from "../../src/fleet/index.js"
import { isSettled } from "../support/waiting.js"
import { RawClient } from "../support/raw-client.js"
import { asker, basic, password, startAdmin } from "./stage.js"

const right = `Authorization: ${basic(`admin:${password}`)}\r\n`

/** Starts a page. Returns a function that opens a connection to it. */
async function startPage() {
  const { port = 0, url } = await startAdmin({ fleet: new Fleet() })
  const open = async () => {
    const client = await RawClient.open({ host: "127.0.0.1", port })
    onTestFinished(() => client.destroy())
    return client
  }
  return { open, ask: asker(url), port }
}

describe("a stranger", () => {
  test.each([
    ["OPTIONS", "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n"],
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\nX-Secret: 7\r\n\r\n"],
    ["HEAD", "HEAD /bots/1 HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["an absolute URL", "GET http://evil.example/bots/1 HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["another host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"],
    ["HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"],
    [
      "an upgrade",
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
    [
      "a body that never comes",
      "POST /bots/1/park HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n",
    ],
    ["an endless body", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["two passwords", `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n${right}\r\n`],
    ["a path of no form", "GET //[ HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])("with %s gets the one answer, and the connection ends", async (_, bytes) => {
    const { open } = await startPage()
    const client = await open()
    client.send(bytes)
    const { status, headers, body } = await client.answer({ toHead: bytes.startsWith("HEAD") })
    expect(status).toBe(401)
    expect(body === "" ? bytes : body).toMatch(/^HEAD|^Password required\n$/)
    expect(Object.keys(headers).toSorted()).toEqual([
      "cache-control",
      "connection",
      "content-length",
      "content-security-policy",
      "content-type",
      "cross-origin-opener-policy",
      "cross-origin-resource-policy",
      "date",
      "referrer-policy",
      "www-authenticate",
      "x-content-type-options",
      "x-frame-options",
    ])
    await client.closed()
  })

  test.each([
    ["no HTTP", "\u0016\u0003\u0001\0\r\n\r\n", 400],
    [
      "nine kilobytes of headers",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(9_000)}\r\n\r\n`,
      431,
    ],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      400,
    ],
  ])("with %s gets an answer without a content", async (_, bytes, status) => {
    const { open, ask } = await startPage()
    const client = await open()
    client.send(bytes)
    expect(await client.answer()).toMatchObject({ status, body: "" })
    await client.closed()
    expect((await ask("/")).status).toBe(200)
  })

  test("has ten guesses, in one connection, too", async () => {
    const { open, ask } = await startPage()
    const client = await open()
    const guess = (n: number) =>
      `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic(`admin:guess ${n}`)}\r\n\r\n`
    client.send(Array.from({ length: 50 }, (_, n) => guess(n)).join(""))
    await client.closed()
    for (let n = 0; n < 10; n += 1) await ask("/", { credentials: "admin:another guess" })
    expect((await ask("/")).status).toBe(429)
  })

  test(
    "that says nothing, or not all, is sent away within seconds",
    { timeout: 60_000 },
    async () => {
      const { port, ask } = await startPage()
      const begun = performance.now()
      const sockets = Array.from({ length: 64 }, () => connectionTo(port))
      onTestFinished(() => sockets.forEach(({ socket }) => socket.destroy()))
      // Half of a request line is no request either.
      for (const { socket } of sockets.slice(0, 32)) socket.write("GET / HT")
      const form = `POST /bots/1/park HTTP/1.1\r\nHost: a\r\n${right}Content-Length: 99\r\n\r\ntok`
      sockets[32]?.socket.write(form)
      await Promise.all(sockets.filter((_, index) => index !== 32).map(({ closed }) => closed))
      expect(performance.now() - begun).toBeLessThan(25_000)
      await sockets[32]?.closed
      expect((await ask("/")).status).toBe(200)
    },
  )

  test("beyond 64 connections is not heard", async () => {
    const { port } = await startPage()
    const sockets = Array.from({ length: 64 }, () => connectionTo(port))
    onTestFinished(() => sockets.forEach(({ socket }) => socket.destroy()))
    await Promise.all(sockets.map(({ opened }) => opened))
    const { socket, closed } = connectionTo(port)
    let heard = ""
    socket.on("data", (bytes) => (heard += String(bytes))).on("error", () => {})
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await closed
    expect(heard).toBe("")
  })
})

/** Opens a connection. */
function connectionTo(port: number) {
  const socket = createConnection({ host: "127.0.0.1", port })
  socket.resume().on("error", () => {})
  const opened = new Promise((resolve) => socket.once("connect", resolve))
  return { socket, opened, closed: new Promise((resolve) => socket.once("close", resolve)) }
}

describe("with the password", () => {
  test.each([
    ["TRACE", "/", 405],
    ["OPTIONS", "/", 405],
    ["PUT", "/bots/1/park", 405],
    ["GET", "/?page=9007199254740992&q=%25_%27%3B--", 200],
    ["GET", "/?state=constructor", 200],
    ["GET", `/?q=${"%ED%A0%80".repeat(100)}`, 200],
    ["GET", "/bots/999999999999999", 404],
    ["GET", "/bots/9999999999999999", 404],
    ["GET", "/bots/1e3", 404],
    ["GET", "/bots/1/../../style.css", 200],
  ])("%s %s is answered %i, without a stack", async (method, path, status) => {
    const { ask } = await startPage()
    const answer = await ask(path, { method })
    expect(answer.status).toBe(status)
    expect(answer.text).not.toMatch(/\.[jt]s:\d+|node:internal/)
  })

  test("a connection is used again", async () => {
    const { open } = await startPage()
    const client = await open()
    for (let n = 0; n < 2; n += 1) {
      client.send(`GET /style.css HTTP/1.1\r\nHost: a\r\n${right}\r\n`)
      expect((await client.answer()).status).toBe(200)
    }
    expect(client.isClosed).toBe(false)
  })

  test("a form that is cut off changes nothing", async () => {
    const { open, ask } = await startPage()
    const client = await open()
    client.send(`POST /bots/1/park HTTP/1.1\r\nHost: a\r\n${right}Content-Length: 99\r\n\r\ntok`)
    client.destroy()
    await client.closed()
    expect((await ask("/")).status).toBe(200)
  })
})

test("a page that is closed during its start does not run", async () => {
  const admin = new FleetAdmin({ fleet: new Fleet(), password, port: 0 })
  const starting = admin.start()
  await admin.close()
  const { url = "" } = await starting
  await expect(asker(url)("/")).rejects.toThrow("ECONNREFUSED")
  expect(await isSettled(admin.close())).toBe(true)
})
