import { expect, test } from "vitest"
import type { Message } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

const bytes = new Uint8Array([1, 2, 3])
const place = { latitude: 1, longitude: 2 }

test.each([
  [
    { photo: bytes, caption: "see #x" },
    {
      photo: expect.arrayContaining([expect.objectContaining({ file_size: 3 })]),
      caption: "see #x",
    },
  ],
  [{ document: bytes, file_name: "a.txt" }, { document: { file_name: "a.txt" } }],
  [{ video: bytes, duration: 4 }, { video: { duration: 4, mime_type: "video/mp4" } }],
  [{ audio: bytes, title: "Song" }, { audio: { title: "Song" } }],
  [{ voice: bytes, duration: 2 }, { voice: { duration: 2, mime_type: "audio/ogg" } }],
  [{ video_note: bytes }, { video_note: { length: 240 } }],
  [{ animation: bytes }, { animation: { duration: 0 }, document: { mime_type: "video/mp4" } }],
  [{ sticker: bytes, emoji: "🙂" }, { sticker: { emoji: "🙂", type: "regular" } }],
  [{ location: place }, { location: place }],
  [
    { venue: { location: place, title: "T", address: "A" } },
    { venue: { title: "T" }, location: place },
  ],
  [
    { contact: { phone_number: "1", first_name: "B" } },
    { contact: { phone_number: "1", first_name: "B" } },
  ],
  [{ dice: "🎯" }, { dice: { emoji: "🎯" } }],
  [{ poll: { question: "Q", options: ["a", "b"] } }, { poll: { question: "Q", is_closed: false } }],
])("a person's message of %j is one message", async (written, expected) => {
  await using world = await Meeting.start()
  const sent = await world.ada.send(world.bot, written)
  expect(sent).toMatchObject(expected)
  expect(await world.updates()).toEqual([{ message: sent }])
})

test("an album is several messages with one group id", async () => {
  await using world = await Meeting.start()
  const sent = await world.ada.sendAlbum(world.bot, [{ photo: bytes }, { video: bytes }])
  expect(new Set(sent.map(({ media_group_id }) => media_group_id)).size).toBe(1)
  expect(await world.updates()).toEqual(sent.map((message) => ({ message })))
  await expect(world.ada.sendAlbum(world.bot, [{ photo: bytes }])).rejects.toThrow("2 to 10")
})

test("a person's edit is an edited_message with the new content", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  const text = await ada.send(bot, "/one")
  const photo = await ada.send(bot, { photo: bytes, caption: "a" })
  await world.updates()
  const edited = await ada.edit(text, "/two now")
  await ada.edit(photo, "b")
  expect(edited).toMatchObject({ text: "/two now", entities: [{ type: "bot_command" }] })
  expect(await world.updates()).toMatchObject([
    { edited_message: { text: "/two now", edit_date: expect.any(Number) } },
    { edited_message: { caption: "b", photo: expect.any(Array) } },
  ])
})

test("a forward has its origin, a reply has the replied message", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const group = telegram.group({ title: "G" }, ada, bob)
  const said = await bob.send(group, "words")
  await ada.forward(said, bot)
  await ada.send(bot, "and?", { reply_to: said })
  expect(await world.updates()).toMatchObject([
    { message: { text: "words", forward_origin: { type: "user", sender_user: { id: bob.id } } } },
    { message: { text: "and?", reply_to_message: { text: "words" } } },
  ])
})

test("a button of a reply keyboard sends a text, or the requested data", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const keys = ["Tea", { text: "Phone", request_contact: true }]
  const reply_markup = { keyboard: [keys, [{ text: "Place", request_location: true }]] }
  await world.result("sendMessage", { chat_id: ada.id, text: "?", reply_markup })
  await ada.tap("Tea")
  await ada.tap("Phone")
  await ada.tap("Place", { location: place })
  expect(await world.updates()).toMatchObject([
    { message: { text: "Tea" } },
    { message: { contact: { first_name: "Ada", user_id: ada.id } } },
    { message: { location: place } },
  ])
  await expect(ada.tap("Milk")).rejects.toThrow('expected a key "Milk"; the keyboards have "Tea"')
  const removed = { chat_id: ada.id, text: "!", reply_markup: { remove_keyboard: true } }
  await world.result("sendMessage", removed)
  await expect(ada.tap("Tea")).rejects.toThrow("the keyboards have none")
})

