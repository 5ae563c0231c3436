import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { type SimulatedBot, type SimulatedUser, Simulator } from "@sounder/simulator"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { encodeParameters } from "../../src/bot/encode-parameters.js"
import { Bot } from "../../src/bot/index.js"
import { encodeResponseCall } from "../../src/bot/response-call.js"
import type { Message } from "../../src/telegram/types.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { bold, customEmoji, fmt, italic } from "../../src/text/index.js"
import { tinyPhoto } from "../support/tiny-photo.js"

const text = fmt`a ${bold("b")}`
const entities = [{ type: "bold", offset: 2, length: 1 }]

describe("a formatted text is sent as text with entities", () => {
  test.each([
    ["sendMessage", { text }, { text: "a b", entities }],
    ["sendMessageDraft", { text }, { text: "a b", entities }],
    ["editMessageText", { text }, { text: "a b", entities }],
    ["sendPhoto", { caption: text }, { caption: "a b", caption_entities: entities }],
    ["editMessageCaption", { caption: text }, { caption: "a b", caption_entities: entities }],
    ["copyMessage", { caption: text }, { caption: "a b", caption_entities: entities }],
    ["postStory", { caption: text }, { caption: "a b", caption_entities: entities }],
    ["sendGift", { text }, { text: "a b", text_entities: entities }],
    ["giftPremiumSubscription", { text }, { text: "a b", text_entities: entities }],
    [
      "sendPoll",
      { question: text, explanation: text, description: text, options: [{ text }, text, "c"] },
      {
        question: "a b",
        question_entities: entities,
        explanation: "a b",
        explanation_entities: entities,
        description: "a b",
        description_entities: entities,
        options: [
          { text: "a b", text_entities: entities },
          { text: "a b", text_entities: entities },
          "c",
        ],
      },
    ],
    [
      "sendMediaGroup",
      { media: [{ type: "photo", media: "id", caption: text }] },
      { media: [{ type: "photo", media: "id", caption: "a b", caption_entities: entities }] },
    ],
    [
      "editMessageMedia",
      { media: { type: "photo", media: "id", caption: text } },
      { media: { type: "photo", media: "id", caption: "a b", caption_entities: entities } },
    ],
    [
      "sendChecklist",
      { checklist: { title: text, tasks: [{ id: 1, text }] } },
      {
        checklist: {
          title: "a b",
          title_entities: entities,
          tasks: [{ id: 1, text: "a b", text_entities: entities }],
        },
      },
    ],
    [
      "sendMessage",
      { text: "x", reply_parameters: { message_id: 1, quote: text } },
      { text: "x", reply_parameters: { message_id: 1, quote: "a b", quote_entities: entities } },
    ],
    [
      "answerInlineQuery",
      {
        results: [
          { type: "photo", caption: text },
          { input_message_content: { message_text: text } },
        ],
      },
      {
        results: [
          { type: "photo", caption: "a b", caption_entities: entities },
          { input_message_content: { message_text: "a b", entities } },
        ],
      },
    ],
    [
      "answerGuestQuery",
      { result: { input_message_content: { message_text: text } } },
      { result: { input_message_content: { message_text: "a b", entities } } },
    ],
    ["sendNewerThanThisVersion", { text }, { text: "a b", entities }],
  ])("%s", (method, params, expected) => {
    const before = structuredClone(params)
    expect(encodeParameters(method, params).fields).toEqual(expected)
    expect(params).toEqual(before)
  })

  test("in the answer to a webhook request", () => {
    expect(JSON.parse(encodeResponseCall("sendMessage", { chat_id: 1, text }) ?? "")).toEqual({
      ...{ method: "sendMessage", chat_id: 1, text: "a b", entities },
    })
  })

  test("without entities if there is no formatting", () => {
    expect(encodeParameters("sendMessage", { text: fmt`x` }).fields).toEqual({ text: "x" })
  })
})

