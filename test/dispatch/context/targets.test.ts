import { describe, expect, test } from "vitest"
import type { Update } from "../../../src/telegram/types.js"
import { updateTypes } from "../../../src/telegram/update-types.js"
import { type Act, edits, ownActs, ownReplies, pins, replies } from "./shortcuts.js"
import {
  ada,
  adasChat,
  channel,
  group,
  keptBot,
  messageOf,
  updateWith,
  withContext,
} from "../../support/updates.js"

/** The expected result for a type of update; a missing part has to be refused. */
interface Expected {
  readonly update: object
  /** The destination of an answer. */
  readonly place?: object
  /** The message of the update. */
  readonly message?: object
  /** Whether chat and message belong to a business account. */
  readonly isBusiness?: true
}

const [bob, thread] = [{ id: 8, is_bot: false, first_name: "Bob" }, { message_thread_id: 5 }]
const topical = { chat: group, is_topic_message: true, ...thread }
const owned = { business_connection_id: "b1" }
const [inAdasChat, inGroup] = [
  { chat_id: 7, message_id: 11 },
  { chat_id: -100, message_id: 11 },
]
const press = (fields: object) => ({
  callback_query: { id: "q", from: ada, chat_instance: "1", data: "x", ...fields },
})
const reaction = { chat: group, message_id: 11, date: 1, new_reaction: [], old_reaction: [] }
const boost = {
  boost_id: "1",
  add_date: 1,
  expiration_date: 2,
  source: { source: "premium", user: ada },
}
const member = { chat: group, from: ada, date: 1 }

const kinds: Record<string, Expected> = {
  message: { update: { message: messageOf({}) }, place: { chat_id: 7 }, message: inAdasChat },
  "message of a topic": {
    update: { message: messageOf(topical) },
    place: { chat_id: -100, ...thread },
    message: inGroup,
  },
  "message of a channel's direct messages": {
    update: { message: messageOf({ chat: group, direct_messages_topic: { topic_id: 9 } }) },
    place: { chat_id: -100, direct_messages_topic_id: 9 },
    message: inGroup,
  },
  edited_message: {
    update: { edited_message: messageOf({}) },
    place: { chat_id: 7 },
    message: inAdasChat,
  },
  channel_post: {
    update: { channel_post: messageOf({ chat: channel, from: undefined }) },
    place: { chat_id: -200 },
    message: { chat_id: -200, message_id: 11 },
  },
  edited_channel_post: {
    update: { edited_channel_post: messageOf({ chat: channel, from: undefined }) },
    place: { chat_id: -200 },
    message: { chat_id: -200, message_id: 11 },
  },
  // The owner's private chat with the bot: Telegram does not let an account write to itself.
  business_connection: {
    update: { business_connection: { id: "b1", user: ada, user_chat_id: 70, date: 1 } },
    place: { chat_id: 70 },
  },
  business_message: {
    update: { business_message: messageOf(owned) },
    place: { chat_id: 7, ...owned },
    message: { ...inAdasChat, ...owned },
    isBusiness: true,
  },
  edited_business_message: {
    update: { edited_business_message: messageOf(owned) },
    place: { chat_id: 7, ...owned },
    message: { ...inAdasChat, ...owned },
    isBusiness: true,
  },
  deleted_business_messages: {
    update: { deleted_business_messages: { ...owned, chat: adasChat, message_ids: [11] } },
    place: { chat_id: 7, ...owned },
    isBusiness: true,
  },
  // The ids belong to a chat without the bot as a member.
  guest_message: { update: { guest_message: messageOf({ guest_query_id: "g" }) } },
  stopped_message_generation: {
    update: { stopped_message_generation: { chat: group, ...thread } },
    place: { chat_id: -100, ...thread },
  },
  message_reaction: {
    update: { message_reaction: { ...reaction, user: ada } },
    place: { chat_id: -100 },
    message: inGroup,
  },
  message_reaction_count: {
    update: { message_reaction_count: { ...reaction, reactions: [] } },
    place: { chat_id: -100 },
    message: inGroup,
  },
  inline_query: { update: { inline_query: { id: "i", from: ada, query: "", offset: "" } } },
  chosen_inline_result: {
    update: { chosen_inline_result: { result_id: "r", from: ada, query: "" } },
  },
  "chosen_inline_result with a keyboard": {
    update: {
      chosen_inline_result: { result_id: "r", from: ada, query: "", inline_message_id: "i1" },
    },
    message: { inline_message_id: "i1" },
  },
  callback_query: {
    update: press({ message: messageOf({ chat: group }) }),
    place: { chat_id: -100 },
    message: inGroup,
  },
  "callback_query of a topic": {
    update: press({ message: messageOf(topical) }),
    place: { chat_id: -100, ...thread },
    message: inGroup,
  },
  "callback_query of a business account": {
    update: press({ message: messageOf(owned) }),
    place: { chat_id: 7, ...owned },
    message: { ...inAdasChat, ...owned },
    isBusiness: true,
  },
  "callback_query of an old message": {
    update: press({ message: { chat: group, message_id: 11, date: 0 } }),
    place: { chat_id: -100 },
    message: inGroup,
  },
  "callback_query of an inline message": {
    update: press({ inline_message_id: "i1" }),
    message: { inline_message_id: "i1" },
  },
  "callback_query without a message": { update: press({}) },
  shipping_query: { update: { shipping_query: { id: "s", from: ada, invoice_payload: "x" } } },
  pre_checkout_query: { update: { pre_checkout_query: { id: "p", from: ada } } },
  purchased_paid_media: {
    update: { purchased_paid_media: { from: ada, paid_media_payload: "x" } },
  },
  poll: { update: { poll: { id: "1" } } },
  poll_answer: { update: { poll_answer: { poll_id: "1", user: ada, option_ids: [] } } },
  my_chat_member: { update: { my_chat_member: member }, place: { chat_id: -100 } },
  chat_member: { update: { chat_member: member }, place: { chat_id: -100 } },
  // A message to a person who asks to join must not reach all members.
  chat_join_request: {
    update: { chat_join_request: { ...member, from: bob, user_chat_id: 80 } },
    place: { chat_id: 80 },
  },
  chat_boost: { update: { chat_boost: { chat: group, boost } }, place: { chat_id: -100 } },
  removed_chat_boost: {
    update: { removed_chat_boost: { chat: group, ...boost } },
    place: { chat_id: -100 },
  },
  managed_bot: { update: { managed_bot: { user: ada, bot: bob } } },
  subscription: { update: { subscription: { user: ada } } },
  widget_query: {
    update: { widget_query: { id: "w", from: ada, chat: group, message_id: 11 } },
    place: { chat_id: -100 },
    message: inGroup,
  },
  "widget_query of an inline message": {
    update: { widget_query: { id: "w", from: ada, inline_message_id: "i1" } },
    message: { inline_message_id: "i1" },
  },
  shared_widget_query: { update: { shared_widget_query: { id: "w", from: ada, widget_id: "5" } } },
}

