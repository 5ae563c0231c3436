import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net"
import type { TLSSocket } from "node:tls"
import { expect, test, vi } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { deferred, untilTrue } from "../../support/waiting.js"
import { BotApiServer, token } from "../bot-api-server.js"
import { certificate, key } from "../self-signed.js"

const answer = '{"ok":true,"result":true}'
const head = `HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\n\r\n`
const forgedAnswer = head + answer.replace("true}", "0   }")

function portsOf(server: BotApiServer): (number | undefined)[] {
  return server.received.map(({ port }) => port)
}

test("calls one after the other share a connection, and calls at once have one each", async () => {
  await using server = await BotApiServer.start()
  await using bot = server.bot()
  for (let call = 0; call < 3; call += 1) await bot.getMe()
  expect(new Set(portsOf(server)).size).toBe(1)
  await Promise.all([bot.getMe(), bot.getMe(), bot.getMe()])
  expect(new Set(portsOf(server)).size).toBe(3)
  await bot.getMe()
  expect(new Set(portsOf(server)).size).toBe(3)
})

test.each([
  ["close", { connection: "close" }],
  ["keep it for a second only", { connection: "keep-alive", "keep-alive": "timeout=1" }],
])("a connection that the server wants to %s is not used again", async (_name, headers) => {
  await using server = await BotApiServer.start(() => ({ status: 200, text: answer, headers }))
  await using bot = server.bot()
  for (let call = 0; call < 3; call += 1) expect(await bot.getMe()).toBe(true)
  expect(new Set(portsOf(server)).size).toBe(3)
})

test("an idle connection is closed two seconds before the server closes it", async () => {
  const closed = vi.fn<() => void>()
  await using server = await BotApiServer.listen((request, response) => {
    request.socket.on("close", closed)
    response.setHeader("keep-alive", "timeout=3").setHeader("connection", "keep-alive").end(answer)
  })
  await using bot = server.bot()
  await bot.getMe()
  expect(closed).not.toHaveBeenCalled()
  await untilTrue(() => closed.mock.calls.length === 1)
})

test("a connection whose time was over while the process was busy is not used again", async () => {
  const headers = { connection: "keep-alive", "keep-alive": "timeout=3" }
  await using server = await BotApiServer.start(() => ({ status: 200, text: answer, headers }))
  await using bot = server.bot()
  await bot.getMe()
  const end = performance.now() + 1_100
  while (performance.now() < end);
  await bot.getMe()
  expect(new Set(portsOf(server)).size).toBe(2)
})

test("a connection that the server has closed is not used again", async () => {
  const sockets = new Set<IncomingMessage["socket"]>()
  await using server = await BotApiServer.listen((request, response) => {
    sockets.add(request.socket)
    response.end(answer)
  })
  await using bot = server.bot()
  await bot.getMe()
  const [first] = sockets
  first?.end()
  if (first) await once(first, "close")
  expect(await bot.getMe()).toBe(true)
  expect(sockets.size).toBe(2)
})

test("a second answer to one request is never the answer to the next request", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {})
    socket.on("data", () => socket.write(head + answer + forgedAnswer))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  await using bot = new Bot(token, { apiRoot: `http://127.0.0.1:${port}` })
  for (let call = 0; call < 3; call += 1) expect(await bot.getMe()).toBe(true)
  server.close()
})

/** Starts a server, makes calls at once, and changes their connections right before the caller can make another call. */
async function serverWithChange(change: (socket: Socket) => void, calls = 1) {
  const requests: string[] = []
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on("error", () => {})
    socket.on("data", (bytes) => {
      requests.push(String(bytes))
      socket.write(head + answer)
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  const bot = new Bot(token, { apiRoot: `http://127.0.0.1:${port}` })
  await Promise.all(Array.from({ length: calls }, () => bot.getMe()))
  // The process has no time to read the bytes before its next call.
  for (const socket of sockets) change(socket)
  return {
    bot,
    requests,
    async [Symbol.asyncDispose]() {
      await bot[Symbol.asyncDispose]()
      server.close()
    },
  }
}

test.each<[name: string, change: (socket: Socket) => void]>([
  ["that the server closes at this moment", (socket) => socket.destroy()],
  ["that the server resets at this moment", (socket) => socket.resetAndDestroy()],
  ["on which another answer has arrived", (socket) => socket.write(forgedAnswer)],
])("a call does not use a connection %s", async (_name, change) => {
  await using found = await serverWithChange(change)
  expect(await found.bot.getMe()).toBe(true)
  expect(found.requests).toHaveLength(2)
})

test("a call is sent once although the server closes all of several connections at this moment", async () => {
  await using found = await serverWithChange((socket) => socket.destroy(), 3)
  expect(await found.bot.getMe()).toBe(true)
  expect(found.requests).toHaveLength(4)
})

test("a call that is aborted before its connection turns out to be closed is never sent", async () => {
  await using found = await serverWithChange((socket) => socket.destroy())
  const abort = new AbortController()
  const call = found.bot.getMe({ signal: abort.signal })
  abort.abort("no longer needed")
  await expect(call).rejects.toBe("no longer needed")
  expect(await found.bot.getMe()).toBe(true)
  expect(found.requests).toHaveLength(2)
})

test("calls one after the other succeed although each answer ends with its connection", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n\r\n${answer}`))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  await using bot = new Bot(token, { apiRoot: `http://127.0.0.1:${port}` })
  for (let call = 0; call < 3; call += 1) expect(await bot.getMe()).toBe(true)
  server.close()
})

test("an answer that is not HTTP is explained with advice", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {}).once("data", () => socket.write("220 mail.example ESMTP\r\n"))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  await using bot = new Bot(token, { apiRoot: `http://127.0.0.1:${port}` })
  await expect(bot.getMe()).rejects.toThrow(
    "does not answer in HTTP/1.1. That is not Telegram's answer: check",
  )
  server.close()
})

