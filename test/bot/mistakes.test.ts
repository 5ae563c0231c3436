import { Simulator } from "@sounder/simulator"
import { describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { broadcast } from "../../src/broadcast/index.js"
import { Conversation } from "../../src/conversation/index.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { albums } from "../../src/gathering/index.js"
import { job } from "../../src/jobs/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { session } from "../../src/session/index.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { Updater } from "../../src/updater.js"
import { tinyPhoto } from "../support/tiny-photo.js"
import { BotApiServer, refusal, rejection } from "./bot-api-server.js"

const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

describe("a beginner's mistake is explained with its fix", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "no token",
      () => new Bot(undefined),
      /got nothing: is the environment variable BOT_TOKEN set\? `sounder run` and `node --env-file=\.env` read it from/,
    ],
    [
      "a token in place of options",
      () => new Updater(token as never),
      /as in `new Updater\(\{ token \}\)`, got a value of type string\.$/,
    ],
    [
      "the path of a file in place of the queue",
      () => new Updater({ token, queue: "updates.db" as never }),
      /`new SqliteQueue\(\{ path \}\)` of `sounder\/sqlite`, got a value of type string\.$/,
    ],
    [
      "an object that is no queue",
      () => new Dispatcher({ bot: new Bot(token), queue: {} as never }),
      /a queue with `put` and `take`/,
    ],
    [
      "the path of a file in place of options",
      () => new SqliteQueue("x.db" as never),
      /as in `new SqliteQueue\(\{ path: "x\.db" \}\)`, got a value of type string\.$/,
    ],
    [
      "a session without options",
      () => Reflect.apply(session, undefined, ["cart"]),
      /as in `session\("cart", \{ initial \}\)`, got a value of type undefined\.$/,
    ],
    [
      "a conversation without options",
      () => Reflect.construct(Conversation, ["order"]),
      /as in `new Conversation\("order", \{ states \}\)`/,
    ],
    [
      "null as the options of a job",
      () => job("tea", null as never),
      /got a value of type null\.$/,
    ],
    ["a list as the options of a broadcast", () => broadcast("news", [] as never), /an array\.$/],
    ["a number as the options of albums", () => albums(500 as never), /`albums\(\{ quietMs \}\)`/],
    ["no options", () => Reflect.construct(Updater, []), /`new Updater\(\{ token \}\)`/],
  ])("%s", (_, make, words) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(words)
    expect(make).not.toThrow("aaaa")
  })

  test.each<[string, unknown[], RegExp]>([
    [
      "parameters one by one",
      [42, "hi"],
      /^Expected the parameters of sendMessage as one object, as in .*, got a number\.$/,
    ],
    ["a list of parameters", [[42]], /got an array\.$/],
  ])("%s", async (_, given, words) => {
    const bot = new Bot(token, { onCall: (call, next) => next(call) })
    await expect(Reflect.apply(bot.sendMessage, bot, given)).rejects.toThrow(words)
  })

  test.each([
    "./cat.jpg",
    "../cat.jpg",
    "/home/ada/cat.jpg",
    "~/cat.png",
    "C:\\cat.gif",
    "cat.jpg",
  ])("the path of a file in place of the file: %s", async (photo) => {
    const bot = new Bot(token)
    const words = /to be a file, a file_id or a URL, got .*write `InputFile\.path\(…\)`/
    await expect(bot.sendPhoto({ chat_id: 1, photo })).rejects.toThrow(words)
    const media = [{ type: "photo", media: photo }] as never
    await expect(bot.sendMediaGroup({ chat_id: 1, media })).rejects.toThrow(words)
  })

  test("a file_id, a URL, and a path in a text are sent unchanged", async () => {
    await using server = await BotApiServer.start(() => ({ result: true }))
    await using bot = server.bot()
    for (const photo of [
      "AgACAgIAAxk-_1",
      "https://a.example/b.jpg",
      "file:///b.jpg",
      "a.example/b.jpg",
    ]) {
      expect(await bot.sendPhoto({ chat_id: 1, photo })).toBe(true)
    }
    expect(await bot.sendMessage({ chat_id: 1, text: "./cat.jpg" })).toBe(true)
  })

  test.each([
    ["sendMesage", "sendMessage"],
    ["SendMesage", "sendMessage"],
    ["sendFoto", "sendPhoto"],
  ])("a misspelt method: %s", async (method, meant) => {
    await using server = await BotApiServer.start(() => refusal(404, "Not Found: method not found"))
    await using bot = server.bot()
    const error = await rejection(bot.call(method))
    expect(error.message).toMatch(new RegExp(`method not found\\. Did you mean \`${meant}\`\\?$`))
  })

  test.each([
    ["chat not found", /users who have started it/],
    ["message text is empty", /at least one character/],
    ["message is too long", /Split the text/],
    ["can't parse entities: Can't find end tag", /Escape the values .* `fmt` of sounder\/text/],
    ["query is too old and response timeout expired", /answer the query before slow work/],
  ])("Telegram's error messages: %s", async (words, cure) => {
    await using server = await BotApiServer.start(() => refusal(400, `Bad Request: ${words}`))
    await using bot = server.bot()
    const error = await rejection(bot.sendMessage({ chat_id: 1, text: "x" }))
    expect(error.message).toMatch(cure)
    expect(error).toMatchObject({ description: `Bad Request: ${words}` })
  })

  const answer = { text: "Yes", callback_data: "yes" }
  test.each([
    ["a list of buttons", { inline_keyboard: [answer] }, "as in `[[{ text, callback_data }]]`"],
    ["one button", { inline_keyboard: answer }, "as in `[[{ text, callback_data }]]`"],
    ["a list of keys", { keyboard: ["Yes", "No"] }, 'as in `[["Yes", "No"]]`'],
    ["the rows alone", [[answer]], "`{ inline_keyboard: [[{ text, callback_data }]] }`"],
    ["a text as a button", { inline_keyboard: [["Yes"]] }, "as in `{ text, callback_data }`"],
    ["a button without effect", { inline_keyboard: [[{ text: "Yes" }]] }, "or `url`"],
    [
      "too long data",
      { inline_keyboard: [[{ ...answer, callback_data: "x".repeat(65) }]] },
      "at most 64 bytes",
    ],
  ])("the shape of a keyboard: %s", async (_, markup, cure) => {
    await using telegram = await Simulator.start()
    const account = telegram.bot()
    await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    const ada = telegram.user()
    await ada.send(account, "/start")
    const message = { chat_id: ada.id, text: "Sure?", reply_markup: markup as never }
    const error = await rejection(bot.sendMessage(message))
    expect(error.message).toContain(cure)
  })

  test("an edit without a change, and of the text of a photo", async () => {
    await using telegram = await Simulator.start()
    const account = telegram.bot()
    await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    const ada = telegram.user()
    await ada.send(account, "/start")
    const chat_id = ada.id
    const { message_id } = await bot.sendMessage({ chat_id, text: "Sure?" })
    const same = await rejection(bot.editMessageText({ chat_id, message_id, text: "Sure?" }))
    expect(same.message).toContain("edit it only if one of them changes")
    const photo = InputFile.bytes(tinyPhoto, { filename: "cat.png" })
    const sent = await bot.sendPhoto({ chat_id, photo })
    const text = { chat_id, message_id: sent.message_id, text: "Cat" }
    expect((await rejection(bot.editMessageText(text))).message).toContain("`editMessageCaption`")
  })
})
