import dns from "node:dns"
import { getEventListeners, once } from "node:events"
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { inspect } from "node:util"
import { describe, expect, test, vi } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { createTransport as createFetch } from "../../src/bot/fetch-transport.js"
import { createTransport as createDirect } from "../../src/bot/node-transport.js"
import { createTransport as createUndici } from "../../src/bot/undici-transport.js"
import { NetworkError } from "../../src/telegram/errors.js"
import { BotApiServer, type Reply, refusal, rejection, secret, token } from "./bot-api-server.js"
import { certificate, key } from "./self-signed.js"
import { SlowServer } from "./slow-server.js"

/** Returns all text of an error, including nested causes and non-enumerable members. */
function everything(error: unknown): string {
  const seen: string[] = [inspect(error, { depth: 20, showHidden: true })]
  for (let each = error; each instanceof Error; each = each.cause) {
    seen.push(each.message, String(each.stack), JSON.stringify(each))
  }
  return seen.join("\n")
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A TCP server's address is an object.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Returns an address without a listener. */
async function deadAddress(): Promise<string> {
  const server = createTcpServer()
  const address = await listen(server)
  server.close()
  await once(server, "close")
  return address
}

describe.each([
  ["own connections", createDirect],
  ["undici", createUndici],
  ["fetch", createFetch],
])("by %s", (_name, createTransport) => {
  function botAt(apiRoot: string, timeoutMs = 5000): Bot {
    return new Bot(token, { apiRoot, timeoutMs, transport: createTransport() })
  }

  async function failureAt(apiRoot: string): Promise<NetworkError> {
    const error = await rejection(botAt(apiRoot).getMe())
    expect(error).toBeInstanceOf(NetworkError)
    expect(everything(error)).not.toContain(secret)
    return error as NetworkError
  }

  async function failureOf(reply: Reply): Promise<NetworkError> {
    await using server = await BotApiServer.start(() => reply)
    return await failureAt(server.apiRoot)
  }

  test("a refused connection names the address without a listener", async () => {
    const address = await deadAddress()
    const error = await failureAt(`http://${address}`)
    expect(error.message).toBe(
      `getMe: ${address} refused the connection. Check that a Bot API server runs there`,
    )
    expect(error).toMatchObject({ code: "network-error", method: "getMe" })
    expect(error.cause).toBeInstanceOf(Error)
  })

  test("an unknown host is named", async () => {
    const { message } = await failureAt("http://no-such-host.invalid")
    expect(message).toContain("the host of no-such-host.invalid was not found")
  })

  test("an untrusted certificate is explained with advice", async () => {
    const server = createTlsServer({ key, cert: certificate })
    const { message } = await failureAt(`https://${await listen(server)}`)
    expect(message).toContain("is not trusted. Set NODE_EXTRA_CA_CERTS to a file")
    server.close()
  })

  test("TLS to a server without TLS is explained", async () => {
    await using server = await BotApiServer.start()
    const { message } = await failureAt(server.apiRoot.replace("http:", "https:"))
    expect(message).toContain("does not speak TLS as expected")
  })

  test("a connection that is cut before the answer leaves the outcome open", async () => {
    await using server = await BotApiServer.listen((request) => request.socket.destroy())
    const { message } = await failureAt(server.apiRoot)
    expect(message).toContain("closed the connection before it answered")
    expect(message).toContain("Telegram may or may not have carried out the call")
  })

  test("a connection that is cut within the answer is an error", async () => {
    await using server = await BotApiServer.listen((_request, response) => {
      response.writeHead(200, { "content-length": 100 })
      response.write('{"ok":true,', () => response.destroy())
    })
    await failureAt(server.apiRoot)
  })

  test("a redirect is not followed, and is shown without the token", async () => {
    const location = `https://elsewhere.example/bot${token}/getMe`
    const error = await failureOf({ status: 302, headers: { location } })
    expect(error.message).toContain(
      "a redirect to https://elsewhere.example/bot123456:<token>/getMe",
    )
    expect(error.message).toContain("check the `apiRoot` option")
  })

  test("a 502 with a page that echoes the address is shown without the token", async () => {
    const encoded = token.replace(":", "%3A")
    const text = `<html>\n<b>Bad gateway</b> /bot${token}/getMe /bot${encoded}/getMe ${secret}</html>`
    const { message } = await failureOf({ status: 502, text })
    expect(message).toContain(
      "answered 502 with <html> <b>Bad gateway</b> /bot123456:<token>/getMe",
    )
    expect(message).toContain("try again later")
  })

  test.each([
    [413, "50 MB for a file"],
    [431, "shorten the file names"],
    [501, "try again later"],
    [200, "check the `apiRoot` option"],
  ])("a bare %i is shown with advice", async (status, advice) => {
    const { message } = await failureOf({ status })
    expect(message).toContain(`answered ${status} with an empty body. `)
    expect(message).toContain(advice)
  })

  test.each([
    '"ok"',
    "null",
    "[]",
    "{}",
    '{"ok":true}',
    '{"ok":false}',
    '{"ok":1,"result":1}',
    "{",
  ])("JSON that is not Telegram's is not accepted as an answer: %s", async (text) => {
    const { message } = await failureOf({ status: 200, text })
    expect(message).toContain("That is not Telegram's answer")
  })

  test("a long page is shortened", async () => {
    const { message } = await failureOf({ status: 503, text: "x".repeat(10_000) })
    expect(message.length).toBeLessThan(400)
  })

  test("a refusal that echoes the token is shown without it", async () => {
    await using server = await BotApiServer.start(() => refusal(400, `no ${token} and ${secret}`))
    const error = await rejection(botAt(server.apiRoot).getMe())
    expect(error).toMatchObject({ description: "no 123456:<token> and <token>" })
    expect(everything(error)).not.toContain(secret)
  })

  test("an error of the transport that holds the token is shown without it", async () => {
    const inner = Object.assign(new Error(`at ${secret}`), { path: `/bot${token}/getMe` })
    const transport = {
      ...createTransport(),
      send: () => Promise.reject(new Error(`GET /bot${token}`, { cause: inner })),
    }
    const error = await rejection(new Bot(token, { transport }).getMe())
    expect(everything(error)).not.toContain(secret)
    expect(error.cause).toMatchObject({
      message: "GET /bot123456:<token>",
      cause: { message: "at <token>", path: "/bot123456:<token>/getMe" },
    })
  })

  test("no answer within timeoutMs ends the call and its connection", async () => {
    const closed = vi.fn<() => void>()
    await using server = await BotApiServer.listen((request) => request.socket.on("close", closed))
    const error = await rejection(botAt(server.apiRoot, 1_000).getMe())
    expect(error).toBeInstanceOf(NetworkError)
    expect(error.message).toContain("did not answer within 1000 ms")
    await expect.poll(() => closed).toHaveBeenCalledOnce()
  })

  test("an answer that stalls after its head ends the call too", async () => {
    await using server = await BotApiServer.listen((_request, response) => {
      response.writeHead(200).write('{"ok":')
    })
    const error = await rejection(botAt(server.apiRoot).getMe({ timeoutMs: 1_000 }))
    expect(error.message).toContain("did not answer within 1000 ms")
  })

  test("an endless answer is cut off, with advice", async () => {
    let sent = 0
    await using server = await BotApiServer.listen((request, response) => {
      const more = () => {
        sent += 1
        if (!response.destroyed) response.write(Buffer.alloc(1024 * 1024, " "), more)
      }
      request.resume().on("end", more)
    })
    const error = await failureAt(server.apiRoot)
    expect(error.message).toContain("answered with more than 32 MiB")
    expect(error.message).toContain("`apiRoot`")
    expect(sent).toBeLessThan(60)
  })

  test("an abort rejects with its reason and ends the connection", async () => {
    const abort = new AbortController()
    const reason = { why: "any value" }
    const closed = vi.fn<() => void>()
    await using server = await BotApiServer.listen((request) => {
      request.socket.on("close", closed)
      abort.abort(reason)
    })
    await expect(botAt(server.apiRoot).getMe({ signal: abort.signal })).rejects.toBe(reason)
    await expect.poll(() => closed).toHaveBeenCalledOnce()
  })

  test("nothing is sent a second time after a cut connection", async () => {
    let requests = 0
    await using server = await BotApiServer.listen((request) => {
      requests += 1
      request.socket.destroy()
    })
    await expect(botAt(server.apiRoot).sendMessage({ chat_id: 1, text: "x" })).rejects.toThrow(
      "closed the connection",
    )
    expect(requests).toBe(1)
  })
})

test("a slow address of a host is used when another one is dead", async () => {
  // A full backlog: the kernel drops the first SYN, and the client sends it again a second later.
  await using server = await SlowServer.start()
  const hosts = [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ]
  vi.spyOn(dns, "lookup").mockImplementation(((
    _host: string,
    _options: object,
    callback: (error: null, all: object) => void,
  ) => callback(null, hosts)) as unknown as typeof dns.lookup)
  try {
    await using bot = new Bot(token, { apiRoot: `http://slow.test:${server.port}` })
    await server.fill()
    expect(await bot.getMe()).toBe(true)
    expect(dns.lookup).toHaveBeenCalled()
  } finally {
    vi.restoreAllMocks()
  }
})

test("thirty concurrent calls with one signal cause no listener leak warning", async () => {
  await using server = await BotApiServer.start()
  await using bot = server.bot()
  const warnings: string[] = []
  const note = (warning: Error) => warnings.push(warning.message)
  process.on("warning", note)
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 30 }, () => bot.getMe({ signal })))
  await new Promise((resolve) => setImmediate(resolve))
  process.off("warning", note)
  expect(warnings).toEqual([])
  expect(getEventListeners(signal, "abort")).toEqual([])
})