const targetNames = [
  "chat_id",
  "from_chat_id",
  "message_id",
  "message_ids",
  "inline_message_id",
  "message_thread_id",
  "business_connection_id",
  "direct_messages_topic_id",
  "user_id",
]

/** Returns the target of a shortcut's only call, or the message of its refusal. */
async function targetOf(update: object, act: Act): Promise<unknown> {
  const { bot, calls } = keptBot()
  let refusal: unknown
  await withContext(bot, updateWith(update), async (ctx) => {
    await act(ctx).catch((error: unknown) => (refusal = error))
  })
  if (refusal === undefined && calls.length === 1) {
    const given = Object.entries(calls[0]?.params as object)
    return Object.fromEntries(given.filter(([name]) => targetNames.includes(name)))
  }
  expect(calls).toEqual([])
  expect(refusal).toBeInstanceOf(TypeError)
  expect((refusal as TypeError).message).toMatch(
    /^ctx\.\w+\(\) (needs a [\w' ]+, which this update \([\w ]+\) does not have(: .+)?\.|cannot be used in a chat of a business account: \w+ has no .+\.)$/,
  )
  return "refused"
}

test("the table has every type of update", () => {
  const types = Object.values(kinds).map(({ update }) => Object.keys(update)[0])
  expect(new Set(types)).toEqual(new Set(updateTypes))
})

test("the table has every shortcut", () => {
  const tried = Object.keys({ ...replies, ...ownReplies, ...edits, ...pins, ...ownActs })
  const { bot } = keptBot()
  return withContext(bot, updateWith({ message: messageOf({}) }), (ctx) => {
    const prototype = Object.getPrototypeOf(ctx) as object
    const shortcuts = Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([, { value }]) => typeof value === "function")
      .map(([name]) => name)
    // These have their own tests: they fill in other ids, or none.
    const others = ["constructor", "respond", "transaction", "stop", "matches", "answer", "approve"]
    const ofAnyPlace = ["chatAction", "later", "of", "waitUntil"]
    const rest = [...others, ...ofAnyPlace, "decline", "delete", "leave", "replyEphemeral"]
    expect(shortcuts.filter((name) => !tried.includes(name) && !rest.includes(name))).toEqual([])
  })
})

describe.each(Object.entries(kinds))("%s", (_, { update, place, message, isBusiness }) => {
  const isInline = message !== undefined && "inline_message_id" in message
  const ofChat = isInline ? undefined : message

  test.each(Object.entries(replies))("ctx.%s sends its message there", async (__, act) => {
    expect(await targetOf(update, act)).toEqual(place ?? "refused")
  })

  test.each(Object.entries(ownReplies))(
    "ctx.%s sends its message in the bot's own chats",
    async (__, act) => {
      expect(await targetOf(update, act)).toEqual(isBusiness ? "refused" : (place ?? "refused"))
    },
  )

  test.each(Object.entries(edits))("ctx.%s edits that message", async (__, act) => {
    expect(await targetOf(update, act)).toEqual(message ?? "refused")
  })

  test.each(Object.entries(pins))("ctx.%s concerns that message", async (__, act) => {
    expect(await targetOf(update, act)).toEqual(ofChat ?? "refused")
  })

  test("ctx.delete deletes that message, on behalf of its account", async () => {
    const { message_id, business_connection_id } = { ...ofChat } as Record<string, unknown>
    const expected = isBusiness ? { business_connection_id, message_ids: [message_id] } : ofChat
    expect(await targetOf(update, (ctx) => ctx.delete())).toEqual(
      ofChat === undefined ? "refused" : expected,
    )
  })

  test.each(Object.entries(ownActs))(
    "ctx.%s is refused for a business account",
    async (name, act) => {
      const { chat_id, message_id } = { ...ofChat } as Record<string, unknown>
      const sent = { chat_id: 99, from_chat_id: chat_id, message_id }
      const expected = name === "forward" || name === "copy" ? sent : ofChat
      const isRefused = ofChat === undefined || isBusiness
      expect(await targetOf(update, act)).toEqual(isRefused ? "refused" : expected)
    },
  )

  test("ctx.leave leaves the chat of the update, but not a business chat", async () => {
    const { chat_id } = { ...ofChat, ...place } as Record<string, unknown>
    const payload = Object.values(update)[0] as { chat?: { id: number } }
    const expected = payload.chat?.id ?? chat_id
    const isRefused =
      isBusiness || expected === undefined || ("user_chat_id" in payload && !payload.chat)
    expect(await targetOf(update, (ctx) => ctx.leave())).toEqual(
      isRefused ? "refused" : { chat_id: expected },
    )
  })
})

describe("parameters that name another chat", () => {
  const update: Update = updateWith({
    business_message: messageOf({ ...topical, chat: adasChat, ...owned }),
  })
  const paramsOf = async (act: Act) => {
    const { bot, calls } = keptBot()
    await withContext(bot, update, act)
    return calls[0]?.params
  }

  test("get neither the thread nor the business account of this chat", async () => {
    expect(await paramsOf((ctx) => ctx.reply("x", { chat_id: 99 }))).toEqual({
      chat_id: 99,
      text: "x",
    })
    expect(await paramsOf((ctx) => ctx.edit("x", { chat_id: 99, message_id: 3 }))).toEqual({
      chat_id: 99,
      message_id: 3,
      text: "x",
    })
    expect(await paramsOf((ctx) => ctx.edit("x", { inline_message_id: "i" }))).toEqual({
      inline_message_id: "i",
      text: "x",
    })
    expect(await paramsOf((ctx) => ctx.react("👍", { chat_id: 99, message_id: 3 }))).toMatchObject({
      chat_id: 99,
      message_id: 3,
    })
  })

  test("get both if they name this chat", async () => {
    expect(await paramsOf((ctx) => ctx.reply("x", { chat_id: "7" }))).toEqual({
      chat_id: "7",
      ...thread,
      ...owned,
      text: "x",
    })
    expect(await paramsOf((ctx) => ctx.edit("x", { message_id: 3 }))).toEqual({
      chat_id: 7,
      message_id: 3,
      ...owned,
      text: "x",
    })
  })
})

test("a chosen result without a message says when a message exists", async () => {
  const { bot } = keptBot()
  const chosen = { chosen_inline_result: { result_id: "r", from: ada, query: "" } }
  await withContext(bot, updateWith(chosen), async (ctx) => {
    await expect(ctx.edit("x")).rejects.toThrow(
      "does not have: Telegram sends an inline_message_id only if the result has an inline keyboard.",
    )
  })
})
