import type { BusinessConnection, Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { MovableClock, type SimulatorOptions } from "../../src/index.js"
import { Meeting } from "../meeting.js"

/** Ada has connected the bot to her account, and Bob has written to her. */
async function office(simulator: SimulatorOptions = {}) {
  const world = await Meeting.start({ simulator, can_connect_to_business: true })
  const connection = await world.ada.connect(world.bot)
  const question = await world.bob.send(world.ada, "Are you open?")
  const to = { business_connection_id: connection.id, chat_id: world.bob.id }
  return {
    world,
    connection,
    question,
    to,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

test("a bot gets the messages of a business account, and answers for its owner", async () => {
  await using stage = await office()
  const { world, connection, question, to } = stage
  const { ada, bob, bot } = world
  const place = { business_connection_id: connection.id, chat: { id: bob.id, type: "private" } }
  expect(await world.updates()).toMatchObject([
    {
      business_connection: { user: { id: ada.id }, is_enabled: true, rights: { can_reply: true } },
    },
    { business_message: { ...place, from: { id: bob.id }, text: "Are you open?" } },
  ])
  const reply_parameters = { message_id: question.message_id }
  const answer = await world.result<Message>("sendMessage", {
    ...to,
    text: "Yes",
    reply_parameters,
  })
  expect(answer).toMatchObject({
    ...place,
    ...{ from: { id: ada.id }, sender_business_bot: { id: bot.id } },
    reply_to_message: { text: "Are you open?" },
  })
  expect(await bob.hears()).toEqual(answer)
  const { message_id } = answer
  await world.result("editMessageText", { ...to, message_id, text: "Until six" })
  await ada.send(bob, "See you")
  await bob.edit(question, "Are you open today?")
  await bob.delete(question)
  expect(await world.updates()).toMatchObject([
    { business_message: { ...place, from: { id: ada.id }, text: "See you" } },
    { edited_business_message: { ...place, text: "Are you open today?" } },
    { deleted_business_messages: { ...place, message_ids: [question.message_id] } },
  ])
})

test("a press on a button of a business message names the connection", async () => {
  await using stage = await office()
  const { world, connection, to } = stage
  const reply_markup = { inline_keyboard: [[{ text: "Book", callback_data: "book" }]] }
  await world.result("sendMessage", { ...to, text: "Table?", reply_markup })
  await world.bob.press(await world.bob.hears(), "Book")
  const update = (await world.updates()).at(-1)
  expect(update).toMatchObject({
    callback_query: { message: { business_connection_id: connection.id }, data: "book" },
  })
})

test("a bot acts within its rights, while the connection lasts", async () => {
  await using stage = await office()
  const { world, connection, question, to } = stage
  const { ada, bob, bot } = world
  const { message_id } = question
  const all = { business_connection_id: connection.id, message_ids: [message_id] }
  expect(await world.result("readBusinessMessage", { ...to, message_id })).toBe(true)
  const denied = "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED"
  expect(await world.refusal("deleteBusinessMessages", all)).toBe(denied)
  await ada.connect(bot, { can_delete_all_messages: true })
  expect(await world.result("deleteBusinessMessages", all)).toBe(true)
  await bob.send(ada, "Hello?")
  expect(await world.refusal("sendMessage", { ...to, text: "x" })).toBe(denied)
  await ada.disconnect(bot)
  await bob.send(ada, "Anybody?")
  const ended = "Bad Request: BUSINESS_CONNECTION_INVALID"
  expect(await world.refusal("sendMessage", { ...to, text: "x" })).toBe(ended)
  const known = { business_connection_id: connection.id }
  const found = await world.result<BusinessConnection>("getBusinessConnection", known)
  expect(found).toMatchObject({ is_enabled: false, user: { id: ada.id } })
  expect(found.rights).toBeUndefined()
})

test("a bot writes only to people who have written in the last 24 hours", async () => {
  const clock = new MovableClock()
  await using stage = await office({ clock })
  const { world, to } = stage
  const eve = world.telegram.user({ first_name: "Eve" })
  const stranger = { ...to, chat_id: eve.id, text: "x" }
  expect(await world.refusal("sendMessage", stranger)).toBe("Bad Request: chat not found")
  await clock.advance(25 * 3_600_000)
  expect(await world.refusal("sendMessage", { ...to, text: "x" })).toBe(
    "Bad Request: BUSINESS_PEER_USAGE_MISSING",
  )
})

test("reply keyboards and payments in money are not for business accounts", async () => {
  await using stage = await office()
  const { world, to } = stage
  const reply_markup = { keyboard: [["Yes"]] }
  const asking = { ...to, text: "Open?", reply_markup }
  expect(await world.refusal("sendMessage", asking)).toMatch("reply keyboards can't be sent")
  const invoice = { ...to, title: "Tea", description: "Hot", payload: "tea" }
  const price = { currency: "EUR", provider_token: "1:TEST:a", prices: [{ label: "a", amount: 5 }] }
  expect(await world.refusal("createInvoiceLink", { ...invoice, ...price })).toMatch("Stars only")
})

test("two people write to each other only if one of them has connected a bot that allows it", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot } = world
  await expect(bob.send(ada, "Hello")).rejects.toThrow("to have connected a bot")
  await expect(ada.connect(bot)).rejects.toThrow("can_connect_to_business")
  await expect(ada.disconnect(bot)).rejects.toThrow("Ada has not connected @met_bot")
})
