import { beforeAll, expect, test } from "vitest"
import { built } from "../../../test/support/built.js"
import { call } from "../conformance-stage.js"
import { EventReader } from "./event-reader.js"
import { open } from "./stage.js"

beforeAll(built)

/** Opens a forum owned by Ada, with Bob and the bot as members. */
async function openForum() {
  const stage = await open()
  const bob = stage.telegram.user({ first_name: "Bob" })
  const forum = stage.telegram.supergroup(
    { title: "Forum", is_forum: true },
    stage.ada,
    bob,
    stage.bot,
  )
  return Object.assign(stage, { bob, forum, chat: String(forum.id) })
}

test("a topic is created on the page, written in, closed and reopened", async () => {
  await using stage = await openForum()
  const { act, bob, chat } = stage
  await using events = await EventReader.connect(stage.root)
  await events.kind("snapshot")
  expect(await act("createTopic", { chat, name: " News " })).toMatchObject({ ok: true })
  const isNamed = (name: string) => (topic: { name: string }) => topic.name === name
  const made = await events.until(
    (event) => event.kind === "chat" && event.chat.topics.some(isNamed("News")),
  )
  expect(made).toMatchObject({
    chat: {
      administrators: [stage.ada.id],
      topics: [
        { id: 1, name: "General", isClosed: false, isHidden: false },
        { name: "News", isClosed: false },
      ],
    },
  })
  const { id: topic } = made.kind === "chat" ? made.chat.topics[1]! : { id: 0 }
  expect(await act("send", { chat, text: "Hear", topic })).toMatchObject({ ok: true })
  await events.until(
    (event) => event.kind === "message" && event.message.message_thread_id === topic,
  )
  expect(await act("closeTopic", { chat, topic })).toMatchObject({ ok: true })
  expect(await act("send", { as: bob.id, chat, text: "x", topic })).toEqual({
    ok: false,
    error: 'The topic "News" is closed',
  })
  expect(await act("reopenTopic", { chat, topic })).toMatchObject({ ok: true })
  expect(await act("send", { as: bob.id, chat, text: "x", topic })).toMatchObject({ ok: true })
})

test.each([
  ["createTopic", { name: "" }, "Expected `name` to be a string"],
  ["createTopic", { name: "  " }, "A topic's name has 1 to 128 characters"],
  ["createTopic", { name: "x".repeat(129) }, "A topic's name has 1 to 128 characters"],
  ["createTopic", { name: "x", as: "bob" }, 'Bob is not an administrator of the group "Forum"'],
  ["createTopic", { name: "x", chat: "private" }, "This chat has no topics"],
  ["closeTopic", { topic: 99 }, "Expected the id of a topic"],
  ["send", { text: "x", topic: 99 }, "Expected the `message_thread_id` of a topic"],
])("%s of %j is refused", async (action, input, error) => {
  await using stage = await openForum()
  const { ada, bob, bot, chat } = stage
  const as = "as" in input ? bob.id : ada.id
  const where = "chat" in input ? `${bot.id}:${ada.id}` : chat
  expect(await stage.act(action, { ...input, as, chat: where })).toEqual({ ok: false, error })
})

test("an invoice is paid on the page if the bot agrees, and not otherwise", async () => {
  await using stage = await open()
  const { ada, bot, telegram } = stage
  await ada.send(bot, "/buy")
  const { result } = await call(telegram, bot.token, "sendInvoice", {
    chat_id: ada.id,
    title: "Boat",
    description: "A day",
    payload: "boat",
    currency: "XTR",
    prices: [{ label: "Day", amount: 50 }],
  })
  const { message_id } = result as { message_id: number }
  const paid = stage.act("pay", { message_id })
  await answerCheckout(stage, { ok: true })
  expect(await paid).toMatchObject({ ok: true })
  const refused = stage.act("pay", { message_id })
  await answerCheckout(stage, { ok: false, error_message: "Sold out" })
  expect(await refused).toEqual({ ok: false, error: "Not paid: Sold out" })
  expect(await stage.act("pay", { message_id: 1 })).toEqual({
    ok: false,
    error: "The message was deleted",
  })
})

async function answerCheckout(
  { telegram, bot }: Awaited<ReturnType<typeof open>>,
  answer: object,
): Promise<void> {
  for (let offset = 0; ;) {
    const { result } = await call(telegram, bot.token, "getUpdates", { offset, timeout: 50 })
    const updates = result as { update_id: number; pre_checkout_query?: { id: string } }[]
    offset = (updates.at(-1)?.update_id ?? 0) + 1
    const query = updates.find(({ pre_checkout_query: asked }) => asked)?.pre_checkout_query
    if (query === undefined) continue
    const params = { pre_checkout_query_id: query.id, ...answer }
    await call(telegram, bot.token, "answerPreCheckoutQuery", params)
    await call(telegram, bot.token, "getUpdates", { offset })
    return
  }
}

test("locations, phone numbers and polls are shared, and a message is pinned at the top", async () => {
  await using stage = await openForum()
  const { act, ada, bob, bot, chat, forum, telegram } = stage
  await ada.promote(forum, bot)
  await call(telegram, bot.token, "getUpdates", { offset: -1 })
  await using events = await EventReader.connect(stage.root)
  await events.kind("snapshot")
  const sent = (await act("sendLocation", { chat })) as unknown as { message_id: number }
  await act("sendContact", { chat })
  await act("sendPoll", { chat, question: "Tea?", options: " Yes \n\nNo\n" })
  const texts = () =>
    events.events.flatMap((event) => (event.kind === "message" ? [event.message] : []))
  await events.until((event) => event.kind === "message" && event.message.poll !== undefined)
  expect(texts()).toMatchObject([
    { location: { latitude: 52.52 } },
    { contact: { first_name: "Ada", user_id: ada.id } },
    { poll: { question: "Tea?", options: [{ text: "Yes" }, { text: "No" }] } },
  ])
  const { message_id } = sent
  expect(await act("pin", { chat, message_id })).toMatchObject({ ok: true })
  await events.until(
    (event) => event.kind === "chat" && event.chat.pinned?.message_id === message_id,
  )
  expect(await act("pin", { as: bob.id, chat, message_id })).toEqual({
    ok: false,
    error: 'Bob may not pin messages in "Forum"',
  })
  await call(telegram, bot.token, "unpinAllChatMessages", { chat_id: forum.id })
  await events.until((event) => event.kind === "chat" && event.chat.pinned === undefined)
  expect(await act("sendPoll", { chat, question: "Tea?", options: "Yes" })).toMatchObject({
    ok: false,
    error: "A poll needs at least two options, one per line",
  })
})
