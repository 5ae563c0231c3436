import type { Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import type { QueryAnswer } from "../../src/index.js"
import { Meeting } from "../meeting.js"

async function asked(world: Meeting, results: readonly object[]): Promise<QueryAnswer> {
  const { id, answered } = await world.ada.type(`@${world.bot.username} tea`)
  await world.result("answerInlineQuery", { inline_query_id: id, results })
  return answered
}

const traits = {
  supports_inline_queries: true,
  games: [{ short_name: "chess", title: "Chess", description: "For two" }],
}

test("a result is sent with the size, the length and the caption that the bot describes", async () => {
  await using world = await Meeting.start(traits)
  const answer = await asked(world, [
    {
      ...{ type: "video", id: "1", video_url: "https://example.com/tea.mp4", title: "Tea" },
      ...{ mime_type: "video/mp4", thumbnail_url: "https://example.com/tea.jpg" },
      ...{ video_width: 7, video_height: 8, video_duration: 9 },
      ...{ caption: "*Hot*", parse_mode: "MarkdownV2", show_caption_above_media: true },
    },
  ])
  expect(await world.ada.choose(answer, "1", world.bot)).toMatchObject({
    video: { width: 7, height: 8, duration: 9, file_name: "tea.mp4" },
    ...{ caption: "Hot", show_caption_above_media: true },
  })
})

test("an invoice that was sent in inline mode is paid", async () => {
  await using world = await Meeting.start(traits)
  const invoice = {
    ...{ title: "Tea", description: "Hot", payload: "tea", currency: "XTR" },
    prices: [{ label: "Tea", amount: 5 }],
  }
  const article = { type: "article", id: "1", title: "Tea", input_message_content: invoice }
  const message = await world.ada.choose(await asked(world, [article]), "1", world.bot)
  expect(message.invoice).toMatchObject({ title: "Tea", total_amount: 5 })
  await world.updates()
  const paid = world.ada.pay(message)
  const [update] = await world.updates()
  const id = update?.pre_checkout_query?.id
  await world.result("answerPreCheckoutQuery", { pre_checkout_query_id: id, ok: true })
  expect(await paid).toMatchObject({ ok: true })
  const free = { ...article, input_message_content: { ...invoice, prices: [] } }
  const { id: inline_query_id } = await world.ada.type(`@${world.bot.username} tea`)
  const call = { inline_query_id, results: [free] }
  expect(await world.refusal("answerInlineQuery", call)).toMatch("There must be at least one price")
})

test("a game that was sent in inline mode is started and scored", async () => {
  await using world = await Meeting.start(traits)
  const game = { type: "game", id: "1", game_short_name: "chess" }
  const message = await world.ada.choose(await asked(world, [game]), "1", world.bot)
  await world.updates()
  await world.ada.press(message, "Play Chess")
  const [update] = await world.updates()
  expect(update).toMatchObject({ callback_query: { game_short_name: "chess" } })
  const { inline_message_id } = update?.callback_query ?? {}
  const score = { inline_message_id, user_id: world.ada.id, score: 3 }
  expect(await world.result<Message | true>("setGameScore", score)).toBe(true)
})
