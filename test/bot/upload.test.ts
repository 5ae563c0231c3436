import { execFileSync } from "node:child_process"
import { createReadStream } from "node:fs"
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { InputFileError } from "../../src/bot/index.js"
import { createTransport as createFetch } from "../../src/bot/fetch-transport.js"
import { createTransport as createUndici } from "../../src/bot/undici-transport.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { BotApiServer, refusal, rejection, secret, token } from "./bot-api-server.js"
import { readForm } from "./form.js"

let folder = ""
const path = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-upload-"))
  await writeFile(path("cert.pem"), "-----BEGIN CERTIFICATE-----")
})

afterAll(() => rm(folder, { recursive: true }))

/** Returns an async iterable that counts its uses. */
function counted(...pieces: string[]) {
  const use = { asked: 0, isReturned: false }
  const stream = {
    async *[Symbol.asyncIterator]() {
      try {
        for (const piece of pieces) {
          use.asked += 1
          yield new TextEncoder().encode(piece)
        }
      } finally {
        use.isReturned = true
      }
    },
  }
  return { use, stream }
}

describe.each([
  ["undici", createUndici],
  ["fetch", createFetch],
])("by %s", (_name, createTransport) => {
  test("a file and the other parameters become a form", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    await bot.setWebhook({
      url: "https://example.com/ü",
      certificate: InputFile.path(path("cert.pem")),
      max_connections: 40,
      allowed_updates: ["message"],
      drop_pending_updates: true,
    })
    const [received] = server.received
    expect(await readForm(received!)).toEqual({
      url: { value: "https://example.com/ü" },
      max_connections: { value: "40" },
      allowed_updates: { value: '["message"]' },
      drop_pending_updates: { value: "true" },
      certificate: { filename: "cert.pem", value: "-----BEGIN CERTIFICATE-----" },
    })
    expect(received?.headers["content-length"]).toBe(String(received?.body.length))
  })

  test("files come from paths, bytes, streams of both kinds, and URLs", async () => {
    await using source = await BotApiServer.start(() => ({ status: 200, text: "from url" }))
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    const web = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("from web "))
        controller.enqueue(new TextEncoder().encode("stream"))
        controller.close()
      },
    })
    await bot.sendMediaGroup({
      chat_id: 1,
      media: [
        { type: "document", media: InputFile.bytes("from bytes", { filename: 'a "b"\r\n.txt' }) },
        { type: "document", media: InputFile.path(path("cert.pem"), { filename: "ü.pem" }) },
        { type: "document", media: InputFile.stream(createReadStream(path("cert.pem"))) },
        { type: "document", media: InputFile.stream(web) },
        { type: "document", media: InputFile.url(`${source.apiRoot}/files/report.pdf?x=1`) },
        { type: "document", media: "a-file-id" },
      ],
    })
    const { chat_id, media, ...files } = await readForm(server.received[0]!)
    expect(chat_id).toEqual({ value: "1" })
    expect(JSON.parse(media?.value ?? "")).toEqual(
      ["attach://file0", "attach://file1", "attach://file2", "attach://file3", "attach://file4"]
        .concat("a-file-id")
        .map((name) => ({ type: "document", media: name })),
    )
    expect(Object.values(files)).toEqual([
      { filename: expect.stringMatching(/^a ("|%22)b("|%22).*\.txt$/s), value: "from bytes" },
      { filename: "ü.pem", value: "-----BEGIN CERTIFICATE-----" },
      { filename: "file", value: "-----BEGIN CERTIFICATE-----" },
      { filename: "file", value: "from web stream" },
      { filename: "report.pdf", value: "from url" },
    ])
  })

  test("a file of unknown size is sent in chunks", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    await bot.sendDocument({ chat_id: 1, document: InputFile.stream(counted("a", "b").stream) })
    const { headers } = server.received[0]!
    expect(headers["content-length"]).toBeUndefined()
    expect(headers["transfer-encoding"]).toBe("chunked")
    expect((await readForm(server.received[0]!))["document"]).toEqual({
      filename: "file",
      value: "ab",
    })
  })

  test("a stream with a declared size is sent with a length", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    const document = InputFile.stream(counted("a", "b").stream, { size: 2 })
    await bot.sendDocument({ chat_id: 1, document })
    const { headers, body } = server.received[0]!
    expect(headers["content-length"]).toBe(String(body.length))
  })

  test.each([1, 3])(
    "a stream of two bytes with a declared size of %i is an error",
    async (size) => {
      await using server = await BotApiServer.start()
      await using bot = server.bot({ transport: createTransport() })
      const { stream, use } = counted("a", "b")
      const document = InputFile.stream(stream, { size, filename: "lie.bin" })
      const error = await rejection(bot.sendDocument({ chat_id: 1, document }))
      expect(error).toBeInstanceOf(InputFileError)
      expect(error.message).toContain("lie.bin could not be sent")
      expect(server.received).toEqual([])
      await expect.poll(() => use.isReturned).toBe(true)
    },
  )

  test("a failing stream is an error with its cause, and the call ends", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    const cause = new Error("the tape is torn")
    const stream = (async function* () {
      yield new Uint8Array(10)
      await turn()
      throw cause
    })()
    const error = await rejection(
      bot.sendDocument({ chat_id: 1, document: InputFile.stream(stream) }),
    )
    expect(error.message).toBe("file could not be sent: the tape is torn")
    expect(error).toMatchObject({ code: "input-file", cause })
    expect(await bot.getMe()).toBe(true)
  })

  test("a stalled stream ends at the deadline", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    const stream = (async function* () {
      yield new Uint8Array(10)
      await new Promise(() => {})
    })()
    const document = InputFile.stream(stream)
    const error = await rejection(bot.sendDocument({ chat_id: 1, document }, { timeoutMs: 80 }))
    expect(error.message).toContain("did not answer within 80 ms")
  })

  test("the time limit starts again with every chunk", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot({ transport: createTransport() })
    const stream = (async function* () {
      for (let piece = 0; piece < 8; piece += 1) {
        await new Promise((resolve) => setTimeout(resolve, 400))
        yield new Uint8Array(10)
      }
    })()
    const document = InputFile.stream(stream)
    expect(await bot.sendDocument({ chat_id: 1, document }, { timeoutMs: 2_500 })).toBe(true)
  })

  test("an abort during an upload rejects with its reason and closes the stream", async () => {
    const abort = new AbortController()
    const reason = new Error("changed my mind")
    await using server = await BotApiServer.listen((request) => {
      request.once("data", () => abort.abort(reason))
    })
    await using bot = server.bot({ transport: createTransport() })
    let isReturned = false
    const stream = (async function* () {
      try {
        for (;;) {
          await turn()
          yield new Uint8Array(10_000)
        }
      } finally {
        isReturned = true
      }
    })()
    const sent = bot.sendDocument(
      { chat_id: 1, document: InputFile.stream(stream) },
      { signal: abort.signal },
    )
    await expect(sent).rejects.toBe(reason)
    await expect.poll(() => isReturned).toBe(true)
  })

  test("a refusal before the file was read ends the call, not the process", async () => {
    await using server = await BotApiServer.listen((_request, response) => {
      response.writeHead(413, { connection: "close" }).end()
    })
    await using bot = server.bot({ transport: createTransport() })
    const document = InputFile.bytes(new Uint8Array(20_000_000))
    const error = await rejection(bot.sendDocument({ chat_id: 1, document }))
    expect(error).toMatchObject({ code: "network-error" })
  })
})