test("beyond 256 connections calls wait for a free one, and a waiting call can be aborted", async () => {
  const gate = deferred()
  await using server = await BotApiServer.start(async () => {
    await gate.promise
    return { result: true }
  })
  await using bot = server.bot({ timeoutMs: 60_000 })
  const all = Array.from({ length: 300 }, () => bot.getMe())
  const abort = new AbortController()
  const aborted = bot.getMe({ signal: abort.signal })
  await untilTrue(() => server.received.length >= 256)
  abort.abort("no longer needed")
  await expect(aborted).rejects.toBe("no longer needed")
  gate.resolve()
  expect(new Set(await Promise.all(all))).toEqual(new Set([true]))
  expect(server.received).toHaveLength(300)
  expect(new Set(portsOf(server)).size).toBe(256)
})

test("the polls of many bots keep no other call waiting", async () => {
  const gate = deferred()
  await using server = await BotApiServer.start(async ({ method }) => {
    if (method === "getUpdates") await gate.promise
    return { result: true }
  })
  await using bot = server.bot({ timeoutMs: 60_000 })
  const polls = Array.from({ length: 300 }, () => bot.call("getUpdates"))
  await untilTrue(() => server.received.length === 300)
  expect(await Promise.all(Array.from({ length: 300 }, () => bot.getMe()))).toHaveLength(300)
  expect(new Set(portsOf(server)).size).toBeLessThanOrEqual(300 + 256)
  gate.resolve()
  await Promise.all(polls)
})

test("the end of a poll gives its connection to no call beyond 256", async () => {
  const gate = deferred()
  await using server = await BotApiServer.start(async ({ method }) => {
    if (method === "getMe") await gate.promise
    return { result: true }
  })
  await using bot = server.bot({ timeoutMs: 60_000 })
  const calls = Array.from({ length: 300 }, () => bot.getMe())
  await untilTrue(() => server.received.length === 256)
  for (let poll = 0; poll < 5; poll += 1) await bot.call("getUpdates")
  expect(server.received).toHaveLength(256 + 5)
  expect(new Set(portsOf(server)).size).toBe(257)
  gate.resolve()
  await Promise.all(calls)
  expect(server.received).toHaveLength(300 + 5)
})

test("the calls that wait are made although the connections before them have failed", async () => {
  let requests = 0
  await using server = await BotApiServer.listen((request, response) => {
    requests += 1
    if (requests <= 256) request.socket.destroy()
    else response.end(answer)
  })
  await using bot = server.bot({ timeoutMs: 60_000 })
  const all = await Promise.allSettled(Array.from({ length: 300 }, () => bot.getMe()))
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(44)
})

test("closing the bot waits for its running calls", async () => {
  const gate = deferred()
  await using server = await BotApiServer.start(async () => {
    await gate.promise
    return { result: true }
  })
  const bot = server.bot()
  const call = bot.getMe()
  await untilTrue(() => server.received.length === 1)
  const closing = bot[Symbol.asyncDispose]()
  gate.resolve()
  expect(await call).toBe(true)
  await closing
})

test("a name of one letter in another script is counted in bytes", async () => {
  await using server = await BotApiServer.start()
  await using bot = server.bot()
  await bot.setMyName({ name: "Ж€🙂" })
  expect(server.received[0]?.json).toEqual({ name: "Ж€🙂" })
})

test("a call to an IPv6 address reaches its server", async (context) => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {})
    socket.on("data", (bytes) => {
      const host = /\r\nhost: ([^\r]+)/.exec(String(bytes))?.[1]
      const body = JSON.stringify({ ok: true, result: host })
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    })
  })
  server.on("error", () => context.skip())
  server.listen(0, "::1")
  await once(server, "listening")
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  await using bot = new Bot(token, { apiRoot: `http://[::1]:${port}` })
  expect(await bot.getMe()).toBe(`[::1]:${port}`)
  server.close()
})

test("over TLS a later connection resumes the session of an earlier one", async () => {
  const resumed: boolean[] = []
  const server = createTlsServer({ key, cert: certificate }, (request, response) => {
    // A request over TLS has a socket of this type.
    resumed.push((request.socket as TLSSocket).isSessionReused())
    response.setHeader("connection", "close").end(answer)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // The test trusts the server's certificate: Node has no other way within a process.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0")
  try {
    // A TCP server's address is an object.
    const { port } = server.address() as AddressInfo
    await using bot = new Bot(token, { apiRoot: `https://127.0.0.1:${port}` })
    for (let call = 0; call < 3; call += 1) expect(await bot.getMe()).toBe(true)
  } finally {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  }
  expect(resumed).toEqual([false, true, true])
})
