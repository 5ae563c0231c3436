import { describe, expect, test } from "vitest"
import { Dispatcher, filters } from "../../../src/dispatch/index.js"
import { type Sample, samples } from "../../support/update-samples.js"
import {
  ada,
  channel,
  group,
  messageOf,
  messageUpdate,
  namedBot,
  updateWith,
} from "../../support/updates.js"

const all = Object.entries<Sample>(samples)
const everyUser = filters.user(...all.flatMap(([, { user }]) => user ?? []))
const everyChat = filters.chat(...all.flatMap(([, { chat }]) => chat ?? []))

describe.each(all)("an update of the type %s", (_, { update, user, chat }) => {
  test("is accepted by its user and its chat, and by no others", () => {
    expect(filters.user(user ?? 404)(update)).toBe(user !== undefined)
    expect(filters.chat(chat ?? 404)(update)).toBe(chat !== undefined)
    expect(everyUser(update)).toBe(user !== undefined)
    expect(everyChat(update)).toBe(chat !== undefined)
    expect(filters.user(404)(update)).toBe(false)
    expect(filters.chat(404)(update)).toBe(false)
  })

  test("is of one type of chat, if it has a chat", () => {
    const types = ["private", "group", "supergroup", "channel"] as const
    const accepted = types.filter((type) => filters.chatType(type)(update))
    expect(accepted).toHaveLength(chat === undefined ? 0 : 1)
  })
})

const vote = (voter: object) =>
  updateWith({ poll_answer: { poll_id: "1", option_ids: [0], ...voter } })
const reaction = (actor: object) =>
  updateWith({ message_reaction: { chat: group, message_id: 1, date: 1, ...actor } })

test.each([
  ["a message of a channel in a group", messageUpdate({ chat: group, sender_chat: channel })],
  ["a post", updateWith({ channel_post: messageOf({ chat: channel, sender_chat: channel }) })],
  ["an edited post", updateWith({ edited_channel_post: messageOf({ sender_chat: channel }) })],
  ["a reaction", reaction({ actor_chat: channel })],
  ["a vote", vote({ voter_chat: channel })],
])("`senderChat` accepts %s of the chat", (_, update) => {
  expect(filters.senderChat(channel.id)(update)).toBe(true)
  expect(filters.senderChat()(update)).toBe(true)
  expect(filters.senderChat(group.id)(update)).toBe(false)
})

test.each([
  ["message", messageUpdate({ chat: group })],
  ["reaction", reaction({ user: ada })],
  ["vote", vote({ user: ada })],
])("`senderChat` rejects a %s of a person", (_, update) => {
  expect(filters.senderChat()(update)).toBe(false)
})

test.each<[string, object, number | string]>([
  ["a user", { type: "user", sender_user: ada, date: 1 }, "@ada_l"],
  ["a group", { type: "chat", sender_chat: group, date: 1 }, group.id],
  ["a channel", { type: "channel", chat: channel, message_id: 1, date: 1 }, channel.id],
])("`forwardedFrom` accepts what was first sent by %s", (_, origin, sender) => {
  const update = messageUpdate({ forward_origin: origin })
  expect(filters.forwardedFrom(sender)(update)).toBe(true)
  expect(filters.forwardedFrom(404, "somebody")(update)).toBe(false)
  expect(filters.forwardedFrom(sender)(messageUpdate({}))).toBe(false)
})

test.each([
  ["a user who hides the account", { type: "hidden_user", sender_user_name: "ada_l", date: 1 }],
  ["an origin of the future", { type: "planet", sender_user: ada, date: 1 }],
])("`forwardedFrom` rejects %s", (_, origin) => {
  const update = messageUpdate({ forward_origin: origin })
  expect(filters.forwardedFrom(ada.id, "ada_l")(update)).toBe(false)
})

test.each([undefined, null, NaN, 1.5, "", "@", "Ada L.", "https://t.me/ada", {}])(
  "%j names no user: a TypeError where the filter is made",
  (value) => {
    for (const make of [filters.user, filters.chat, filters.senderChat, filters.forwardedFrom]) {
      expect(() => make(value as never)).toThrow(TypeError)
    }
  },
)

test("a filter without users makes Telegram send nothing for its handler", () => {
  const dispatcher = new Dispatcher({ bot: namedBot() })
  dispatcher.on(filters.user(), () => {})
  expect(dispatcher.allowedUpdates).toEqual([])
  dispatcher.on(filters.not(filters.user()), () => {})
  expect(dispatcher.allowedUpdates).toContain("message")
})