test.each([
  "100%25 done.txt",
  "a\\b.txt",
  "folder\\",
  'He said "hi"; name=x.txt',
  "%22%5C.txt",
  "ünïcode 😀.txt",
])("Telegram reads the name of a file unchanged: %s", async (filename) => {
  await using server = await BotApiServer.start()
  await using bot = server.bot()
  await bot.sendDocument({ chat_id: 1, document: InputFile.bytes("x", { filename }) })
  expect(nameAsTelegramReads(server.received[0]!.body.toString())).toBe(filename)
})

/** Telegram's HttpReader: a quoted string in which a backslash escapes, then percent decoding. */
function nameAsTelegramReads(body: string): string {
  const quoted = /filename="((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? ""
  return decodeURIComponent(quoted.replaceAll(/\\(.)/g, "$1"))
}

test("the answer to an upload may take a second longer per megabyte", async () => {
  await using server = await BotApiServer.start(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return { result: true }
  })
  await using bot = server.bot({ timeoutMs: 500 })
  const document = InputFile.bytes(new Uint8Array(6_000_000))
  expect(await bot.sendDocument({ chat_id: 1, document })).toBe(true)
  await expect(bot.getMe()).rejects.toThrow("within 500 ms")
})

describe("a file that cannot be sent", () => {
  test("is an error before the request if it is missing", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const certificate = InputFile.path(path("missing.pem"))
    const error = await rejection(bot.setWebhook({ url: "https://a", certificate }))
    expect(error).toBeInstanceOf(InputFileError)
    expect(error.message).toMatch(/^The file could not be opened: ENOENT.*missing\.pem/)
    expect(server.received).toEqual([])
  })

  test("is an error if it is a directory", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const error = await rejection(
      bot.sendDocument({ chat_id: 1, document: InputFile.path(folder) }),
    )
    expect(error.message).toBe(`Expected a file to send, got a directory: ${folder}`)
  })

  test("is an error at once if it is a named pipe without a writer", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    execFileSync("mkfifo", [path("silent")])
    const document = InputFile.path(path("silent"))
    const error = await rejection(bot.sendDocument({ chat_id: 1, document }))
    expect(error).toBeInstanceOf(InputFileError)
    expect(error.message).toBe(
      "silent could not be sent: it is a named pipe to which nobody writes",
    )
  })

  test("is an error if its URL has no file, with the token redacted", async () => {
    await using source = await BotApiServer.start(() => ({ status: 404 }))
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const document = InputFile.url(`${source.apiRoot}/file/bot${token}/x.png`)
    const error = await rejection(bot.sendDocument({ chat_id: 1, document }))
    expect(error.message).toContain("/x.png could not be fetched: it was answered 404")
    expect(error.message + String(error.stack)).not.toContain(secret)
    expect(server.received).toEqual([])
  })

  test("is an error if its URL cannot be reached", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const document = InputFile.url("http://127.0.0.1:1/x.png")
    const error = await rejection(bot.sendDocument({ chat_id: 1, document }))
    expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:1\/x\.png could not be fetched \(.+\)$/)
  })

  test("closes the other files if one is missing", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const before = openFiles()
    const media = ["cert.pem", "cert.pem", "missing.pem"].map((name) => {
      return { type: "document", media: InputFile.path(path(name)) } as const
    })
    for (let time = 0; time < 20; time += 1) {
      await expect(bot.sendMediaGroup({ chat_id: 1, media })).rejects.toThrow("ENOENT")
    }
    expect(openFiles()).toBeLessThan(before + 5)
  })

  test.each([
    ["shrinks", 1000, "the file had 2000000 bytes when it was opened, and only"],
    ["grows", 3_000_000, "the file had 2000000 bytes when it was opened, and more were read"],
  ])("is an error if it %s during the upload", async (_how, size, message) => {
    const changing = path("changing.bin")
    await writeFile(changing, new Uint8Array(2_000_000))
    await using server = await BotApiServer.listen((request) => {
      request.once("readable", () => void truncate(changing, size).then(() => request.resume()))
    })
    await using bot = server.bot()
    // The stream before it is read only when the server has changed the file.
    const gate = (async function* () {
      yield new Uint8Array(100_000)
      await expect.poll(async () => (await sizeOf(changing)) === size).toBe(true)
    })()
    const media = [InputFile.stream(gate), InputFile.path(changing)].map((file) => {
      return { type: "document", media: file } as const
    })
    const error = await rejection(bot.sendMediaGroup({ chat_id: 1, media }))
    expect(error).toBeInstanceOf(InputFileError)
    expect(error.message).toContain("changing.bin could not be sent")
    expect(error.message).toContain(message)
  })
})

