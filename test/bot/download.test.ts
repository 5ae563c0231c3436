import { existsSync } from "node:fs"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { createTransport as createFetch } from "../../src/bot/fetch-transport.js"
import { createTransport as createUndici } from "../../src/bot/undici-transport.js"
import { ApiError, NetworkError } from "../../src/telegram/errors.js"
import { BotApiServer, type Reply, refusal, rejection, secret, token } from "./bot-api-server.js"

let folder = ""

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-download-"))
})

afterEach(() => rm(folder, { recursive: true }))

/** Starts a server with one file, whose bytes are given. */
function serve(
  file: Reply,
  file_path: string | undefined = "photos/ü 1.jpg",
): Promise<BotApiServer> {
  const result = { file_id: "abc", file_unique_id: "u", file_path }
  return BotApiServer.start(({ method }) => (method === "getFile" ? { result } : file))
}

const hello: Reply = { status: 200, text: "hello", headers: { "content-length": "5" } }

describe.each([
  ["undici", createUndici],
  ["fetch", createFetch],
])("by %s", (_name, createTransport) => {
  test("a file is asked for by its id and received from its path", async () => {
    await using server = await serve(hello)
    await using bot = server.bot({ transport: createTransport() })
    await using download = await bot.download("abc")
    expect(download.file).toMatchObject({ file_id: "abc" })
    expect(download.size).toBe(5)
    expect(new TextDecoder().decode(await download.bytes())).toBe("hello")
    const [getFile, get] = server.received
    expect(getFile?.json).toEqual({ file_id: "abc" })
    expect(get).toMatchObject({ verb: "GET", url: `/file/bot${token}/photos/%C3%BC%201.jpg` })
  })

  test("a file of which the path is known is received at once", async () => {
    await using server = await serve(hello)
    await using bot = server.bot({ transport: createTransport() })
    const file = { file_id: "abc", file_unique_id: "u", file_path: "a/b.txt" }
    const download = await bot.download(file)
    expect(await download.bytes()).toHaveLength(5)
    expect(server.received.map(({ url }) => url)).toEqual([`/file/bot${token}/a/b.txt`])
  })

  test("the chunks arrive as they are sent, and the size is undefined if the server does not declare one", async () => {
    const pieces = ["one", "two", "three"]
    const seen: string[] = []
    await using server = await BotApiServer.listen((request, response) => {
      if (request.method === "POST") {
        response.end('{"ok":true,"result":{"file_id":"abc","file_path":"x"}}')
        return
      }
      const next = () => {
        const piece = pieces[seen.length]
        if (piece === undefined) response.end()
        else response.write(piece)
      }
      response.on("ask", next)
      next()
      ask = () => response.emit("ask")
    })
    let ask: () => void = () => {}
    await using bot = server.bot({ transport: createTransport() })
    const download = await bot.download("abc")
    expect(download.size).toBeUndefined()
    for await (const piece of download) {
      seen.push(new TextDecoder().decode(piece))
      ask()
    }
    expect(seen).toEqual(pieces)
  })

  test("leaving the loop closes the connection", async () => {
    const closed = vi.fn<() => void>()
    await using server = await BotApiServer.listen((request, response) => {
      if (request.method === "POST") {
        response.end('{"ok":true,"result":{"file_id":"abc","file_path":"x"}}')
        return
      }
      request.socket.on("close", closed)
      response.write("x")
    })
    await using bot = server.bot({ transport: createTransport() })
    for await (const piece of await bot.download("abc")) {
      expect(piece).toHaveLength(1)
      break
    }
    await expect.poll(() => closed).toHaveBeenCalled()
  })

  test("disposing of an unused download closes it", async () => {
    const closed = vi.fn<() => void>()
    await using server = await BotApiServer.listen((request, response) => {
      if (request.method === "POST") {
        response.end('{"ok":true,"result":{"file_id":"abc","file_path":"x"}}')
        return
      }
      request.socket.on("close", closed)
      response.write("x")
    })
    await using bot = server.bot({ transport: createTransport() })
    const download = await bot.download("abc")
    await download[Symbol.asyncDispose]()
    await expect.poll(() => closed).toHaveBeenCalled()
    await expect(download.bytes()).rejects.toThrow("only once")
  })

  test("a download that breaks off is an error without the token, and leaves no file", async () => {
    await using server = await BotApiServer.listen((request, response) => {
      if (request.method === "POST") {
        response.end('{"ok":true,"result":{"file_id":"abc","file_path":"x"}}')
        return
      }
      response.writeHead(200, { "content-length": 100 })
      response.write("x".repeat(50), () => response.destroy())
    })
    await using bot = server.bot({ transport: createTransport() })
    const download = await bot.download("abc")
    const error = await rejection(download.toFile(join(folder, "broken.txt")))
    expect(error).toBeInstanceOf(NetworkError)
    expect(error.message + String(error.stack)).not.toContain(secret)
    expect(await readdir(folder)).toEqual([])
  })

  test("a stalled download ends after timeoutMs, a slow reader does not", async () => {
    await using server = await BotApiServer.listen((request, response) => {
      if (request.method === "POST") {
        response.end('{"ok":true,"result":{"file_id":"abc","file_path":"x"}}')
      } else response.write("x")
    })
    await using bot = server.bot({ transport: createTransport() })
    const download = await bot.download("abc", { timeoutMs: 1_000 })
    const pieces: number[] = []
    const read = async () => {
      for await (const piece of download) {
        pieces.push(piece.length)
        await new Promise((resolve) => setTimeout(resolve, 1_500))
      }
    }
    await expect(read()).rejects.toThrow("did not answer within 1000 ms")
    expect(pieces).toEqual([1])
  })

  test("an abort during the download rejects with its reason", async () => {
    const abort = new AbortController()
    const reason = new Error("enough")
    await using server = await BotApiServer.listen((request, response) => {
      if (request.method === "POST") {
        response.end('{"ok":true,"result":{"file_id":"abc","file_path":"x"}}')
      } else response.write("x")
    })
    await using bot = server.bot({ transport: createTransport() })
    const download = await bot.download("abc", { signal: abort.signal })
    const bytes = download.bytes()
    setImmediate(() => abort.abort(reason))
    await expect(bytes).rejects.toBe(reason)
  })

  test.each([
    [404, ApiError, "use its file_id"],
    [502, NetworkError, "status 502"],
    [302, NetworkError, "status 302"],
  ])("a file that is answered %i is an error", async (status, kind, message) => {
    await using server = await serve({ status, headers: { location: `/bot${token}` } })
    await using bot = server.bot({ transport: createTransport() })
    const error = await rejection(bot.download("abc"))
    expect(error).toBeInstanceOf(kind)
    expect(error.message).toContain(message)
    expect(error.message).not.toContain(secret)
  })
})

