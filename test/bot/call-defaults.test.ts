import { Simulator } from "@sounder/simulator"
import { describe, expect, test } from "vitest"
import { Bot, type BotOptions, type CallDefaults } from "../../src/bot/index.js"
import { DefaultParameters } from "../../src/bot/default-parameters.js"
import { methodNames } from "../../src/bot/method-names.generated.js"
import { bold } from "../../src/text/index.js"
import { Updater } from "../../src/updater.js"
import { silentLogger } from "../../src/ground/logger.js"
import { pressUpdate } from "../support/updates.js"

const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
const html = new DefaultParameters({ parse_mode: "HTML" })
const all = new DefaultParameters({
  ...{
    disable_notification: true,
    protect_content: true,
    link_preview_options: { is_disabled: true },
  },
  ...{ allow_sending_without_reply: true, show_caption_above_media: true, parse_mode: "HTML" },
})

describe("a parse mode applies to each plain text", () => {
  test.each([
    ["sendMessage", { text: "x" }, { text: "x", parse_mode: "HTML" }],
    ["sendPhoto", { caption: "x" }, { caption: "x", parse_mode: "HTML" }],
    ["sendGift", { text: "x" }, { text: "x", text_parse_mode: "HTML" }],
    [
      "sendPoll",
      { question: "x", explanation: "y", options: [{ text: "z" }, "w"] },
      {
        ...{ question: "x", question_parse_mode: "HTML" },
        ...{ explanation: "y", explanation_parse_mode: "HTML" },
        options: [{ text: "z", text_parse_mode: "HTML" }, "w"],
      },
    ],
    [
      "sendMediaGroup",
      {
        media: [
          { type: "photo", media: "a", caption: "x" },
          { type: "photo", media: "b" },
        ],
      },
      {
        media: [
          { type: "photo", media: "a", caption: "x", parse_mode: "HTML" },
          { type: "photo", media: "b" },
        ],
      },
    ],
    [
      "answerInlineQuery",
      { results: [{ caption: "x" }, { input_message_content: { message_text: "y" } }] },
      {
        results: [
          { caption: "x", parse_mode: "HTML" },
          { input_message_content: { message_text: "y", parse_mode: "HTML" } },
        ],
      },
    ],
    [
      "sendChecklist",
      { checklist: { title: "x", tasks: [{ id: 1, text: "y" }] } },
      {
        checklist: {
          ...{ title: "x", parse_mode: "HTML" },
          tasks: [{ id: 1, text: "y", parse_mode: "HTML" }],
        },
      },
    ],
  ])("of %s", (method, params, expected) => {
    const before = structuredClone(params)
    expect(html.addTo(method, params)).toEqual(expected)
    expect(params).toEqual(before)
    expect(html.addTo(method, expected)).toBe(expected)
  })
})

describe("a default never applies", () => {
  test.each([
    ["over a given value", "sendMessage", { text: "x", parse_mode: "MarkdownV2" }],
    ["to a call with null", "sendMessage", { text: "x", parse_mode: null }],
    ["next to entities", "sendMessage", { text: "x", entities: [] }],
    ["to a formatted text", "sendMessage", { text: bold("x") }],
    ["to a formatted caption in an album", "sendMediaGroup", { media: [{ caption: bold("x") }] }],
    ["to a quote", "sendDice", { reply_parameters: { message_id: 1, quote: "a < b" } }],
    ["to a text without parse mode", "answerCallbackQuery", { text: "a < b" }],
    ["to a call without a text", "editMessageCaption", { chat_id: 1 }],
    ["to the label of a button", "sendDice", { reply_markup: { keyboard: [[{ text: "x" }]] } }],
    ["to a method that this version does not know", "sendNewer", { text: "x" }],
  ])("%s", (_title, method, params) => {
    expect(html.addTo(method, params)).toBe(params)
  })

  test("to a method without the parameter", () => {
    for (const method of methodNames.filter((name) => /^(?:get|set|delete|ban)/.test(name))) {
      expect(all.addTo(method, { text: "x", caption: "y" }), method).toEqual({
        text: "x",
        caption: "y",
      })
    }
    expect(all.addTo("getMe", undefined)).toBeUndefined()
    expect(all.addTo("sendChatAction", { action: "typing" })).toEqual({ action: "typing" })
  })
})

