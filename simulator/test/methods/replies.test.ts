import type { Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"

test("a quote has the formatting of the quoted text, and is the nearest to its position", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const said = await world.result<Message>("sendMessage", {
    ...{ chat_id, text: "tea *tea* tea", parse_mode: "MarkdownV2" },
  })
  const reply = (fields: object) => ({
    ...{ chat_id, text: "Yes", reply_parameters: { message_id: said.message_id, ...fields } },
  })
  const last = await world.result<Message>(
    "sendMessage",
    reply({ quote: "tea", quote_position: 7 }),
  )
  expect(last.quote).toEqual({ text: "tea", position: 8, is_manual: true })
  const bold = { quote: "*tea*", quote_parse_mode: "MarkdownV2", quote_position: 4 }
  const { quote } = await world.result<Message>("sendMessage", reply(bold))
  expect(quote).toMatchObject({ position: 4, entities: [{ type: "bold", offset: 0, length: 3 }] })
  const unlike = reply({ ...bold, quote_position: 0 })
  expect(await world.refusal("sendMessage", unlike)).toBe("Bad Request: QUOTE_TEXT_INVALID")
})

test("a quote of a part of a link has its formatting", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const { message_id } = await world.result<Message>("sendMessage", {
    ...{ chat_id, text: "<b>see my.net now</b>", parse_mode: "HTML" },
  })
  const reply_parameters = { message_id, quote: "<b>net now</b>", quote_parse_mode: "HTML" }
  const call = { chat_id, text: "Yes", reply_parameters }
  expect((await world.result<Message>("sendMessage", call)).quote).toMatchObject({
    ...{ text: "net now", position: 7, entities: [{ type: "bold", offset: 0, length: 7 }] },
  })
})

test("a quote has up to 1,024 characters", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const text = "🍵".repeat(1025)
  const { message_id } = await world.result<Message>("sendMessage", { chat_id, text })
  const reply = (count: number) => ({
    ...{ chat_id, text: "Yes", reply_parameters: { message_id, quote: "🍵".repeat(count) } },
  })
  const { quote } = await world.result<Message>("sendMessage", reply(1024))
  expect(quote?.text).toHaveLength(2048)
  expect(await world.refusal("sendMessage", reply(1025))).toBe("Bad Request: QUOTE_TEXT_INVALID")
})

test("a reply names the option of a poll, and a reply to another chat shows its content", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.group({ title: "Club" }, ada, bot)
  const sent = await world.result<Message>("sendPoll", {
    ...{ chat_id: ada.id, question: "Tea?", options: ["Yes", "No"] },
  })
  const to = { message_id: sent.message_id, poll_option_id: "1" }
  const call = { chat_id: ada.id, text: "Why not?", reply_parameters: to }
  expect(await world.result("sendMessage", call)).toMatchObject({ reply_to_poll_option_id: "1" })
  const unknown = { ...call, reply_parameters: { ...to, poll_option_id: "9" } }
  expect(await world.refusal("sendMessage", unknown)).toMatch("poll option to be replied not found")
  const elsewhere = { ...call, chat_id: group.id, reply_parameters: { ...to, chat_id: ada.id } }
  expect(await world.result("sendMessage", elsewhere)).toMatchObject({
    external_reply: { poll: { question: "Tea?" } },
  })
})

test.each([
  ["an inline keyboard", { inline_keyboard: [[{ text: "A", callback_data: "a" }]] }],
  ["a keyboard", { keyboard: [["A"]] }],
])(
  "%s can ask for a reply: the person's next message is one, the others are not",
  async (_, markup) => {
    await using world = await Meeting.start()
    const { ada, bot } = world
    const reply_markup = { ...markup, force_reply: true }
    const sent = await world.result<Message>("sendMessage", {
      ...{ chat_id: ada.id, text: "Your name?", reply_markup },
    })
    const answer = await ada.send(bot, "Ada")
    expect(answer.reply_to_message?.message_id).toBe(sent.message_id)
    expect((await ada.send(bot, "Hello")).reply_to_message).toBeUndefined()
    if ("keyboard" in markup) expect(await ada.tap("A")).toMatchObject({ text: "A" })
  },
)
