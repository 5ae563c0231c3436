import { readFile } from "node:fs/promises"
import { afterEach, expect, test, vi } from "vitest"
import { generateParameterNames } from "../../scripts/generate-parameter-names.mjs"
import { Bot } from "../../src/bot/index.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { fmt } from "../../src/text/index.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { textUpdate, withContext } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"
import { BotApiServer } from "./bot-api-server.js"

afterEach(() => void vi.unstubAllEnvs())

test("the table of names is up to date: run scripts/generate-parameter-names.mjs when it is not", async () => {
  const url = new URL("../../src/bot/parameter-names.generated.ts", import.meta.url)
  expect(await readFile(url, "utf8")).toBe(generateParameterNames())
})

/** Makes one call with advice, and returns the log after a call whose warning comes last. */
async function linesOf(method: string, params: object): Promise<string[]> {
  const logger = new RecordingLogger()
  const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {
    ...{ logger, advice: true },
    onCall: () => Promise.resolve(true),
  })
  await bot.call(method, params)
  await bot.call("sendMessage", { last: true })
  await untilTrue(() => logger.lines.some((line) => line.includes("`last`")))
  return logger.lines.filter((line) => !line.includes("`last`"))
}

test.each<[params: object, said: RegExp]>([
  [
    { chat_id: 1, text: "x", replymarkup: {} },
    /parameter `replymarkup` of sendMessage at \S*unknown-parameters\.test\.ts:\d+:\d+\. Did you mean `reply_markup`\?$/,
  ],
  [{ parseMode: "HTML" }, /parameter `parseMode` .* Did you mean `parse_mode`\?$/],
  [{ colour: "red" }, /parameter `colour` .*\. Telegram ignores names that it does not know$/],
  [
    { reply_markup: { inline_keybord: [] } },
    /field `inline_keybord` in `reply_markup` of sendMessage at .*`inline_keyboard`\?$/,
  ],
  [
    { reply_markup: { inline_keyboard: [[{ text: "A", callbackdata: "a" }]] } },
    /field `callbackdata` in `reply_markup\.inline_keyboard` of sendMessage .*`callback_data`\?$/,
  ],
  [{ reply_markup: [[{ text: "A" }]] }, /field `text` in `reply_markup` of sendMessage /],
  [{ link_preview_options: { isDisabled: true } }, /`isDisabled` .*`is_disabled`\?$/],
  [{ entities: [{ type: "bold", offset: 0, lenght: 1 }] }, /`lenght` in `entities` .*`length`\?$/],
])("a misspelt name is logged with its place: %j", async (params, said) => {
  expect(await linesOf("sendMessage", params)).toEqual([expect.stringMatching(said)])
})

test.each<[method: string, params: object]>([
  ["sendMessage", { chat_id: 1, text: fmt`a ${1}`, reply_to_message_id: 5 }],
  ["sendMessage", { chat_id: 1, text: "x", replymarkup: undefined, other: null }],
  ["sendMessage", { reply_markup: { inline_keyboard: [[{ text: "A", disabled: { any: 1 } }]] } }],
  [
    "sendMessage",
    {
      reply_markup: new (class Keyboard {
        rows = [[]]
      })(),
    },
  ],
  ["sendMessage", { reply_markup: '{"inline_keyboard":[]}' }],
  ["sendPhoto", { chat_id: 1, photo: InputFile.bytes(new Uint8Array(1)) }],
  ["sendMediaGroup", { media: [{ type: "photo", media: "id", has_spoiler: true }] }],
  ["sendPoll", { question: "?", options: ["a", { text: "b" }] }],
  ["answerInlineQuery", { results: [{ type: "article", input_message_content: {} }] }],
  ["kickChatMember", { chat_id: 1, user_id: 1, until_date: 0 }],
  ["sendSharedWidget", { chat_id: 1, widget_id: "1", chat_data: "x" }],
  ["sendHologram", { hologramm: 1 }],
  ["getMe", {}],
])("names of the Bot API, and a newer method, are not logged: %s %j", async (method, params) => {
  expect(await linesOf(method, params)).toEqual([])
})

test("an object that contains itself is refused as without the check", async () => {
  const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", { advice: true })
  const media: unknown[] = []
  media.push(media)
  await expect(bot.call("sendMediaGroup", { media })).rejects.toThrow("contains itself")
})

test("in development a misspelt name is logged once for each line, and the call is made", async () => {
  vi.stubEnv("NODE_ENV", "development")
  await using server = await BotApiServer.start(() => ({ result: true }))
  const logger = new RecordingLogger()
  await using bot = server.bot({ logger })
  await using quiet = server.bot({ logger, advice: false })
  const wrong = { parsemode: "HTML" } as object
  for (let count = 0; count < 3; count++) {
    expect(await bot.sendMessage({ chat_id: 1, text: "x", ...wrong })).toBe(true)
    await quiet.sendMessage({ chat_id: 1, text: "x", ...wrong })
  }
  await withContext(bot, textUpdate("x"), (ctx) => ctx.reply("x", wrong))
  await untilTrue(() => logger.lines.length === 2)
  expect(logger.lines).toEqual([
    expect.stringMatching(/^warn Unknown parameter `parsemode` of sendMessage at \S+:\d+:\d+\./),
    expect.stringMatching(/^warn Unknown parameter `parsemode` of sendMessage at \S+:\d+:\d+\./),
  ])
  expect(new Set(logger.lines).size).toBe(2)
})