test("after a ForceReply, a person's next message is a reply", async () => {
  await using world = await Meeting.start()
  const reply_markup = { force_reply: true }
  await world.result("sendMessage", { chat_id: world.ada.id, text: "Name?", reply_markup })
  await world.ada.send(world.bot, "Ada")
  await world.ada.send(world.bot, "more")
  const [first, second] = await world.updates()
  expect(first?.message?.reply_to_message).toMatchObject({ text: "Name?" })
  expect(second?.message).not.toHaveProperty("reply_to_message")
})

test("posts of a channel are channel posts, edits too; the bot's own posts are no updates", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const channel = telegram.channel({ title: "News" }, ada, bot)
  await world.updates()
  const post = await ada.send(channel, "first")
  await ada.edit(post, "second")
  await world.result("sendMessage", { chat_id: channel.id, text: "by the bot" })
  const [posted, edited, ...others] = await world.updates()
  expect(posted?.channel_post).toMatchObject({ text: "first", sender_chat: { title: "News" } })
  expect(posted?.channel_post).not.toHaveProperty("from")
  expect(edited?.edited_channel_post).toMatchObject({ text: "second" })
  expect(others).toEqual([])
})

test("a bot with privacy mode sees everything once it is an administrator", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.supergroup({ title: "G" }, ada, bot)
  await world.updates()
  await ada.send(group, "unseen")
  await ada.promote(group, bot, ["can_pin_messages"])
  await ada.send(group, "seen")
  expect(await world.updates()).toMatchObject([
    { my_chat_member: { new_chat_member: { status: "administrator" } } },
    { message: { text: "seen" } },
  ])
})

test("joining and leaving produce member updates and service messages", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const group = telegram.supergroup({ title: "G" }, ada)
  await ada.add(group, bot)
  expect(await world.updates()).toMatchObject([
    {
      my_chat_member: {
        old_chat_member: { status: "left" },
        new_chat_member: { status: "member" },
      },
    },
    { message: { new_chat_members: [{ id: bot.id }], from: { id: ada.id } } },
  ])
  await bob.join(group)
  await bob.leave(group)
  // Only administrators get chat_member updates.
  expect(await world.types()).toEqual(["message", "message"])
  await ada.remove(group, bot)
  expect(await world.updates()).toMatchObject([
    { my_chat_member: { new_chat_member: { status: "left" } } },
    { message: { left_chat_member: { id: bot.id } } },
  ])
  await ada.send(group, "/help")
  expect(await world.types()).toEqual([])
})

test("reactions are sent in private and to administrators, in channels as counts", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const message = await ada.send(bot, "x")
  await world.updates()
  await ada.react(message, "👍")
  await ada.react(message)
  expect(await world.updates()).toMatchObject([
    { message_reaction: { old_reaction: [], new_reaction: [{ type: "emoji", emoji: "👍" }] } },
    { message_reaction: { old_reaction: [{ emoji: "👍" }], new_reaction: [] } },
  ])
  await expect(ada.react(message, "x")).rejects.toThrow("x is not a reaction")
  const channel = telegram.channel({ title: "C" }, ada, bob, bot)
  const post = await ada.send(channel, "post")
  await world.updates()
  await ada.react(post, "🔥")
  await bob.react(post, "🔥")
  expect((await world.updates()).at(-1)?.message_reaction_count?.reactions).toEqual([
    { type: { type: "emoji", emoji: "🔥" }, total_count: 2 },
  ])
  const group = telegram.supergroup({ title: "G" }, ada, bot)
  await world.updates()
  await ada.react(await ada.send(group, "hush"), "👍")
  expect(await world.types()).toEqual([])
})

test("changes of a person's name, a group's title and its pins reach the bot", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.supergroup({ title: "G" }, ada, bot)
  await world.updates()
  await ada.rename(group, "H")
  const said: Message = await ada.send(group, "unseen")
  await ada.pin(said)
  expect(group.title).toBe("H")
  expect(await world.updates()).toMatchObject([
    { message: { new_chat_title: "H" } },
    { message: { pinned_message: { text: "unseen" } } },
  ])
})
