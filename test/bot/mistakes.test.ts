import { describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Updater } from "../../src/updater.js"
import { BotApiServer, refusal, rejection } from "./bot-api-server.js"

const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

describe("a mistake of a beginner is told with its cure", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "no token",
      () => new Bot(undefined),
      /got nothing: is the environment variable BOT_TOKEN set\?$/,
    ],
    [
      "a token in place of options",
      () => new Updater(token as never),
      /as in `new Updater\(\{ token \}\)`, got a value of type string\.$/,
    ],
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

  test("a file_id, a URL, and a path in a text are sent as they are", async () => {
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
    ["query is too old and response timeout expired", /answer before slow work/],
  ])("Telegram's words: %s", async (words, cure) => {
    await using server = await BotApiServer.start(() => refusal(400, `Bad Request: ${words}`))
    await using bot = server.bot()
    const error = await rejection(bot.sendMessage({ chat_id: 1, text: "x" }))
    expect(error.message).toMatch(cure)
    expect(error).toMatchObject({ description: `Bad Request: ${words}` })
  })
})
