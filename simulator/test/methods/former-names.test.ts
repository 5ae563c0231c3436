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

test("setMySettings of Bot API 10.5 is refused by its name, as an existing method of Telegram", async () => {
  await using world = await Meeting.start()
  const refusal = "Bad Request: the simulator does not support setMySettings"
  expect(await world.refusal("setMySettings")).toBe(refusal)
})