describe("a stream", () => {
  test("can be sent once", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const document = InputFile.stream(counted("a").stream, { filename: "once.txt" })
    await bot.sendDocument({ chat_id: 1, document })
    const error = await rejection(bot.sendDocument({ chat_id: 2, document }))
    expect(error).toBeInstanceOf(InputFileError)
    expect(error.message).toBe(
      "The stream of once.txt has been sent before. Make a new InputFile for every call",
    )
    expect(server.received).toHaveLength(1)
  })

  test("is closed by the call also if another file was at fault", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const [document, thumbnail] = [
      InputFile.stream(counted("a").stream),
      InputFile.path("/nowhere"),
    ]
    await expect(bot.sendDocument({ chat_id: 1, document, thumbnail })).rejects.toThrow("ENOENT")
    await expect(bot.sendDocument({ chat_id: 1, document })).rejects.toThrow("sent before")
  })

  test("is not sent again after a 429; a file with a path is", async () => {
    await using server = await BotApiServer.start((_received, count) =>
      count === 1 || count === 2
        ? refusal(429, "Too Many Requests", { retry_after: 0.01 })
        : { result: true },
    )
    await using bot = server.bot()
    const document = InputFile.stream(counted("a").stream)
    await expect(bot.sendDocument({ chat_id: 1, document })).rejects.toThrow("429")
    const again = InputFile.path(path("cert.pem"))
    expect(await bot.sendDocument({ chat_id: 2, document: again })).toBe(true)
    const [, first, second] = server.received
    expect(await readForm(second!)).toEqual(await readForm(first!))
  })

  test("that yields anything but bytes is an error", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const text = createReadStream(path("cert.pem"), "utf8")
    const error = await rejection(
      bot.sendDocument({ chat_id: 1, document: InputFile.stream(text) }),
    )
    expect(error.message).toContain("Expected the stream to yield Uint8Arrays, got a string")
  })
})

