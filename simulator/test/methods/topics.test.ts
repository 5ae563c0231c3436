import { expect, test } from "vitest"
import type { Message } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

/** Creates a forum owned by Ada, with Bob as a member and the bot as a full administrator. */
async function lead() {
  const world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const forum = telegram.supergroup({ title: "F", is_forum: true }, ada, bob, bot)
  await ada.promote(forum, bot)
  await world.updates()
  return Object.assign(world, { forum, chat_id: forum.id })
}

test("topics are created, renamed, closed, reopened and deleted", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const forum = telegram.supergroup({ title: "F", is_forum: true }, ada, bot)
  const chat_id = forum.id
  expect(await world.refusal("createForumTopic", { chat_id, name: "News" })).toBe(
    "Bad Request: not enough rights to create a topic",
  )
  await ada.promote(forum, bot)
  await world.updates()
  const topic = await world.result<{ message_thread_id: number }>("createForumTopic", {
    chat_id,
    name: "News",
  })
  const { message_thread_id } = topic
  expect(topic).toMatchObject({ name: "News", icon_color: 7322096 })
  const at = { chat_id, message_thread_id }
  expect(await world.result<Message>("sendMessage", { ...at, text: "x" })).toMatchObject({
    message_thread_id,
    is_topic_message: true,
  })
  await ada.send(forum, "in it", { message_thread_id })
  expect((await world.updates()).map(({ message }) => message)).toMatchObject([
    { forum_topic_created: { name: "News" } },
    { text: "in it", message_thread_id, reply_to_message: { forum_topic_created: {} } },
  ])
  expect(await world.result("editForumTopic", { ...at, name: "Old" })).toBe(true)
  expect(await world.result("closeForumTopic", at)).toBe(true)
  expect(await world.refusal("closeForumTopic", at)).toBe("Bad Request: TOPIC_NOT_MODIFIED")
  expect(await world.result("reopenForumTopic", at)).toBe(true)
  expect(await world.result("deleteForumTopic", at)).toBe(true)
  expect(await world.refusal("editForumTopic", at)).toBe("Bad Request: TOPIC_ID_INVALID")
})

test("in a closed topic only members with the right to manage topics can write", async () => {
  await using world = await lead()
  const { ada, bob, bot, forum, chat_id } = world
  const { id: message_thread_id } = await ada.createTopic(forum, "News")
  await world.result("closeForumTopic", { chat_id, message_thread_id })
  const there = { message_thread_id }
  await expect(bob.send(forum, "x", there)).rejects.toThrow('The topic "News" is closed')
  await ada.send(forum, "I may", there)
  const message = { chat_id, message_thread_id, text: "So may I" }
  await world.result("sendMessage", message)
  await ada.promote(forum, bot, ["can_pin_messages"])
  expect(await world.refusal("sendMessage", message)).toBe("Bad Request: TOPIC_CLOSED")
})

test("the general topic is renamed, closed and reopened; its messages have no thread id", async () => {
  await using world = await lead()
  const { bob, forum, chat_id } = world
  expect(await world.result("editGeneralForumTopic", { chat_id, name: "Lobby" })).toBe(true)
  expect(await world.result("closeGeneralForumTopic", { chat_id })).toBe(true)
  expect(await world.refusal("closeGeneralForumTopic", { chat_id })).toBe(
    "Bad Request: TOPIC_NOT_MODIFIED",
  )
  await expect(bob.send(forum, "x")).rejects.toThrow('The topic "Lobby" is closed')
  expect(await world.result("reopenGeneralForumTopic", { chat_id })).toBe(true)
  await bob.send(forum, "Hello")
  const told = (await world.updates()).map(({ message }) => message)
  expect(told).toMatchObject([
    { forum_topic_edited: { name: "Lobby" } },
    { forum_topic_closed: {} },
    { forum_topic_reopened: {} },
    { text: "Hello" },
  ])
  expect(told.map((message) => message?.message_thread_id)).toEqual(Array(4).fill(undefined))
})

test("hiding the general topic closes it, and reopening unhides it", async () => {
  await using world = await lead()
  const { bob, forum, chat_id } = world
  expect(await world.result("hideGeneralForumTopic", { chat_id })).toBe(true)
  expect(await world.refusal("hideGeneralForumTopic", { chat_id })).toBe(
    "Bad Request: TOPIC_NOT_MODIFIED",
  )
  expect(await world.result("unhideGeneralForumTopic", { chat_id })).toBe(true)
  await expect(bob.send(forum, "x")).rejects.toThrow("is closed")
  await world.result("hideGeneralForumTopic", { chat_id })
  expect(await world.result("reopenGeneralForumTopic", { chat_id })).toBe(true)
  await bob.send(forum, "Hello")
  expect(await world.refusal("unhideGeneralForumTopic", { chat_id })).toBe(
    "Bad Request: TOPIC_NOT_MODIFIED",
  )
  const kinds = (await world.updates()).map(({ message }) => Object.keys(message ?? {}).at(-1))
  expect(kinds).toEqual([
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "general_forum_topic_hidden",
    "forum_topic_reopened",
    "text",
  ])
})

test("unpinning all messages of the general topic keeps the pins of other topics", async () => {
  await using world = await lead()
  const { ada, forum, chat_id } = world
  const topic = await ada.createTopic(forum, "News")
  const general = await ada.send(forum, "Read me")
  const news = await ada.send(forum, "Me too", { message_thread_id: topic.id })
  await ada.pin(news)
  await ada.pin(general)
  expect(await world.result("unpinAllGeneralForumTopicMessages", { chat_id })).toBe(true)
  expect(await world.result("getChat", { chat_id })).toMatchObject({
    pinned_message: { message_id: news.message_id },
  })
  const message_thread_id = topic.id
  expect(await world.result("unpinAllForumTopicMessages", { chat_id, message_thread_id })).toBe(
    true,
  )
  expect(await world.result("getChat", { chat_id })).not.toHaveProperty("pinned_message")
})

test.each(["editGeneralForumTopic", "closeGeneralForumTopic", "hideGeneralForumTopic"])(
  "%s requires the right to manage topics, and a forum",
  async (method) => {
    await using world = await lead()
    const { ada, bot, forum, telegram } = world
    await ada.demote(forum, bot)
    expect(await world.refusal(method, { chat_id: forum.id, name: "x" })).toBe(
      "Bad Request: not enough rights to edit the topic",
    )
    const plain = telegram.supergroup({ title: "Plain" }, ada, bot)
    await ada.promote(plain, bot)
    expect(await world.refusal(method, { chat_id: plain.id, name: "x" })).toBe(
      "Bad Request: the chat is not a forum",
    )
  },
)

test("a reply goes into the topic of the replied message", async () => {
  await using world = await lead()
  const { ada, bob, forum } = world
  const { id: message_thread_id } = await ada.createTopic(forum, "News")
  const said = await ada.send(forum, "What?", { message_thread_id })
  const answer = await bob.send(forum, "That", { reply_to: said })
  expect(answer).toMatchObject({ message_thread_id, reply_to_message: { text: "What?" } })
})
