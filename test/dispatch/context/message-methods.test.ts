import { describe, expect, test } from "vitest"
import type { MessageMethods } from "../../../src/dispatch/context/message-methods.js"
import type { Message } from "../../../src/telegram/types.js"
import {
  ada,
  channel,
  group,
  keptBot,
  messageOf,
  messageUpdate,
  pressUpdate,
  textUpdate,
  updateWith,
  withContext,
} from "../../support/updates.js"

/** Returns the calls that the methods of a message make. */
async function callsOf(
  message: Message,
  act: (methods: MessageMethods) => Promise<unknown>,
  update = textUpdate("x"),
) {
  const { bot, calls } = keptBot()
  await withContext(bot, update, (ctx) => act(ctx.of(message)))
  return calls
}

const other = messageOf({ message_id: 99, chat: group, text: "other" })
const place = { chat_id: group.id, message_id: 99 }

test.each<[string, (methods: MessageMethods) => Promise<unknown>, string, object]>([
  ["edit", (m) => m.edit("new"), "editMessageText", { ...place, text: "new" }],
  ["delete", (m) => m.delete(), "deleteMessage", place],
  ["pin", (m) => m.pin(), "pinChatMessage", place],
  ["unpin", (m) => m.unpin(), "unpinChatMessage", place],
  [
    "react",
    (m) => m.react("👍"),
    "setMessageReaction",
    { ...place, reaction: [{ type: "emoji", emoji: "👍" }] },
  ],
  [
    "forward",
    (m) => m.forward(5),
    "forwardMessage",
    { chat_id: 5, from_chat_id: group.id, message_id: 99 },
  ],
  ["copy", (m) => m.copy(5), "copyMessage", { chat_id: 5, from_chat_id: group.id, message_id: 99 }],
  [
    "reply",
    (m) => m.reply("yes"),
    "sendMessage",
    { chat_id: group.id, text: "yes", reply_parameters: { message_id: 99 } },
  ],
  [
    "replyWithDice",
    (m) => m.replyWithDice(),
    "sendDice",
    { chat_id: group.id, reply_parameters: { message_id: 99 } },
  ],
])(
  "`ctx.of(message).%s` acts on that message, and not on that of the update",
  async (_, act, method, params) => {
    expect(await callsOf(other, act)).toEqual([{ method, params }])
  },
)

describe("a reply to a message", () => {
  test("goes to its topic", async () => {
    const inTopic = { ...other, is_topic_message: true as const, message_thread_id: 5 }
    const [call] = await callsOf(inTopic, (m) => m.reply("yes"))
    expect(call?.params).toMatchObject({ message_thread_id: 5 })
  })

  test("keeps the options of the caller", async () => {
    const reply_parameters = { message_id: 1, quote: "q" }
    const [call] = await callsOf(other, (m) => m.reply("yes", { reply_parameters }))
    expect(call?.params).toMatchObject({ reply_parameters })
  })

  test("in another chat does not refer to its id, which names another message there", async () => {
    const [call] = await callsOf(other, (m) => m.reply("yes", { chat_id: 5 }))
    expect(call?.params).toEqual({ chat_id: 5, text: "yes" })
  })
})

describe("a message of a business account", () => {
  const business = messageOf({ message_id: 99, business_connection_id: "c" })

  test("is edited, deleted and answered over its connection", async () => {
    const calls = await callsOf(business, async (m) => {
      await m.edit("new")
      await m.delete()
      await m.reply("yes")
    })
    expect(calls.map(({ params }) => params)).toEqual([
      expect.objectContaining({ business_connection_id: "c", message_id: 99 }),
      { business_connection_id: "c", message_ids: [99] },
      expect.objectContaining({ business_connection_id: "c" }),
    ])
  })

  test("is not forwarded: its id names another message in the bot's own chat", async () => {
    await expect(callsOf(business, (m) => m.forward(5))).rejects.toThrow(TypeError)
  })

  test("that another message contains has the connection of that message", async () => {
    const nested = messageOf({ message_id: 98 })
    const update = updateWith({ business_message: { ...business, reply_to_message: nested } })
    const [call] = await callsOf(nested, (m) => m.edit("new"), update)
    expect(call?.params).toMatchObject({ business_connection_id: "c", message_id: 98 })
  })

  test("does not lend its connection to a message of the bot's own chat with the same person", async () => {
    const update = updateWith({ business_message: business })
    const [call] = await callsOf(messageOf({ message_id: 97 }), (m) => m.edit("new"), update)
    expect(call?.params).not.toHaveProperty("business_connection_id")
  })
})

test("an ephemeral message is edited and deleted as such, and a reply does not refer to message 0", async () => {
  const ephemeral = { chat: group, message_id: 0, ephemeral_message_id: 5, receiver_user: ada }
  const calls = await callsOf(messageOf(ephemeral), async (m) => {
    await m.edit("new")
    await m.delete()
    await m.reply("yes")
  })
  const target = { chat_id: group.id, receiver_user_id: ada.id, ephemeral_message_id: 5 }
  expect(calls.slice(0, 2)).toEqual([
    { method: "editEphemeralMessageText", params: { ...target, text: "new" } },
    { method: "deleteEphemeralMessage", params: target },
  ])
  expect(JSON.stringify(calls[2]?.params)).not.toContain('"message_id":0')
})

test("the message of a pressed button that is too old to be read can be deleted", async () => {
  const old = { chat: group, message_id: 99, date: 0 as const }
  const { bot, calls } = keptBot()
  await withContext(bot, pressUpdate("x"), (ctx) => ctx.of(old).delete())
  expect(calls).toEqual([{ method: "deleteMessage", params: place }])
})

test("a guest message is refused: the bot is not in its chat", async () => {
  const guest = messageOf({ message_id: 99, chat: group, guest_query_id: "g" })
  await expect(callsOf(guest, (m) => m.reply("x"))).rejects.toThrow(
    /answer a guest with ctx.answer/,
  )
})

test("works in updates without a message, and in every kind of chat", async () => {
  const post = messageOf({ message_id: 99, chat: channel })
  const update = updateWith({ poll: { id: "p" } })
  const [call] = await callsOf(post, (m) => m.pin(), update)
  expect(call?.params).toEqual({ chat_id: channel.id, message_id: 99 })
})

test("a call that no code awaits ends before the update does", async () => {
  const { bot, calls } = keptBot(
    () => new Promise((resolve) => setTimeout(() => resolve(true), 20)),
  )
  await withContext(bot, messageUpdate({}), (ctx) => void ctx.of(other).pin())
  expect(calls).toHaveLength(1)
})

test.each([undefined, null, 5, {}, { chat: group }, { message_id: 1 }])(
  "%j is no message: a TypeError",
  async (value) => {
    const { bot } = keptBot()
    const acting = withContext(bot, textUpdate("x"), (ctx) => void ctx.of(value as never))
    await expect(acting).rejects.toThrow(TypeError)
  },
)
