import { expect, test } from "vitest"
import type { Message, Poll } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

const keyboard = { inline_keyboard: [[{ text: "Yes", callback_data: "y" }]] }

test("a caption, a file and a keyboard can be changed separately", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  const photo = (await ada.send(bot, { photo: new Uint8Array([1]) })).photo?.[0]?.file_id
  const document = (await ada.send(bot, { document: new Uint8Array([2]), file_name: "a.txt" }))
    .document?.file_id
  const chat_id = ada.id
  const sent = await world.result<Message>("sendPhoto", { chat_id, photo, caption: "old" })
  const at = { chat_id, message_id: sent.message_id }
  expect(
    await world.result("editMessageCaption", { ...at, caption: "new", reply_markup: keyboard }),
  ).toMatchObject({ caption: "new", reply_markup: keyboard, edit_date: expect.any(Number) })
  expect(await world.result("editMessageReplyMarkup", at)).not.toHaveProperty("reply_markup")
  const media = { type: "document", media: document, caption: "file" }
  const changed = await world.result<Message>("editMessageMedia", { ...at, media })
  expect(changed).toMatchObject({ document: { file_name: "a.txt" }, caption: "file" })
  expect(changed).not.toHaveProperty("photo")
  expect(await world.refusal("editMessageText", { ...at, text: "x" })).toBe(
    "Bad Request: there is no text in the message to edit",
  )
  expect(await world.refusal("editMessageReplyMarkup", at)).toMatch(/message is not modified: spec/)
})

test("a bot cannot edit a person's message", async () => {
  await using world = await Meeting.start()
  const { message_id } = await world.ada.send(world.bot, "mine")
  const edit = { chat_id: world.ada.id, message_id, text: "yours" }
  expect(await world.refusal("editMessageText", edit)).toBe("Bad Request: message can't be edited")
})

test("a live location moves until it is stopped", async () => {
  await using world = await Meeting.start()
  const start = { chat_id: world.ada.id, latitude: 1, longitude: 2, live_period: 60 }
  const { message_id } = await world.result<Message>("sendLocation", start)
  const at = { chat_id: world.ada.id, message_id }
  const moved = { ...at, latitude: 3, longitude: 4 }
  expect(await world.result("editMessageLiveLocation", moved)).toMatchObject({
    location: { latitude: 3, longitude: 4, live_period: 60 },
  })
  const stopped = await world.result<Message>("stopMessageLiveLocation", at)
  expect(stopped.location).toEqual({ latitude: 3, longitude: 4 })
  expect(await world.refusal("editMessageLiveLocation", moved)).toBe(
    "Bad Request: there is no live location in the message to edit",
  )
})

test("a poll is counted, and can be stopped once", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const poll = { chat_id: ada.id, question: "Tea?", options: ["Yes", { text: "No" }] }
  const open = { ...poll, is_anonymous: false }
  const { message_id } = await world.result<Message>("sendPoll", open)
  await ada.vote(await ada.hears(), "No")
  const [counted, answer] = await world.updates()
  expect(counted?.poll).toMatchObject({
    total_voter_count: 1,
    options: [
      { text: "Yes", voter_count: 0 },
      { text: "No", voter_count: 1 },
    ],
  })
  expect(answer?.poll_answer).toMatchObject({ user: { id: ada.id }, option_ids: [1] })
  const at = { chat_id: ada.id, message_id }
  expect((await world.result<Poll>("stopPoll", at)).is_closed).toBe(true)
  expect(await world.types()).toEqual(["poll"])
  expect(await world.refusal("stopPoll", at)).toBe("Bad Request: poll has already been closed")
  expect(await world.refusal("stopPoll", { ...at, message_id: 99 })).toBe(
    "Bad Request: message with poll to stop not found",
  )
})

test("a quiz hides its answer until it is closed, but not from its bot", async () => {
  await using world = await Meeting.start()
  const quiz = { question: "2+2", options: ["3", "4"], type: "quiz", correct_option_id: 1 }
  const sent = await world.result<Message>("sendPoll", { chat_id: world.ada.id, ...quiz })
  expect(sent.poll?.correct_option_ids).toEqual([1])
  const seen = await world.ada.hears()
  expect(seen.poll).not.toHaveProperty("correct_option_ids")
  await world.ada.vote(seen, 0)
  await expect(world.ada.vote(seen, 1)).rejects.toThrow("has already answered the quiz")
  expect(await world.types()).toEqual(["poll"])
})

test("messages are pinned and unpinned, and the bot gets a service message", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const { message_id } = await world.result<Message>("sendMessage", { chat_id, text: "x" })
  expect(await world.result("pinChatMessage", { chat_id, message_id })).toBe(true)
  expect(await world.updates()).toMatchObject([{ message: { pinned_message: { text: "x" } } }])
  expect(await world.result("getChat", { chat_id })).toMatchObject({
    pinned_message: { message_id },
  })
  expect(await world.result("unpinChatMessage", { chat_id })).toBe(true)
  expect(await world.refusal("unpinChatMessage", { chat_id })).toBe(
    "Bad Request: message to unpin not found",
  )
  expect(await world.refusal("pinChatMessage", { chat_id, message_id: 99 })).toBe(
    "Bad Request: message to pin not found",
  )
})

test("a bot reacts with an emoji of the permitted list", async () => {
  await using world = await Meeting.start()
  const { message_id } = await world.ada.send(world.bot, "x")
  const at = { chat_id: world.ada.id, message_id }
  const react = (...emoji: string[]) =>
    world.ask("setMessageReaction", {
      ...at,
      reaction: emoji.map((each) => ({ type: "emoji", emoji: each })),
    })
  expect((await react("👍")).result).toBe(true)
  expect((await react("x")).description).toBe("Bad Request: REACTION_INVALID")
  expect((await react("👍", "👎")).description).toBe("Bad Request: REACTIONS_TOO_MANY")
  const gone = { ...at, message_id: 99 }
  expect(await world.refusal("setMessageReaction", gone)).toBe(
    "Bad Request: message to react not found",
  )
})

test("without the right to delete, a bot in a group deletes only its own messages", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.supergroup({ title: "G" }, ada, bot)
  const { message_id } = await ada.send(group, "/x")
  const at = { chat_id: group.id, message_id }
  expect(await world.refusal("deleteMessage", at)).toBe("Bad Request: message can't be deleted")
  await ada.promote(group, bot, ["can_delete_messages"])
  expect(await world.result("deleteMessage", at)).toBe(true)
})
