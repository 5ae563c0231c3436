import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Message, Update } from "@grammyjs/types"
import { expect, onTestFinished, test } from "vitest"
import { MovableClock, Simulator, type SimulatorOptions } from "../../src/index.js"
import { call } from "../conformance-stage.js"
import { Meeting } from "../meeting.js"

/** A channel of Ada with direct messages, which a bot answers. */
async function opened(simulator: SimulatorOptions = {}) {
  const world = await Meeting.start({ simulator })
  const { ada, bot, telegram } = world
  const channel = telegram.channel({ title: "News" }, ada, bot)
  const direct = await ada.openDirectMessages(channel)
  await world.updates()
  const send = (more: object) =>
    world.ask("sendMessage", { chat_id: direct.id, text: "x", ...more })
  return {
    world,
    channel,
    direct,
    send,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

const messages = (updates: Partial<Update>[]) => updates.map(({ message }) => message)

test("a reader writes to a channel, and the bot answers in the topic of the reader", async () => {
  await using stage = await opened()
  const { world, channel, direct, send } = stage
  const { bob, ada } = world
  await bob.send(direct, "Hello")
  const [asked] = messages(await world.updates())
  const topic = { topic_id: bob.id, user: expect.objectContaining({ id: bob.id }) }
  expect(asked).toMatchObject({
    ...{ from: { id: bob.id }, text: "Hello", direct_messages_topic: topic },
    chat: { id: direct.id, type: "supergroup", is_direct_messages: true },
  })
  const answer = await send({ direct_messages_topic_id: bob.id, text: "Hi" })
  expect(answer.result).toMatchObject({ text: "Hi", direct_messages_topic: topic })
  expect(await bob.hears()).toEqual(answer.result)
  expect(await ada.hears()).toEqual(answer.result)
  const chat = await world.result("getChat", { chat_id: direct.id })
  expect(chat).toMatchObject({ is_direct_messages: true, parent_chat: { id: channel.id } })
  expect((await ada.openDirectMessages(channel)).id).toBe(direct.id)
})

test("readers do not see the topics of each other, and an administrator answers by a reply", async () => {
  await using stage = await opened()
  const { world, direct, send } = stage
  const { ada, bob, telegram } = world
  const eve = telegram.user({ first_name: "Eve" })
  const asked = await bob.send(direct, "Hello")
  await eve.send(direct, "Hello, too")
  await send({ direct_messages_topic_id: bob.id, text: "To Bob" })
  await send({ direct_messages_topic_id: eve.id, text: "To Eve" })
  expect((await eve.hears()).text).toBe("To Eve")
  await expect(ada.send(direct, "Hm")).rejects.toThrow("answers with `reply_to`")
  const answer = await ada.send(direct, "Yes?", { reply_to: asked })
  expect(answer.direct_messages_topic).toEqual(asked.direct_messages_topic)
})

test("a bot approves a suggested post, which is published at once", async () => {
  await using stage = await opened()
  const { world, channel, direct } = stage
  const { bob } = world
  const price = { currency: "XTR", amount: 10 } as const
  const post = await bob.suggest(direct, "Tea!", { price })
  const [asked] = messages(await world.updates())
  expect(asked).toMatchObject({ text: "Tea!", suggested_post_info: { state: "pending", price } })
  const target = { chat_id: direct.id, message_id: post.message_id }
  expect(await world.result("approveSuggestedPost", target)).toBe(true)
  expect(await bob.seesEdit()).toMatchObject({ suggested_post_info: { state: "approved", price } })
  const [published] = (await world.updates()) as Partial<Update>[]
  expect(published?.channel_post).toMatchObject({
    ...{ chat: { id: channel.id }, text: "Tea!", is_paid_post: true },
  })
  expect(published?.channel_post).not.toHaveProperty("direct_messages_topic")
  expect(await world.refusal("approveSuggestedPost", target)).toMatch("can't be approved")
  expect(await world.refusal("declineSuggestedPost", target)).toMatch("can't be declined")
})

test("a person approves and declines, and the bot gets the service messages", async () => {
  await using stage = await opened()
  const { world, direct } = stage
  const { ada, bob } = world
  const first = await bob.suggest(direct, "Tea!")
  const second = await bob.suggest(direct, "Coffee!")
  await world.updates()
  await ada.approvePost(first)
  await ada.declinePost(second, "No coffee")
  const events = messages(await world.updates()).filter((message) => message !== undefined)
  expect(events).toMatchObject([
    { suggested_post_approved: { suggested_post_message: { text: "Tea!" } } },
    { suggested_post_declined: { comment: "No coffee" } },
  ])
  await expect(ada.approvePost(first)).rejects.toThrow("without a decision")
  const third = await bob.suggest(direct, "Milk!")
  await expect(bob.approvePost(third)).rejects.toThrow("may not decide")
})

test("a post is published on its date, and the approval of a reader who cannot pay fails", async () => {
  const clock = new MovableClock({ graceMs: 30 })
  await using stage = await opened({ clock })
  const { world, direct } = stage
  const { ada, bob } = world
  const now = Math.floor(clock.now() / 1000)
  const post = await bob.suggest(direct, "Later", { send_date: now + 600 })
  await ada.approvePost(post)
  await world.updates()
  await clock.advance(590_000)
  expect(await world.updates()).toEqual([])
  await clock.advance(20_000)
  expect(await world.updates()).toMatchObject([{ channel_post: { text: "Later" } }])
  await expect(bob.suggest(direct, "x", { send_date: now })).rejects.toThrow("5 minutes")
  const price = { currency: "TON", amount: 10_000_000 } as const
  await expect(bob.suggest(direct, "x", { price: { ...price, amount: 1 } })).rejects.toThrow(
    "within limits",
  )
  bob.setCannotPay()
  const paid = await bob.suggest(direct, "Paid", { price })
  await world.updates()
  await ada.approvePost(paid)
  expect(messages(await world.updates())).toMatchObject([
    { suggested_post_approval_failed: { price } },
  ])
})

test("a price of 0 is no price", async () => {
  await using stage = await opened()
  await stage.world.bob.send(stage.direct, "Hello")
  const price = { currency: "XTR", amount: 0 }
  const { result } = await stage.send({
    ...{ direct_messages_topic_id: stage.world.bob.id, suggested_post_parameters: { price } },
  })
  expect(result).toMatchObject({ suggested_post_info: { state: "pending" } })
  expect(result).not.toHaveProperty("suggested_post_info.price")
})

test("a bot suggests another post in reply, which the reader approves", async () => {
  await using stage = await opened()
  const { world, direct, send } = stage
  const { bob } = world
  const post = await bob.suggest(direct, "Tea!")
  const suggested_post_parameters = { price: { currency: "XTR", amount: 5 } }
  const { result } = await send({
    ...{ direct_messages_topic_id: bob.id, suggested_post_parameters, text: "Green tea!" },
    reply_parameters: { message_id: post.message_id },
  })
  expect(result).toMatchObject({ suggested_post_info: { state: "pending", price: { amount: 5 } } })
  expect(await bob.seesEdit()).toMatchObject({ suggested_post_info: { state: "declined" } })
  const target = { chat_id: direct.id, message_id: (result as Message).message_id }
  expect(await world.refusal("approveSuggestedPost", target)).toMatch("can't be approved")
  await world.updates()
  await bob.approvePost(await bob.hears())
  expect(await world.updates()).toMatchObject([
    { message: { suggested_post_approved: { price: { amount: 5 } } } },
    { channel_post: { text: "Green tea!", is_paid_post: true } },
  ])
})

test("direct messages go to the bots that are in the channel, and to all its administrators", async () => {
  await using stage = await opened()
  const { world, channel, direct, send } = stage
  const { ada, bob, bot, telegram } = world
  const eve = telegram.user({ first_name: "Eve" })
  const later = telegram.bot({ username: "later_bot" })
  await eve.join(direct)
  expect(await world.updates()).toEqual([])
  await eve.join(channel)
  await ada.promote(channel, eve)
  await ada.promote(channel, later)
  await ada.ban(channel, bot)
  await world.updates()
  await bob.send(direct, "Hello")
  expect(await world.updates()).toEqual([])
  expect((await send({ direct_messages_topic_id: bob.id })).error_code).toBe(403)
  const answer = { chat_id: direct.id, direct_messages_topic_id: bob.id, text: "Hi" }
  expect(await call(telegram, later.token, "sendMessage", answer)).toMatchObject({ ok: true })
  expect((await eve.hears()).text).toBe("Hi")
})

test("calls with wrong topics, prices, dates and rights are refused", async () => {
  await using stage = await opened()
  const { world, channel, direct, send } = stage
  const { ada, bob, bot } = world
  const post = await bob.suggest(direct, "Tea!")
  const to = { direct_messages_topic_id: bob.id }
  const suggested = (given: object) => ({ ...to, suggested_post_parameters: given })
  const far = Math.floor(Date.now() / 1000) + 3_000_000
  const refusals = [
    [{}, "direct messages topic not found"],
    [{ direct_messages_topic_id: 5 }, "direct messages topic not found"],
    [{ ...to, chat_id: ada.id }, "not a channel direct messages chat"],
    [suggested({ price: { currency: "EUR", amount: 5 } }), "Invalid price specified"],
    [suggested({ price: { currency: "XTR", amount: 4 } }), "amount of Telegram Stars specified"],
    [suggested({ price: { currency: "TON", amount: 5 } }), "amount of Toncoin cents specified"],
    [{ ...suggested({}), direct_messages_topic_id: 0, chat_id: ada.id }, "only to channel direct"],
    [suggested({ send_date: 5 }), "Invalid send date specified"],
  ] as const
  for (const [more, refusal] of refusals) {
    expect((await send(more)).description, refusal).toMatch(refusal)
  }
  const target = { chat_id: direct.id, message_id: post.message_id }
  const late = { ...target, send_date: far }
  expect(await world.refusal("approveSuggestedPost", late)).toMatch("invalid send date")
  const long = { ...target, comment: "x".repeat(129) }
  expect(await world.refusal("declineSuggestedPost", long)).toMatch("comment is too long")
  const elsewhere = { ...target, chat_id: ada.id }
  expect(await world.refusal("declineSuggestedPost", elsewhere)).toMatch("not a channel direct")
  await ada.promote(channel, bot, ["can_manage_chat"])
  expect(await world.refusal("approveSuggestedPost", target)).toMatch("not enough rights")
  expect(await world.refusal("declineSuggestedPost", target)).toMatch("not enough rights")
  expect((await send(to)).description).toMatch("not enough rights")
})

test("direct messages and planned posts are restored from the file of the state", async () => {
  const folder = await mkdtemp(join(tmpdir(), "simulator-posts-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const state = join(folder, "world.json")
  const clock = new MovableClock({ graceMs: 30 })
  const first = await Simulator.start({ state, clock })
  const bot = first.bot({ username: "kept_bot" })
  const [ada, bob] = [first.user({ first_name: "Ada" }), first.user({ first_name: "Bob" })]
  const direct = await ada.openDirectMessages(first.channel({ title: "News" }, ada, bot))
  const send_date = Math.floor(clock.now() / 1000) + 600
  await ada.approvePost(await bob.suggest(direct, "Later", { send_date }))
  const price = { currency: "XTR", amount: 5 } as const
  const paid = await bob.suggest(direct, "Paid", { price })
  bob.setCannotPay()
  await first[Symbol.asyncDispose]()
  await using telegram = await Simulator.start({ state, clock })
  const { id } = telegram.channel({ title: "Next" }, ada)
  expect(id).toBeGreaterThan(direct.id)
  const to = { chat_id: direct.id, direct_messages_topic_id: bob.id, text: "Hi" }
  expect(await call(telegram, bot.token, "sendMessage", to)).toMatchObject({ ok: true })
  const approved = { chat_id: direct.id, message_id: paid.message_id }
  await call(telegram, bot.token, "approveSuggestedPost", approved)
  const updates = (await call(telegram, bot.token, "getUpdates")).result as Partial<Update>[]
  expect(updates.filter(({ channel_post }) => channel_post !== undefined)).toEqual([])
  await clock.advance(600_000)
  const { result } = await call(telegram, bot.token, "getUpdates", { offset: -1 })
  expect(result).toMatchObject([{ channel_post: { text: "Later" } }])
})