test("a download can be read only once", async () => {
  await using server = await serve(hello)
  await using bot = server.bot()
  const download = await bot.download("abc")
  await download.bytes()
  await expect(download.bytes()).rejects.toThrow("A download can be received only once.")
})

test("a connection is reused after a complete download", async () => {
  await using server = await serve(hello)
  await using bot = server.bot()
  for (let time = 0; time < 5; time += 1) await (await bot.download("abc")).bytes()
  expect(new Set(server.received.map(({ port }) => port)).size).toBeLessThanOrEqual(2)
})

test("a file is written to disk and appears atomically", async () => {
  await using server = await serve(hello)
  await using bot = server.bot()
  const target = join(folder, "hello.txt")
  await (await bot.download("abc")).toFile(target)
  expect(await readFile(target, "utf8")).toBe("hello")
  expect(await readdir(folder)).toEqual(["hello.txt"])
})

test("a file that Telegram refuses is not requested", async () => {
  await using server = await BotApiServer.start(() => refusal(400, "Bad Request: file is too big"))
  await using bot = server.bot()
  await expect(bot.download("abc")).rejects.toThrow("file is too big")
  expect(server.received).toHaveLength(1)
})

describe("with --local", () => {
  test("a file is read from this machine's disk", async () => {
    const path = join(folder, "local.txt")
    await writeFile(path, "from disk")
    await using server = await serve(hello, path)
    await using bot = server.bot({ localMode: true })
    const download = await bot.download("abc")
    expect(download.size).toBe(9)
    expect(new TextDecoder().decode(await download.bytes())).toBe("from disk")
    expect(server.received.map(({ method }) => method)).toEqual(["getFile"])
  })

  test("a file is never read from disk unless localMode says so", async () => {
    const path = join(folder, "local.txt")
    await writeFile(path, "from disk")
    await using server = await serve(hello, path)
    await using bot = server.bot()
    expect(existsSync(path)).toBe(true)
    await expect(bot.download("abc")).rejects.toThrow("give the bot `localMode: true`")
    expect(server.received.map(({ method }) => method)).toEqual(["getFile"])
  })

  test("a missing file is an error", async () => {
    await using server = await serve(hello, join(folder, "none"))
    await using bot = server.bot({ localMode: true })
    await expect(bot.download("abc")).rejects.toThrow("could not be opened: ENOENT")
  })
})

test("a file without a path is an error", async () => {
  await using server = await BotApiServer.start(() => ({ result: { file_id: "abc" } }))
  await using bot = server.bot()
  await expect(bot.download("abc")).rejects.toThrow("Telegram sent no path for the file")
})