test.each([
  ["production", "/bot", "/getMe"],
  ["test", "/bot", "/test/getMe"],
] as const)("the environment %s is called at its own path", async (environment, before, after) => {
  await using server = await BotApiServer.start()
  await using bot = server.bot({ environment })
  await bot.getMe()
  expect(server.received[0]?.url).toBe(`${before}${token}${after}`)
})

test("an unknown environment is a TypeError", () => {
  // A program in JavaScript may contain this.
  const environment = "staging" as "test"
  expect(() => new Bot(token, { environment })).toThrow(/`environment`.*"staging"/)
})

test("getUpdates has its own timeout plus ten seconds", async () => {
  const waits = vi.spyOn(globalThis, "setTimeout")
  await using server = await BotApiServer.start(() => ({ result: [] }))
  await using bot = server.bot({ timeoutMs: 20_000 })
  await bot.getUpdates({ timeout: 50 })
  await bot.getUpdates()
  await bot.getUpdates({ timeout: 50 }, { timeoutMs: 1234 })
  const given = waits.mock.calls
    .map(([, ms]) => ms)
    .filter((ms) => [60_000, 20_000, 1234].includes(ms ?? 0))
  expect(given).toEqual([60_000, 20_000, 1234])
  waits.mockRestore()
})

test("a call with an infinite timeout waits for ever", async () => {
  await using server = await BotApiServer.start()
  await using bot = server.bot({ timeoutMs: Infinity })
  expect(await bot.getMe()).toBe(true)
})

test("a signal that ended before the call sends nothing", async () => {
  await using server = await BotApiServer.start()
  await using bot = server.bot()
  const reason = new Error("before")
  await expect(
    bot.sendMessage({ chat_id: 1, text: "x" }, { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason)
  expect(server.received).toEqual([])
})
