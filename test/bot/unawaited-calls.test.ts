import { afterEach, expect, test, vi } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js"
import { untilTrue } from "../support/waiting.js"
import { BotApiServer, refusal } from "./bot-api-server.js"

expectNoUnhandledRejections()
afterEach(() => void vi.unstubAllEnvs())

test("a failed call without a waiting caller is logged with its line, and ends no process", async () => {
  await using server = await BotApiServer.start(() => refusal(400, "Bad Request: chat not found"))
  const logger = new RecordingLogger()
  await using bot = server.bot({ logger })
  function userHandler() {
    void bot.sendMessage({ chat_id: 1, text: "x" })
  }
  userHandler()
  await untilTrue(() => logger.lines.length > 0)
  expect(logger.errors).toEqual([
    expect.stringMatching(
      /^A call of sendMessage that no code awaits has failed: write `await` in front of it\. ApiError: .*chat not found\..*\n\s+at userHandler .*unawaited-calls\.test\.ts/,
    ),
  ])
})

test("the error of an awaited call is given only to its caller", async () => {
  await using server = await BotApiServer.start(() => refusal(400, "Bad Request: no"))
  const logger = new RecordingLogger()
  await using bot = server.bot({ logger })
  await expect(bot.getMe()).rejects.toThrow("no")
  await expect(Promise.all([bot.getMe(), bot.getMe()])).rejects.toThrow("no")
  const kept = bot.getMe()
  await new Promise(setImmediate)
  await expect(kept).rejects.toThrow("no")
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(logger.lines).toEqual([])
})

test("the log line of a call without a waiting caller contains no token", async () => {
  const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  for (const secret of [
    token,
    token.slice(4),
    token.replace(":", "%3A"),
    `111:${"b".repeat(35)}`,
  ]) {
    const logger = new RecordingLogger()
    const onCall = () => Promise.reject(new Error(`bad ${secret}`))
    void new Bot(token, { logger, onCall }).getMe()
    await untilTrue(() => logger.lines.length > 0)
    expect(logger.errors).toEqual([expect.stringMatching(/has failed: .*Error: bad .*<token>/)])
    expect(logger.errors.join()).not.toMatch(/aaaa|bbbb/)
  }
})

test("a parameter whose getter throws rejects the call", async () => {
  const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", { advice: true })
  const params = {
    get text(): string {
      throw new Error("unreadable")
    },
  }
  const call = bot.call("sendMessage", params)
  await expect(call).rejects.toThrow("unreadable")
})

test.each<[method: string, params: object, said: RegExp | undefined]>([
  ["postStory", { caption: "x".repeat(2_048) }, undefined],
  [
    "editStory",
    { caption: "x".repeat(2_049) },
    /has 2049 characters, .* accepts 2048\. Shorten it$/,
  ],
  ["sendPhoto", { caption: "x".repeat(1_025) }, /has 1025 characters, .* accepts 1024\./],
  ["sendGift", { text: "x".repeat(129) }, /has 129 characters, .* accepts 128\. Shorten it$/],
  ["sendGift", { text: "x".repeat(129), text_parse_mode: "HTML" }, undefined],
  ["sendMessage", { text: `\n ${"x".repeat(4_096)} \n` }, undefined],
  ["sendMessage", { text: " ".repeat(100_000) }, undefined],
  ["sendMessage", { text: "x".repeat(16_385) }, /has more than 8192 characters/],
  ["sendMessage", { text: { text: "x".repeat(4_097), entities: [] } }, /has 4097 characters/],
])("the length of a text is counted as by Telegram: %s %#", async (method, params, said) => {
  const logger = new RecordingLogger()
  const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {
    ...{ logger, advice: true },
    onCall: () => Promise.resolve(true),
  })
  await bot.call(method, params)
  expect(logger.lines).toEqual(said ? [expect.stringMatching(said)] : [])
})

test("a text that is too long is warned of before the call, once for each place", async () => {
  vi.stubEnv("NODE_ENV", "development")
  await using server = await BotApiServer.start(() => ({ result: true }))
  const logger = new RecordingLogger()
  await using bot = server.bot({ logger })
  for (let count = 0; count < 3; count++) {
    await bot.sendMessage({ chat_id: 1, text: "x".repeat(4_097) })
  }
  expect(logger.lines).toEqual([
    expect.stringMatching(
      /^warn The `text` of sendMessage at \S*unawaited-calls\.test\.ts:\d+:\d+ has 4097 characters, and Telegram accepts 4096\. Cut it with `split` of sounder\/text$/,
    ),
  ])
  await bot.sendMessage({ chat_id: 1, text: "😀".repeat(4_096) })
  await bot.sendMessage({ chat_id: 1, text: `<b>${"x".repeat(4_092)}</b>`, parse_mode: "HTML" })
  expect(logger.lines).toHaveLength(1)
  await bot.answerCallbackQuery({ callback_query_id: "1", text: "x".repeat(201) })
  expect(logger.lines).toHaveLength(2)
  await using quiet = server.bot({ logger, advice: false })
  await quiet.sendMessage({ chat_id: 1, text: "x".repeat(5_000) })
  expect(logger.lines).toHaveLength(2)
})
