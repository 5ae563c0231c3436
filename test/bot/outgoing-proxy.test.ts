import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer as createTlsServer } from "node:https"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { createTransport as createFetch } from "../../src/bot/fetch-transport.js"
import { createTransport } from "../../src/bot/undici-transport.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { built, finished, packageFolder } from "../support/built.js"
import { freePort, portOf } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"
import { BotApiServer, rejection, token } from "./bot-api-server.js"
import { certificate, key } from "./self-signed.js"

const running: ChildProcess[] = []
const folders: string[] = []

beforeAll(built)

afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill("SIGKILL")
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  }
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function start(command: string, args: readonly string[], port: number): Promise<void> {
  running.push(spawn(command, args, { stdio: "ignore" }))
  await untilTrue(() => listens(port))
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on("connect", () => end(true)).on("error", () => end(false))
  })
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "sounder-proxy-"))
  folders.push(made)
  return made
}

/** Starts a real HTTP proxy. */
async function startTinyproxy(path: string, more = ""): Promise<number> {
  const port = await freePort()
  const file = join(await folder(), "tinyproxy.conf")
  await writeFile(file, `Port ${port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\n${more}\n`)
  await start(path, ["-d", "-c", file], port)
  return port
}

/** Starts a real SOCKS 5 proxy. */
async function startMicrosocks(path: string, ...more: string[]): Promise<number> {
  const port = await freePort()
  await start(path, ["-i", "127.0.0.1", "-p", String(port), ...more], port)
  return port
}

/** Returns whether all connections to the server came from the proxy. */
async function sendsEverything(server: BotApiServer, proxy: string): Promise<void> {
  await using bot = server.bot({ proxy })
  const document = InputFile.bytes(new Uint8Array(300_000))
  expect(await bot.sendDocument({ chat_id: 1, document })).toBe(true)
  const many = await Promise.all(Array.from({ length: 20 }, () => bot.getMe()))
  expect(many).toEqual(Array.from({ length: 20 }, () => true))
  const file = { file_id: "a", file_unique_id: "b", file_path: "c" }
  expect(await (await bot.download(file)).bytes()).not.toHaveLength(0)
}

describe("through an HTTP proxy", () => {
  test("calls, uploads and downloads go", async (context) => {
    const port = await startTinyproxy(requireServer("tinyproxy", context))
    await using server = await BotApiServer.start()
    await sendsEverything(server, `http://127.0.0.1:${port}`)
  })

  test("the user and the password in its URL are sent; without them the error says so", async (context) => {
    const port = await startTinyproxy(requireServer("tinyproxy", context), "BasicAuth ada pw")
    await using server = await BotApiServer.start()
    await sendsEverything(server, `http://ada:p%77@127.0.0.1:${port}`)
    await using stranger = server.bot({ proxy: `http://127.0.0.1:${port}` })
    const { message } = await rejection(stranger.getMe())
    expect(message).toContain(
      `through the proxy http://127.0.0.1:${port}: the proxy requires a user`,
    )
  })

  test("the name of the server is looked up by the proxy", async (context) => {
    const port = await startTinyproxy(requireServer("tinyproxy", context))
    await using server = await BotApiServer.start()
    const apiRoot = server.apiRoot.replace("127.0.0.1", "localhost")
    await using bot = new Bot(token, { apiRoot, proxy: `http://127.0.0.1:${port}` })
    expect(await bot.getMe()).toBe(true)
  })
})

