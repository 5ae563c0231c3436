import type { Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { MovableClock, type SimulatorOptions } from "../../src/index.js"
import { Meeting } from "../meeting.js"

/** A group with Ada, Bob and a bot that has an ephemeral command. */
async function club(simulator: SimulatorOptions = {}) {
  const world = await Meeting.start({ simulator })
  const { telegram, ada, bob, bot } = world
  const group = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  const commands = [
    { command: "secret", description: "Asks in secret", is_ephemeral: true },
    { command: "help", description: "Asks aloud" },
  ]
  await world.result("setMyCommands", { commands, scope: { type: "all_group_chats" } })
  await world.updates()
  const whisper = (to: number, more: object = {}) => ({
    ...{ chat_id: group.id, text: "Only you" },
    ephemeral_message_parameters: { receiver_user_id: to },
    ...more,
  })
  return { world, group, whisper, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

const soon = { timeoutMs: 50 }
const refusal = /^Bad Request: ephemeral messages can be sent by an administrator, or within 15 s/

test("an ephemeral message of an administrator reaches its receiver only", async () => {
  await using stage = await club()
  const { world, group, whisper } = stage
  const { ada, bob, bot } = world
  await ada.promote(group, bot)
  const sent = await world.result<Message>("sendMessage", whisper(ada.id))
  expect(sent).toMatchObject({
    ...{ message_id: 0, ephemeral_message_id: 1, text: "Only you", chat: { id: group.id } },
    ...{ from: { id: bot.id }, receiver_user: { id: ada.id } },
  })
  expect(await ada.hears()).toEqual(sent)
  await expect(bob.hears(soon)).rejects.toThrow("none came")
  const photo = whisper(bob.id, { photo: "https://example.invalid/x.png", text: undefined })
  expect(await world.result("sendPhoto", photo)).toMatchObject({ ephemeral_message_id: 2 })
  expect(await bob.hears()).toMatchObject({ receiver_user: { id: bob.id } })
  expect(await world.refusal("sendMessage", whisper(999))).toBe("Bad Request: user not found")
  const inPrivate = whisper(ada.id, { chat_id: ada.id })
  expect(await world.refusal("sendMessage", inPrivate)).toMatch("only to groups and supergroups")
})

test("another bot must answer a press or an ephemeral message, within 15 seconds", async () => {
  const clock = new MovableClock()
  await using stage = await club({ clock })
  const { world, group, whisper } = stage
  const { ada, bob } = world
  expect(await world.refusal("sendMessage", whisper(ada.id))).toMatch(refusal)
  const inline_keyboard = [[{ text: "Show", callback_data: "show" }]]
  const reply_markup = { inline_keyboard }
  const open = { chat_id: group.id, text: "Public", reply_markup }
  const shown = await world.result<Message>("sendMessage", open)
  const { id } = await ada.press(shown, "show")
  const byPress = (to: number) =>
    whisper(to, { ephemeral_message_parameters: { receiver_user_id: to, callback_query_id: id } })
  expect(await world.refusal("sendMessage", byPress(bob.id))).toMatch(refusal)
  expect(await world.result("sendMessage", byPress(ada.id))).toMatchObject({ message_id: 0 })
  const asked = await ada.send(group, "/secret")
  expect(asked).toMatchObject({ message_id: 0, receiver_user: { id: world.bot.id } })
  const reply_parameters = { ephemeral_message_id: asked.ephemeral_message_id }
  const answer = await world.result("sendMessage", whisper(ada.id, { reply_parameters }))
  expect(answer).toMatchObject({ reply_to_message: { text: "/secret" } })
  const aloud = { chat_id: group.id, text: "x", reply_parameters }
  expect(await world.refusal("sendMessage", aloud)).toMatch("must be an ephemeral message")
  await clock.advance(16_000)
  expect(await world.refusal("sendMessage", byPress(ada.id))).toMatch(refusal)
  expect(await world.refusal("sendMessage", whisper(ada.id, { reply_parameters }))).toMatch(refusal)
})

test("the id of a press is enough: the answer reaches the person who pressed, in the same chat", async () => {
  await using stage = await club()
  const { world, group } = stage
  const reply_markup = { inline_keyboard: [[{ text: "Show", callback_data: "show" }]] }
  const open = { chat_id: group.id, text: "Public", reply_markup }
  const { id } = await world.ada.press(await world.result<Message>("sendMessage", open), "show")
  const call = { text: "Only you", ephemeral_message_parameters: { callback_query_id: id } }
  expect(await world.result("sendMessage", call)).toMatchObject({
    ...{ chat: { id: group.id }, receiver_user: { id: world.ada.id } },
  })
  const unknown = { text: "x", ephemeral_message_parameters: { callback_query_id: "1" } }
  expect(await world.refusal("sendMessage", unknown)).toBe("Bad Request: chat_id is empty")
})

test("an ephemeral command reaches the bot and no member", async () => {
  await using stage = await club()
  const { world, group } = stage
  const { ada, bot } = world
  await ada.send(group, "/secret now")
  await ada.send(group, "/help")
  const updates = await world.updates()
  expect(updates).toMatchObject([
    { message: { message_id: 0, ephemeral_message_id: 1, text: "/secret now" } },
    { message: { text: "/help" } },
  ])
  expect(updates[1]).not.toHaveProperty("message.ephemeral_message_id")
  expect(updates[0]).toMatchObject({ message: { receiver_user: { id: bot.id } } })
})

test("an ephemeral message is edited and deleted by its own id, for its receiver", async () => {
  await using stage = await club()
  const { world, group, whisper } = stage
  const { ada, bob, bot } = world
  await ada.promote(group, bot)
  const reply_markup = { inline_keyboard: [[{ text: "More", callback_data: "more" }]] }
  await world.result("sendMessage", whisper(ada.id, { reply_markup }))
  const heard = await ada.hears()
  await world.updates()
  await ada.press(heard, "More")
  expect(await world.updates()).toMatchObject([
    { callback_query: { message: { message_id: 0, ephemeral_message_id: 1 } } },
  ])
  await expect(bob.press(heard, "More")).rejects.toThrow("cannot see this message")
  const target = { chat_id: group.id, receiver_user_id: ada.id, ephemeral_message_id: 1 }
  expect(await world.result("editEphemeralMessageText", { ...target, text: "Changed" })).toBe(true)
  expect(await ada.seesEdit()).toMatchObject({ text: "Changed", ephemeral_message_id: 1 })
  const same = { ...target, text: "Changed" }
  expect(await world.refusal("editEphemeralMessageText", same)).toMatch("message is not modified")
  const toBob = { ...target, receiver_user_id: bob.id }
  expect(await world.refusal("deleteEphemeralMessage", toBob)).toMatch("to delete not found")
  expect(await world.refusal("deleteMessage", { chat_id: group.id, message_id: 0 })).toMatch(
    "message identifier is not specified",
  )
  expect(await world.result("deleteEphemeralMessage", target)).toBe(true)
  expect(await world.refusal("editEphemeralMessageReplyMarkup", target)).toMatch("not found")
})

test("polls and dice have no ephemeral form, and a part that is not simulated is refused by name", async () => {
  await using stage = await club()
  const { world, whisper } = stage
  const dice = await world.result<Message>("sendDice", whisper(world.ada.id))
  expect(dice.message_id).toBeGreaterThan(0)
  const replaced = { receiver_user_id: world.ada.id, replace_callback_query_message: true }
  const call = whisper(world.ada.id, { ephemeral_message_parameters: replaced })
  expect(await world.refusal("sendMessage", call)).toBe(
    "Bad Request: the simulator does not support the field replace_callback_query_message",
  )
})