test("64 MB from a path are sent without being loaded into memory", async () => {
  const big = path("big.bin")
  const handle = await open(big, "w")
  await handle.truncate(64 * 1024 * 1024)
  await handle.close()
  await using server = await BotApiServer.listen((request, response) => {
    let size = 0
    request.on("data", (piece: Buffer) => (size += piece.length))
    request.on("end", () => response.end(JSON.stringify({ ok: true, result: size })))
  })
  await using bot = server.bot()
  await bot.getMe()
  const before = process.memoryUsage().arrayBuffers
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
  }, 1)
  const size = await bot.call("sendDocument", { chat_id: 1, document: InputFile.path(big) })
  clearInterval(watch)
  expect(size).toBeGreaterThan(64 * 1024 * 1024)
  expect(peak).toBeGreaterThan(0)
  expect(peak).toBeLessThan(40 * 1024 * 1024)
})

test("an upload waits for a server that reads slowly", async () => {
  let asked = 0
  const stream = (async function* () {
    for (; asked < 1000; asked += 1) yield new Uint8Array(100_000)
  })()
  const server = createServer((request, response) => {
    setTimeout(() => {
      response.setHeader("asked", asked)
      request.resume().on("end", () => response.end('{"ok":true,"result":true}'))
      seen = asked
    }, 300)
  })
  let seen = 0
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  await using scripted = await BotApiServer.start()
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  await using bot = scripted.bot({ apiRoot: `http://127.0.0.1:${port}` })
  await bot.sendDocument({ chat_id: 1, document: InputFile.stream(stream) })
  expect(seen).toBeLessThan(500)
  server.closeAllConnections()
  server.close()
})

function openFiles(): number {
  return Number(
    execFileSync("sh", ["-c", `ls /proc/${process.pid}/fd | wc -l`], { encoding: "utf8" }),
  )
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file)
  const { size } = await handle.stat()
  await handle.close()
  return size
}