test("each default applies to the methods that have the parameter, and null switches one off", () => {
  const notices = { disable_notification: true, protect_content: true }
  expect(all.addTo("sendMessage", { text: "x", reply_parameters: { message_id: 1 } })).toEqual({
    ...{ text: "x", parse_mode: "HTML", link_preview_options: { is_disabled: true }, ...notices },
    reply_parameters: { message_id: 1, allow_sending_without_reply: true },
  })
  expect(all.addTo("editMessageText", { text: "x" })).toEqual({
    ...{ text: "x", parse_mode: "HTML", link_preview_options: { is_disabled: true } },
  })
  expect(all.addTo("sendDice", {})).toEqual(notices)
  expect(all.addTo("sendDice", { protect_content: null, disable_notification: false })).toEqual({
    ...{ protect_content: null, disable_notification: false },
  })
  expect(all.addTo("sendVideo", { caption: "x" })).toEqual({
    ...{ caption: "x", parse_mode: "HTML", show_caption_above_media: true, ...notices },
  })
  expect(
    all.addTo("answerInlineQuery", { results: [{ input_message_content: { message_text: "x" } }] }),
  ).toMatchObject({
    results: [{ input_message_content: { link_preview_options: { is_disabled: true } } }],
  })
})

test("an object that contains itself is refused by the encoder, as without defaults", async () => {
  const media: Record<string, unknown> = { caption: "x" }
  media["media"] = media
  const bot = new Bot(token, { apiRoot: "http://127.0.0.1:1", defaults: { parse_mode: "HTML" } })
  await expect(bot.call("editMessageMedia", { media })).rejects.toThrow("contains itself")
})

test.each([
  [{ parsemode: "HTML" }, /to have only allow_paid_broadcast, .*, got `"parsemode"`/],
  [
    { parse_mode: "html" },
    /`defaults\.parse_mode` option to be "HTML", "MarkdownV2" or "Markdown"/,
  ],
  [{ protect_content: 1 }, /`defaults\.protect_content` option to be true or false/],
  [{ link_preview_options: true }, /`defaults\.link_preview_options` option to be an object/],
  [[], /`defaults` option to be an object/],
  [null, /`defaults` option to be an object/],
])("the defaults %j are a TypeError", (defaults, message) => {
  const options = { defaults } as unknown as BotOptions
  expect(() => new Bot(token, options)).toThrow(TypeError)
  expect(() => new Bot(token, options)).toThrow(message)
})

test("hooks see the parameters with the defaults", async () => {
  const seen: unknown[] = []
  const bot = new Bot(token, {
    defaults: { protect_content: true },
    onCall: ({ params }) => Promise.resolve(void seen.push(params)),
  })
  await bot.sendDice({ chat_id: 1 })
  await bot.sendDice({ chat_id: 1, protect_content: null })
  expect(seen).toEqual([
    { chat_id: 1, protect_content: true },
    { chat_id: 1, protect_content: null },
  ])
})

test("an Updater gives the defaults to its bot, also for calls in the answer, and not to a given bot", async () => {
  const defaults: CallDefaults = { parse_mode: "HTML" }
  await using updater = new Updater({ token, defaults, autoAnswer: false, logger: silentLogger })
  expect(updater.bot.withDefaults("sendMessage", { text: "x" })).toEqual({
    ...{ text: "x", parse_mode: "HTML" },
  })
  const offered: string[] = []
  const response = {
    offer: ({ json }: { json: string }) => offered.push(json) > 0,
    withdraw: () => {},
  }
  updater.dispatcher.callbackQuery(/./, (ctx) => ctx.respond("sendMessage", { text: "x" }))
  await updater.dispatcher.process(pressUpdate("x"), { response })
  expect(offered.map((json) => JSON.parse(json) as unknown)).toEqual([
    expect.objectContaining({ method: "sendMessage", text: "x", parse_mode: "HTML" }),
  ])
  const bot = new Bot(token)
  expect(() => new Updater({ bot, defaults })).toThrow("either the `bot` or the `defaults` option")
})

test("Telegram formats texts by the default, and a formatted text, entities and null go without it", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  await using bot = new Bot(account.token, {
    apiRoot: telegram.apiRoot,
    defaults: { parse_mode: "HTML" },
  })
  await ada.send(account, "/start")
  const chat_id = ada.id
  const bolds = [{ type: "bold", offset: 0, length: 1 }] as const
  await bot.sendMessage({ chat_id, text: "<b>x</b>" })
  expect(await ada.hears()).toMatchObject({ text: "x", entities: bolds })
  await bot.sendMessage({ chat_id, text: bold("x<") })
  expect(await ada.hears()).toMatchObject({ text: "x<", entities: [{ length: 2 }] })
  await bot.sendMessage({ chat_id, text: "a < b", parse_mode: null })
  expect(await ada.hears()).toMatchObject({ text: "a < b" })
  await bot.sendMessage({ chat_id, text: "x<y", entities: [...bolds] })
  expect(await ada.hears()).toMatchObject({ text: "x<y", entities: bolds })
})
