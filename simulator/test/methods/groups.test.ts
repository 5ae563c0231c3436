import type { ChatInviteLink, Message, Update } from "@grammyjs/types"
import { expect, test } from "vitest"
import { methodStage, png, stickerPng, type MethodStage } from "./valid-calls.js"

async function club() {
  const stage = await methodStage()
  const { ada, bot, telegram } = stage
  const bob = telegram.user({ first_name: "Bob" })
  const group = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  await ada.promote(group, bot)
  const chat_id = group.id
  return {
    ...stage,
    bob,
    group,
    chat_id,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

async function lastUpdate(stage: MethodStage): Promise<Update | undefined> {
  const allowed_updates = ["message", "chat_member", "chat_boost", "removed_chat_boost"]
  return ((await stage.call("getUpdates", { offset: -1, allowed_updates })) as Update[])[0]
}

test("people write in the name of their channel, unless it is banned", async () => {
  await using stage = await club()
  const { bob, chat_id, group, telegram } = stage
  const channel = telegram.channel({ title: "News" }, bob)
  const said = await bob.send(group, "/hello", { as: channel })
  expect(said).toMatchObject({ sender_chat: { id: channel.id }, from: { username: "Channel_Bot" } })
  await stage.call("banChatSenderChat", { chat_id, sender_chat_id: channel.id })
  await expect(bob.send(group, "x", { as: channel })).rejects.toThrow(
    '"News" is banned from "Club"',
  )
  await bob.send(group, "as myself")
  await stage.call("unbanChatSenderChat", { chat_id, sender_chat_id: channel.id })
  await bob.send(group, "again", { as: channel })
})

test("a group shows its sticker set until the set is removed", async () => {
  await using stage = await club()
  const { ada, chat_id } = stage
  const sticker = { sticker: "attach://file", format: "static", emoji_list: ["🙂"] }
  const name = "tea_by_stage_bot"
  const set = { user_id: ada.id, name, title: "Tea", stickers: [sticker], file: stickerPng }
  await stage.call("createNewStickerSet", set)
  const unknown = stage.call("setChatStickerSet", { chat_id, sticker_set_name: "x_by_stage_bot" })
  await expect(unknown).rejects.toThrow("STICKERSET_INVALID")
  await stage.call("setChatStickerSet", { chat_id, sticker_set_name: name })
  expect(await stage.call("getChat", { chat_id })).toMatchObject({ sticker_set_name: name })
  await stage.call("deleteChatStickerSet", { chat_id })
  expect(await stage.call("getChat", { chat_id })).not.toHaveProperty("sticker_set_name")
})

test("a tag is shown with the member and the member's messages", async () => {
  await using stage = await club()
  const { ada, bob, chat_id, group } = stage
  await lastUpdate(stage)
  await stage.call("setChatMemberTag", { chat_id, user_id: bob.id, tag: "Cook" })
  expect(await stage.call("getChatMember", { chat_id, user_id: bob.id })).toMatchObject({
    tag: "Cook",
  })
  expect(await lastUpdate(stage)).toMatchObject({
    chat_member: { new_chat_member: { tag: "Cook" } },
  })
  expect(await bob.send(group, "Tea")).toMatchObject({ sender_tag: "Cook" })
  await stage.call("setChatMemberTag", { chat_id, user_id: bob.id })
  expect(await bob.send(group, "Tea")).not.toHaveProperty("sender_tag")
  const owner = stage.call("setChatMemberTag", { chat_id, user_id: ada.id, tag: "Chef" })
  await expect(owner).rejects.toThrow("not a regular member")
})

test("the reactions of one person are removed from one message, or from all", async () => {
  await using stage = await club()
  const { ada, bob, chat_id, group } = stage
  const [first, second] = [await ada.send(group, "1"), await ada.send(group, "2")]
  for (const message of [first, second]) await bob.react(message, "👍")
  const { message_id } = first
  await stage.call("deleteMessageReaction", { chat_id, message_id, user_id: bob.id })
  const changes = (await reactionsOf(stage, () => bob.react(first))) as { old_reaction: unknown[] }
  expect(changes.old_reaction).toEqual([])
  await stage.call("deleteAllMessageReactions", { chat_id, user_id: bob.id })
  const others = (await reactionsOf(stage, () => bob.react(second))) as { old_reaction: unknown[] }
  expect(others.old_reaction).toEqual([])
})

async function reactionsOf(stage: MethodStage, act: () => Promise<void>): Promise<unknown> {
  const allowed_updates = ["message_reaction"]
  await stage.call("getUpdates", { offset: -1, allowed_updates })
  await act()
  const updates = (await stage.call("getUpdates", { offset: -1, allowed_updates })) as Update[]
  return updates[0]?.message_reaction
}

test("boosts of a person are listed, and told to administrators", async () => {
  await using stage = await club()
  const { ada, bob, chat_id, group } = stage
  await expect(bob.boost(group)).rejects.toThrow("Bob has no Premium")
  await lastUpdate(stage)
  bob.setPremium()
  const boost = await bob.boost(group)
  expect(await lastUpdate(stage)).toMatchObject({ chat_boost: { chat: { id: chat_id }, boost } })
  expect(await stage.call("getUserChatBoosts", { chat_id, user_id: bob.id })).toEqual({
    boosts: [boost],
  })
  expect(await stage.call("getUserChatBoosts", { chat_id, user_id: ada.id })).toEqual({
    boosts: [],
  })
  await bob.unboost(group)
  expect(await lastUpdate(stage)).toMatchObject({
    removed_chat_boost: { boost_id: boost.boost_id },
  })
})

test("who joins a channel by a subscription's link is a member until the period ends", async () => {
  await using stage = await club()
  const { ada, bob, bot, telegram } = stage
  const channel = telegram.channel({ title: "Paid" }, ada, bot)
  const terms = { chat_id: channel.id, subscription_period: 2_592_000, subscription_price: 50 }
  for (const [wrong, reason] of [
    [{ subscription_period: 60 }, "SUBSCRIPTION_PERIOD_INVALID"],
    [{ subscription_price: 0 }, "SUBSCRIPTION_PRICING_INVALID"],
    [{ chat_id: stage.chat_id }, "CHANNEL_INVALID"],
  ] as const) {
    const call = stage.call("createChatSubscriptionInviteLink", { ...terms, ...wrong })
    await expect(call).rejects.toThrow(reason)
  }
  const link = (await stage.call("createChatSubscriptionInviteLink", terms)) as ChatInviteLink
  expect(link).toMatchObject({ subscription_price: 50, subscription_period: 2_592_000 })
  const { invite_link } = link
  const named = { chat_id: channel.id, invite_link, name: "Monthly" }
  expect(await stage.call("editChatSubscriptionInviteLink", named)).toMatchObject({
    ...{ name: "Monthly", subscription_price: 50 },
  })
  await bob.join(channel, { invite_link })
  const member = (await stage.call("getChatMember", {
    ...{ chat_id: channel.id, user_id: bob.id },
  })) as { until_date?: number }
  expect(member.until_date).toBeGreaterThan(Date.now() / 1000 + 2_591_000)
})

test("the last posts of a person's channel, and the profile's audio files, are read", async () => {
  await using stage = await club()
  const { ada, telegram } = stage
  const channel = telegram.channel({ title: "News" }, ada)
  for (const text of ["1", "2", "3"]) await ada.send(channel, text)
  const mine = { user_id: ada.id }
  await expect(stage.call("getUserPersonalChatMessages", mine)).rejects.toThrow("no personal chat")
  ada.setPersonalChat(channel)
  const posts = (await stage.call("getUserPersonalChatMessages", {
    ...mine,
    limit: 2,
  })) as Message[]
  expect(posts.map(({ text }) => text)).toEqual(["3", "2"])
  expect(await stage.call("getChat", { chat_id: ada.id })).toMatchObject({
    personal_chat: { id: channel.id },
  })
  ada.addAudio(png, { title: "Tea" })
  expect(await stage.call("getUserProfileAudios", mine)).toMatchObject({
    ...{ total_count: 1, audios: [{ title: "Tea" }] },
  })
})