describe("through a SOCKS proxy", () => {
  test("calls, uploads and downloads go", async (context) => {
    const port = await startMicrosocks(requireServer("microsocks", context))
    await using server = await BotApiServer.start()
    await sendsEverything(server, `socks5://127.0.0.1:${port}`)
  })

  test("the user and the password in its URL are sent, and are in no error", async (context) => {
    const port = await startMicrosocks(
      requireServer("microsocks", context),
      "-u",
      "ada",
      "-P",
      "pw",
    )
    await using server = await BotApiServer.start()
    await sendsEverything(server, `socks5://ada:pw@127.0.0.1:${port}`)
    await using stranger = server.bot({ proxy: `socks5://ada:wrong-word@127.0.0.1:${port}` })
    const error = await rejection(stranger.getMe())
    expect(error.message).toContain(`through the proxy socks5://127.0.0.1:${port}`)
    expect(JSON.stringify([error, error.cause, error.stack])).not.toContain("wrong-word")
  })

  test("TLS ends at the Bot API server and not at the proxy", async (context) => {
    const port = await startMicrosocks(requireServer("microsocks", context))
    const server = createTlsServer({ key, cert: certificate }, (request, response) => {
      request.resume()
      response.end('{"ok":true,"result":"over TLS"}')
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const trusted = join(await folder(), "ca.pem")
    await writeFile(trusted, certificate)
    const { output } = await getMe({
      TELEGRAM_API_ROOT: `https://127.0.0.1:${portOf(server)}`,
      NODE_EXTRA_CA_CERTS: trusted,
      BOT_PROXY: `socks5://127.0.0.1:${port}`,
    })
    server.closeAllConnections()
    server.close()
    await once(server, "close")
    expect(output).toBe('"over TLS"\n')
  })
})

describe("the environment", () => {
  test("sets the proxy, but not for this machine itself", async (context) => {
    const port = await startTinyproxy(requireServer("tinyproxy", context))
    await using server = await BotApiServer.start()
    const proxy = `http://127.0.0.1:${await freePort()}`
    const here = { TELEGRAM_API_ROOT: server.apiRoot, HTTP_PROXY: proxy }
    expect((await getMe(here)).output).toBe("true\n")
    const elsewhere = { TELEGRAM_API_ROOT: "http://telegram.example:1", HTTP_PROXY: proxy }
    expect((await getMe(elsewhere)).output).toContain(`through the proxy ${proxy}`)
    const answered = { ...elsewhere, HTTP_PROXY: `http://127.0.0.1:${port}` }
    expect((await getMe(answered)).output).toMatch(/through the proxy .*: the proxy answered 50/)
    const excepted = { ...elsewhere, NO_PROXY: "telegram.example" }
    expect((await getMe(excepted)).output).toContain("was not found")
  })
})

test("an unreachable proxy is named in the error", async () => {
  const proxy = `http://127.0.0.1:${await freePort()}`
  await using bot = new Bot(token, { apiRoot: "http://127.0.0.1:1", proxy })
  await expect(bot.getMe()).rejects.toThrow(`127.0.0.1:1 could not be reached through the proxy`)
  const socks = proxy.replace("http:", "socks5:")
  await using other = new Bot(token, { apiRoot: "http://127.0.0.1:1", proxy: socks })
  await expect(other.getMe()).rejects.toThrow(`through the proxy ${socks}`)
})

test("a proxy that never answers ends the call at its deadline", async () => {
  const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1")
  await once(silent, "listening")
  for (const scheme of ["http", "socks5"]) {
    const proxy = `${scheme}://127.0.0.1:${portOf(silent)}`
    await using bot = new Bot(token, { apiRoot: "http://127.0.0.1:1", proxy, timeoutMs: 200 })
    await expect(bot.getMe()).rejects.toThrow("within 200 ms")
  }
  silent.close()
  await once(silent, "close")
})

test.each([
  "127.0.0.1:3128",
  "ftp://proxy:21",
  "http://",
  "socks9://ada:secret@host:1",
  "socks9://ada:a secret@host:1",
  "ada:secret@host:3128",
  "ada:a/secret@host:3128",
])("an invalid proxy URL is a TypeError without its password: %s", (proxy) => {
  expect(() => new Bot(token, { proxy })).toThrow(/`proxy` option/)
  expect(() => new Bot(token, { proxy })).not.toThrow(/secret/)
  if (proxy.includes("@")) expect(() => new Bot(token, { proxy })).toThrow("<password>@host")
})

test("a proxy next to a custom transport is a TypeError, and `fetch` takes none", () => {
  const proxy = "http://127.0.0.1:3128"
  expect(() => new Bot(token, { proxy, transport: createTransport() })).toThrow(TypeError)
  expect(() => createFetch({ proxy })).toThrow(TypeError)
})

function getMe(environment: Record<string, string>) {
  return finished(process.execPath, ["test/bot/programs/get-me.mjs"], packageFolder, environment)
}
