import { once } from "node:events"
import { createReadStream } from "node:fs"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { Bot, InputFileError } from "../../src/bot/index.js"
import { RetryAfter } from "../../src/telegram/errors.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { BotApiServer, refusal, rejection, token } from "./bot-api-server.js"

const readable = fileURLToPath(import.meta.url)
const missing = () => InputFile.stream(createReadStream("/nowhere"), { filename: "cat.jpg" })

// An unhandled error of a stream would be uncaught, and vitest would report it.
describe("a stream that cannot be read rejects its call with an InputFileError", () => {
  async function expectRefused(sending: Promise<unknown>): Promise<void> {
    const error = await rejection(sending)
    expect(error).toBeInstanceOf(InputFileError)
    expect(error.message).toContain("cat.jpg could not be sent: ENOENT")
  }

  test("on a bot that has no connection yet", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    await expectRefused(bot.sendDocument({ chat_id: 1, document: missing() }))
  })

  test("on a bot whose connection is idle", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    await bot.getMe()
    await expectRefused(bot.sendDocument({ chat_id: 1, document: missing() }))
  })

  test("when it failed before the call was made", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const stream = createReadStream("/nowhere")
    const document = InputFile.stream(stream, { filename: "cat.jpg" })
    await new Promise<void>((resolve) => stream.on("close", resolve))
    await expectRefused(bot.sendDocument({ chat_id: 1, document }))
  })

  test("while the call waits for a 429", async () => {
    await using server = await BotApiServer.start((_received, count) =>
      count === 1 ? refusal(429, "Too Many Requests", { retry_after: 0.2 }) : { result: true },
    )
    await using bot = server.bot()
    const first = bot.sendMessage({ chat_id: 1, text: "x" })
    await expect.poll(() => server.received.length).toBe(1)
    await expectRefused(bot.sendDocument({ chat_id: 1, document: missing() }))
    expect(await first).toBe(true)
  })

  test("as the second file of an album", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    const media = [
      { type: "document" as const, media: InputFile.stream(createReadStream(readable)) },
      { type: "document" as const, media: missing() },
    ]
    await expectRefused(bot.sendMediaGroup({ chat_id: 1, media }))
  })
})

describe("the stream of a call that failed is destroyed", () => {
  async function failing(bot: Bot, why: RegExp | typeof RetryAfter, signal?: AbortSignal) {
    const stream = createReadStream(readable)
    const document = InputFile.stream(stream)
    const sending = bot.sendDocument({ chat_id: 1, document }, signal ? { signal } : {})
    await expect(sending).rejects.toThrow(why)
    await expect.poll(() => stream.closed).toBe(true)
  }

  test("when the server is away", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    const port = typeof address === "object" ? address?.port : 0
    server.close()
    await once(server, "close")
    await using bot = new Bot(token, { apiRoot: `http://127.0.0.1:${port}` })
    await failing(bot, /refused the connection/)
  })

  test("when Telegram refuses it", async () => {
    await using server = await BotApiServer.start(() => refusal(400, "Bad Request"))
    await using bot = server.bot()
    await failing(bot, /Bad Request/)
  })

  test("when a pause is too long to wait for", async () => {
    await using server = await BotApiServer.start(() =>
      refusal(429, "Too Many Requests", { retry_after: 600 }),
    )
    await using bot = server.bot()
    await failing(bot, RetryAfter)
    await failing(bot, RetryAfter)
  })

  test("when its signal had already aborted, or a hook refuses it, or another parameter is invalid", async () => {
    await using server = await BotApiServer.start()
    await using bot = server.bot()
    await failing(bot, /enough/, AbortSignal.abort(new Error("enough")))
    await using refusing = server.bot({ onCall: () => Promise.reject(new Error("not today")) })
    await failing(refusing, /not today/)
    const stream = createReadStream(readable)
    const params = { chat_id: Number.NaN, document: InputFile.stream(stream) }
    await expect(bot.sendDocument(params)).rejects.toThrow(TypeError)
    await expect.poll(() => stream.closed).toBe(true)
    expect(server.received).toHaveLength(0)
  })

  test("also if it is a web stream or a generator", async () => {
    await using server = await BotApiServer.start(() => refusal(400, "Bad Request"))
    await using bot = server.bot({ onCall: () => Promise.reject(new Error("not today")) })
    let isCancelled = false
    const web = new ReadableStream<Uint8Array>({ cancel: () => void (isCancelled = true) })
    const generator = (async function* () {
      yield new Uint8Array(1)
    })()
    const media = [web, generator].map((stream) => ({
      type: "document" as const,
      media: InputFile.stream(stream),
    }))
    await expect(bot.sendMediaGroup({ chat_id: 1, media })).rejects.toThrow("not today")
    await expect.poll(() => isCancelled).toBe(true)
    expect(await generator.next()).toEqual({ done: true, value: undefined })
  })
})
