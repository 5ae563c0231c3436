import type { Update } from "@grammyjs/types"
import { describe, expect, test } from "vitest"
import { updateChat, updateLane, updateType, updateUser } from "../../src/telegram/update-facts.js"
import { optInUpdateTypes, updateTypes } from "../../src/telegram/update-types.js"
import { ada, grace, group, privateChat, type Sample, samples } from "../support/update-samples.js"

const all: [string, Sample][] = Object.entries(samples)

/** An update of an older or newer Telegram. */
function future(payload: object): Update {
  return { update_id: 1, ...payload }
}

describe("every type of update", () => {
  test("is listed once", () => {
    expect([...updateTypes].toSorted()).toEqual(Object.keys(samples).toSorted())
    expect(updateTypes).toHaveLength(29)
  })

  test("is sent by default, except three", () => {
    expect(optInUpdateTypes.filter((type) => !updateTypes.includes(type))).toEqual([])
    expect(optInUpdateTypes).toHaveLength(3)
  })

  test.each(all)("%s is recognized", (type, { update }) => {
    expect(updateType(update)).toBe(type)
  })

  test.each(all)("%s has its chat, or none", (_, { update, chat }) => {
    expect(updateChat(update)?.id).toBe(chat)
  })

  test.each(all)("%s has its user, or none", (_, { update, user }) => {
    expect(updateUser(update)?.id).toBe(user)
  })

  test.each(all)("%s has its lane", (_, { update, lane }) => {
    expect(updateLane(update)).toBe(lane)
    expect(updateLane(update, "chat")).toBe(lane)
  })

  test.each(all)("%s has its user's lane with user lanes", (_, { update, user, lane }) => {
    const isOwn = lane.includes(":")
    expect(updateLane(update, "user")).toBe(isOwn || user === undefined ? lane : String(user))
  })

  test.each(all)("%s has the lane of a custom rule", (_, { update }) => {
    expect(updateLane(update, ({ update_id: id }) => `mine ${id}`)).toBe("mine 1")
  })

  test.each(all)("%s is not changed by reading it", (_, { update }) => {
    const before = JSON.stringify(update)
    updateLane(update)
    updateUser(update)
    updateChat(update)
    expect(JSON.stringify(update)).toBe(before)
  })
})

describe("a query that must be answered within seconds does not wait behind its chat", () => {
  test.each([
    [
      "a join request that awaits an answer",
      { chat_join_request: { chat: group, from: ada, query_id: "q" } },
      `join:${group.id}:${ada.id}`,
    ],
    ["a widget query", { widget_query: { id: "w", from: ada } }, `widget:${ada.id}`],
    ["a shared widget query", { shared_widget_query: { id: "w", from: ada } }, `widget:${ada.id}`],
  ])("%s", (_, payload, lane) => {
    expect(updateLane(future(payload))).toBe(lane)
    expect(updateLane(future(payload), "user")).toBe(lane)
  })

  test("but a join request that any administrator may answer later does", () => {
    const request = { chat: group, from: ada, user_chat_id: 11, date: 1 }
    expect(updateLane(future({ chat_join_request: request }))).toBe(String(group.id))
  })
})

describe("one lane", () => {
  test("contains a message and a press on a button of its chat, whoever presses", () => {
    const { message, callback_query: press } = samples
    const other = future({ callback_query: { ...press.update.callback_query, from: grace } })
    expect(updateLane(press.update)).toBe(updateLane(message.update))
    expect(updateLane(other)).toBe(updateLane(message.update))
  })

  test("contains a press on a button of an inaccessible message", () => {
    const message = { chat: group, message_id: 1, date: 0 }
    expect(updateLane(future({ callback_query: { id: "q", from: ada, message } }))).toBe("-1001")
  })

  test("contains a person's updates of the private chat and those without a chat", () => {
    const message = { message_id: 1, date: 1, from: ada, chat: privateChat, text: "hi" }
    const lanes = [
      future({ message }),
      samples.purchased_paid_media.update,
      future({ callback_query: { id: "q", from: ada, inline_message_id: "m", data: "x" } }),
      samples.business_connection.update,
    ].map((update) => updateLane(update))
    expect(new Set(lanes)).toEqual(new Set(["11"]))
  })

  test("contains a poll and all answers to it, but no other poll's", () => {
    const { poll, poll_answer: answer } = samples
    const byGrace = future({ poll_answer: { poll_id: "p1", user: grace, option_ids: [1] } })
    const elsewhere = future({ poll_answer: { poll_id: "p2", user: ada, option_ids: [1] } })
    expect(updateLane(byGrace)).toBe(updateLane(answer.update))
    expect(updateLane(poll.update)).toBe(updateLane(answer.update))
    expect(updateLane(elsewhere)).not.toBe(updateLane(answer.update))
  })

  test("contains a channel's answers to a poll", () => {
    const update = future({ poll_answer: { poll_id: "p1", voter_chat: group, option_ids: [] } })
    expect(updateLane(update)).toBe("poll:p1")
    expect(updateUser(update)).toBeUndefined()
  })

  test("does not contain two chats of one user, except with user lanes", () => {
    const inGroup = samples.message.update
    const message = { message_id: 1, date: 1, from: ada, chat: privateChat, text: "hi" }
    const inPrivate = future({ message })
    expect(updateLane(inGroup)).not.toBe(updateLane(inPrivate))
    expect(updateLane(inGroup, "user")).toBe(updateLane(inPrivate, "user"))
  })

  test("does not contain a chat and a poll of the same number", () => {
    const poll = future({ poll: { id: "11" } })
    expect(updateLane(poll)).not.toBe(updateLane(samples.purchased_paid_media.update))
  })

  test.each(["chat", "topic", "user"] as const)(
    "of their own have the queries of a payment and inline queries, with %s",
    (rule) => {
      const { pre_checkout_query, shipping_query, inline_query, chosen_inline_result } = samples
      const laneOf = ({ update }: { readonly update: Update }) => updateLane(update, rule)
      expect([pre_checkout_query, shipping_query].map(laneOf)).toEqual([
        "checkout:11",
        "checkout:11",
      ])
      expect([inline_query, chosen_inline_result].map(laneOf)).toEqual(["inline:11", "inline:11"])
      const message = { message_id: 1, date: 1, from: ada, chat: privateChat, text: "hi" }
      expect(updateLane(future({ message }), rule)).toBe("11")
    },
  )
})

