import type { Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"
import { methodStage, stickerPng } from "./valid-calls.js"

test("a forwarded message also has the origin fields from before 2023", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  await bob.send(bot, "/start")
  const said = await ada.send(bot, "original")
  const place = { chat_id: bob.id, from_chat_id: ada.id, message_id: said.message_id }
  expect(await world.result("forwardMessage", place)).toMatchObject({
    forward_origin: { type: "user" },
    forward_from: { id: ada.id },
    forward_date: said.date,
  })
  const news = telegram.channel({ title: "News" }, ada, bot)
  const post = await world.result<Message>("sendMessage", { chat_id: news.id, text: "post" })
  const from = { from_chat_id: news.id, message_id: post.message_id }
  expect(await world.result("forwardMessage", { chat_id: bob.id, ...from })).toMatchObject({
    forward_from_chat: { id: news.id },
    forward_from_message_id: post.message_id,
    forward_date: post.date,
  })
})

test("a quiz with one right option also has the field from before", async () => {
  await using world = await Meeting.start()
  const quiz = { question: "?", options: ["a", "b"], type: "quiz", correct_option_ids: [1] }
  expect(await world.result("sendPoll", { chat_id: world.ada.id, ...quiz })).toMatchObject({
    poll: { correct_option_ids: [1], correct_option_id: 1 },
  })
})

test("stickers can be created with the parameters from before 2023", async () => {
  const stage = await methodStage()
  await using _telegram = stage.telegram
  const about = { user_id: stage.ada.id, title: "Tea" }
  const former = { emojis: "😀👍", png_sticker: stickerPng }
  await stage.call("createNewStickerSet", { ...about, name: "one_by_stage_bot", ...former })
  await stage.call("addStickerToSet", { ...about, name: "one_by_stage_bot", ...former })
  const later = {
    sticker_format: "static",
    stickers: [{ sticker: "attach://it", emoji_list: ["😀"] }],
  }
  await stage.call("createNewStickerSet", {
    ...about,
    name: "two_by_stage_bot",
    ...later,
    it: stickerPng,
  })
  const set = (await stage.call("getStickerSet", { name: "one_by_stage_bot" })) as { stickers: [] }
  expect(set.stickers).toMatchObject([{ emoji: "😀" }, { emoji: "😀" }])
  const thumb = { user_id: stage.ada.id, name: "one_by_stage_bot", thumb: stickerPng }
  expect(await stage.call("setStickerSetThumb", thumb)).toBe(true)
})

test("getChatMembersCount is getChatMemberCount, and disable_web_page_preview sets the link options", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.group({ title: "G" }, ada, bot)
  expect(await world.result("getChatMembersCount", { chat_id: group.id })).toBe(2)
  const text = "https://example.com"
  const off = { link_preview_options: { is_disabled: true } }
  const sent = { chat_id: ada.id, text, disable_web_page_preview: true }
  expect(await world.result("sendMessage", sent)).toMatchObject(off)
  expect(await world.result("sendMessage", { chat_id: ada.id, text, ...off })).toMatchObject(off)
})

test("a thumbnail also has the name from before 2023", async () => {
  await using world = await Meeting.start()
  const form = new FormData()
  form.set("chat_id", String(world.ada.id))
  form.set("document", new Blob(["a"]), "a.txt")
  form.set("thumb", new Blob(["b"]), "b.jpg")
  const address = `${world.telegram.apiRoot}/bot${world.bot.token}/sendDocument`
  const response = await fetch(address, { method: "POST", body: form })
  const { result } = (await response.json()) as { result: { document: Record<string, unknown> } }
  expect(result.document["thumb"]).toEqual(result.document["thumbnail"])
  expect(result.document["thumb"]).toBeDefined()
})

test("keyboards are hidden and replies requested with the flags from before 2016", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  const say = (reply_markup: object) =>
    world.result<Message>("sendMessage", { chat_id: ada.id, text: "x", reply_markup })
  await say({ keyboard: [["A"]] })
  await say({ hide_keyboard: true })
  await expect(ada.tap("A")).rejects.toThrow("the keyboards have none")
  const wish = await say({ force_reply_keyboard: true })
  expect((await ada.send(bot, "y")).reply_to_message?.message_id).toBe(wish.message_id)
})

test("members are restricted with the parameters from before 2019, and all of them lift it", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const group = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  await ada.promote(group, bot)
  const place = { chat_id: group.id, user_id: bob.id }
  await world.result("restrictChatMember", { ...place, can_send_media_messages: true })
  expect(await world.result("getChatMember", place)).toMatchObject({
    ...{ status: "restricted", can_send_messages: true, can_send_photos: true },
    can_send_polls: false,
  })
  const all = {
    ...{ can_send_messages: true, can_send_media_messages: true },
    ...{ can_send_other_messages: true, can_add_web_page_previews: true },
  }
  await world.result("restrictChatMember", { ...place, ...all })
  expect(await world.result("getChatMember", place)).toMatchObject({ status: "member" })
})

test("getChatShareThemeBackdrops of Bot API 10.4 is refused by its name, as an existing method of Telegram", async () => {
  await using world = await Meeting.start()
  const refusal = "Bad Request: the simulator does not support getChatShareThemeBackdrops"
  expect(await world.refusal("getChatShareThemeBackdrops")).toBe(refusal)
})