test("every text with entities in Telegram's types accepts a formatted text", () => {
  const folder = dirname(createRequire(import.meta.url).resolve("@grammyjs/types/package.json"))
  const names = ["inline.d.ts", "methods.d.ts", "message.d.ts", "checklist.d.ts"].flatMap(
    (file) => {
      const source = readFileSync(join(folder, file), "utf8").replaceAll(/\/\*[^]*?\*\//g, "")
      // An object that the bot sends has a parse mode next to its entities.
      return [
        ...source.matchAll(
          /(\w*parse_mode)\?: (?:ParseMode|string);\s+(\w*entities)\?: MessageEntity\[\];/g,
        ),
      ]
    },
  )
  const kinds = new Set(names.map(([, mode, list]) => `${mode} ${list}`))
  expect([...kinds].toSorted()).toEqual([
    "description_parse_mode description_entities",
    "explanation_parse_mode explanation_entities",
    "parse_mode caption_entities",
    "parse_mode entities",
    "parse_mode text_entities",
    "parse_mode title_entities",
    "question_parse_mode question_entities",
    "quote_parse_mode quote_entities",
    "text_parse_mode text_entities",
  ])
})

describe("a formatted text is a TypeError", () => {
  test.each([
    [
      "sendMessage",
      { text, parse_mode: "HTML" },
      "either a formatted text in `text` of sendMessage or `parse_mode`, got both",
    ],
    ["sendMessage", { text, entities: [] }, "`text` of sendMessage or `entities`, got both"],
    [
      "sendPoll",
      { question: text, question_parse_mode: "HTML" },
      "or `question_parse_mode`, got both",
    ],
    [
      "sendMediaGroup",
      { media: [{ caption: text, parse_mode: "HTML" }] },
      "in `media[0].caption` of sendMediaGroup or `parse_mode`, got both",
    ],
    ["answerCallbackQuery", { text }, "parameter `text` of answerCallbackQuery to be a plain text"],
    [
      "setMyDescription",
      { description: text },
      "`description` of setMyDescription to be a plain text",
    ],
    [
      "sendMessage",
      { text: "x", reply_markup: { inline_keyboard: [[{ text }]] } },
      "`reply_markup.inline_keyboard[0][0].text` of sendMessage to be a plain text",
    ],
    ["sendRichMessage", { rich_message: { blocks: [{ text }] } }, "to be a plain text"],
    ["sendMessage", { chat_id: text }, "parameter `chat_id` of sendMessage to be a plain text"],
  ])("%s %#", (method, params, message) => {
    const encode = () => encodeParameters(method, params)
    expect(encode).toThrow(TypeError)
    expect(encode).toThrow(message)
  })
})

describe("Telegram shows the formatting", () => {
  let telegram: Simulator
  let account: SimulatedBot
  let ada: SimulatedUser
  let bot: Bot

  beforeEach(async () => {
    telegram = await Simulator.start()
    account = telegram.bot({ username: "my_bot" })
    ada = telegram.user({ first_name: "Ada" })
    bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    await ada.send(account, "/start")
  })

  afterEach(async () => {
    await bot[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  })

  const of = ({ text: shown, caption, entities: list, caption_entities }: Message) => ({
    text: shown ?? caption,
    entities: list ?? caption_entities,
  })

  test("of a text, its edit, a caption and the captions of an album", async () => {
    const chat_id = ada.id
    const name = fmt`Hello ${bold("<b>*_` && Ada")}`
    const { message_id } = await bot.sendMessage({ chat_id, text: name })
    expect(of(await ada.hears())).toEqual(name)
    await bot.editMessageText({ chat_id, message_id, text: italic(name) })
    // Telegram divides formatting where another one begins.
    expect(of(await ada.seesEdit())).toEqual({
      text: name.text,
      entities: [
        { type: "italic", offset: 0, length: 6 },
        { type: "bold", offset: 6, length: 13 },
        { type: "italic", offset: 6, length: 13 },
      ],
    })
    const photo = InputFile.bytes(tinyPhoto, { filename: "a.png" })
    await bot.sendPhoto({ chat_id, photo, caption: name })
    expect(of(await ada.hears())).toEqual(name)
    const media = { type: "photo", media: photo } as const
    await bot.sendMediaGroup({ chat_id, media: [{ ...media, caption: name }, media] })
    expect(of(await ada.hears())).toEqual(name)
  })

  test("of a poll: question, options and explanation", async () => {
    await bot.sendPoll({
      ...{ chat_id: ada.id, type: "quiz", correct_option_ids: [0] },
      // The only entities that Telegram accepts in a question.
      question: fmt`${customEmoji("👍", "5368324170671202286")} Which?`,
      explanation: fmt`${italic("This")}`,
      options: [{ text: fmt`${bold("a")}` }, fmt`b`],
    })
    const { poll } = await ada.hears()
    expect(poll).toMatchObject({
      question: "👍 Which?",
      question_entities: [{ type: "custom_emoji", offset: 0, length: 2 }],
    })
    expect(poll?.options.map((option) => option.text)).toEqual(["a", "b"])
  })
})