describe("with a lane per topic", () => {
  const forum = { ...group, is_forum: true }
  const topical = { message_id: 1, date: 1, from: ada, chat: forum, is_topic_message: true }
  const [one, other] = [5, 6].map((id) => ({ ...topical, message_thread_id: id }))
  const laneOf = (fields: object) => updateLane(future(fields), "topic")

  test("two topics of a forum have two lanes, each with the presses and edits of its messages", () => {
    expect(laneOf({ message: one })).toBe("-1001:5")
    expect(laneOf({ message: other })).toBe("-1001:6")
    expect(laneOf({ edited_message: one })).toBe("-1001:5")
    expect(laneOf({ callback_query: { id: "q", from: ada, message: one } })).toBe("-1001:5")
    expect(laneOf({ stopped_message_generation: { chat: forum, message_thread_id: 5 } })).toBe(
      "-1001:5",
    )
    const direct = {
      ...topical,
      is_topic_message: undefined,
      direct_messages_topic: { topic_id: 9 },
    }
    expect(laneOf({ message: direct })).toBe("-1001:direct:9")
  })

  test("the general topic, a thread of replies and updates about the chat share the chat's lane", () => {
    expect(laneOf({ message: { ...topical, is_topic_message: undefined } })).toBe("-1001")
    const reply = { ...one, is_topic_message: undefined }
    expect(laneOf({ message: reply })).toBe("-1001")
    expect(laneOf({ callback_query: { id: "q", from: ada, message: reply } })).toBe("-1001")
    expect(laneOf({ my_chat_member: { chat: forum, from: ada } })).toBe("-1001")
    expect(updateLane(future({ message: one }))).toBe("-1001")
  })
})

describe("unknown update types", () => {
  test("are recognized", () => {
    expect(updateType(future({ hologram: { id: 1 } }))).toBe("hologram")
  })

  test("have their chat, user and lane if Telegram's usual fields contain them", () => {
    const update = future({ hologram: { id: 1, chat: group, from: ada } })
    expect(updateChat(update)).toEqual(group)
    expect(updateUser(update)).toEqual(ada)
    expect(updateLane(update)).toBe("-1001")
    expect(updateLane(future({ telepathy: { user: ada } }))).toBe("11")
    expect(updateLane(future({ echo: { message: { chat: group } } }))).toBe("-1001")
  })

  test("share a lane of their type without such fields", () => {
    expect(updateLane(future({ hologram: { id: 1 } }))).toBe("type:hologram")
    expect(updateLane(future({ hologram: { id: 2 } }))).toBe("type:hologram")
  })

  test("are found behind a field that is no payload", () => {
    expect(updateType(future({ version: 2, note: "x", gone: null, hologram: {} }))).toBe("hologram")
  })

  test("have no type, chat or user if the update has only an id", () => {
    const update = future({})
    expect(updateType(update)).toBeUndefined()
    expect(updateChat(update)).toBeUndefined()
    expect(updateUser(update)).toBeUndefined()
    expect(updateLane(update)).toBe("type:")
  })

  test.each([
    [{ message: {} }],
    [{ message: { chat: null, from: null } }],
    [{ message: [] }],
    [{ callback_query: { message: null } }],
    [{ callback_query: { message: 7, from: 7 } }],
    [{ chat_boost: { boost: null } }],
    [{ chat_boost: { boost: { source: null } } }],
    [{ poll: { id: null } }],
    [{ poll_answer: { poll_id: null, user: null } }],
  ])("and malformed payloads never throw: %j", (payload) => {
    const update = future(payload)
    expect(typeof updateLane(update)).toBe("string")
    expect(typeof updateLane(update, "user")).toBe("string")
    expect(typeof updateLane(update, "topic")).toBe("string")
    updateChat(update)
    updateUser(update)
  })
})
