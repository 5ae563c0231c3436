import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Message } from "@grammyjs/types"
import { expect, onTestFinished, test } from "vitest"
import { MovableClock, Simulator } from "../../src/index.js"
import { call } from "../conformance-stage.js"
import { Meeting } from "../meeting.js"

/** A message with a widget. */
type WidgetMessage = Message & { readonly widget: { readonly id?: string } }

/** A bot that gets the queries of widgets. */
async function met(clock = new MovableClock()) {
  const world = await Meeting.start({ simulator: { clock } })
  const send = (more: object = {}) =>
    world.result<WidgetMessage>("sendWidget", { chat_id: world.ada.id, html: "<b>1</b>", ...more })
  return {
    ...{ world, clock, send },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

test("a person gets a widget with its data, protected from forwarding", async () => {
  await using stage = await met()
  const { ada } = stage.world
  const data = { public_data: "7", chat_data: "8" }
  await stage.send({ width: 300, height: 200, caption: "<i>Vote</i>", parse_mode: "HTML", ...data })
  expect(await ada.hears()).toMatchObject({
    widget: { html: "<b>1</b>", width: 300, height: 200, ...data },
    caption: "Vote",
    caption_entities: [{ type: "italic" }],
    has_protected_content: true,
  })
  expect((await stage.send()).widget).toEqual({ html: "<b>1</b>" })
})

test.each([
  [{ html: "" }, '"html" is required'],
  [{ html: "x".repeat(32_769) }, "INPUT_MEDIA_WIDGET_TOO_LARGE"],
  [{ html: randomBytes(6_000).toString("base64") }, "INPUT_MEDIA_WIDGET_TOO_LARGE"],
  [{ public_data: "ä".repeat(513) }, "public data of the widget is too long"],
  [{ chat_data: "x".repeat(1_025) }, "chat data of the widget is too long"],
])("%# is refused", async (more, reason) => {
  await using stage = await met()
  const params = { chat_id: stage.world.ada.id, html: "<b>1</b>", ...more }
  expect(await stage.world.refusal("sendWidget", params)).toMatch(reason)
})

test("a widget of 32,768 bytes is sent, and none to a group", async () => {
  await using stage = await met()
  const { world } = stage
  expect((await stage.send({ html: "x".repeat(32_768) })).message_id).toBeGreaterThan(0)
  const group = world.telegram.supergroup({ title: "Club" }, world.ada, world.bot)
  const params = { chat_id: group.id, html: "<b>1</b>" }
  expect(await world.refusal("sendWidget", params)).toMatch("INPUT_MEDIA_WIDGET_NOT_ALLOWED")
})

test("a query of a widget reaches the bot, and its answer the widget, once", async () => {
  await using stage = await met()
  const { world } = stage
  const message = await stage.send({ allow_queries: true })
  const { answered } = await world.ada.queryWidget(message, "tap")
  const [update] = (await world.updates()) as { widget_query?: { id: string } }[]
  expect(update?.widget_query).toMatchObject({
    ...{ from: { id: world.ada.id }, chat: { id: world.ada.id }, message_id: message.message_id },
    ...{ type: { type: "data" }, data: "tap", chat_instance: expect.any(String) },
  })
  const answer = { widget_query_id: update?.widget_query?.id, data: "3 votes" }
  const tooLong = { ...answer, data: "x".repeat(1_025) }
  expect(await world.refusal("answerWidgetQuery", tooLong)).toMatch("too long")
  expect(await world.result("answerWidgetQuery", answer)).toBe(true)
  expect(await answered).toEqual({ data: "3 votes" })
  expect(await world.refusal("answerWidgetQuery", answer)).toMatch("too old")
})

test("a bot has 15 seconds to answer", async () => {
  await using stage = await met()
  const { world, clock } = stage
  const { answered, id } = await world.ada.queryWidget(
    await stage.send({ allow_queries: true }),
    "tap",
  )
  await clock.advance(15_001)
  expect(await answered).toBeUndefined()
  const refusal = await world.refusal("answerWidgetQuery", { widget_query_id: id })
  expect(refusal).toMatch("too old")
})

test("a widget may send five queries within 5 seconds, and none without `allow_queries`", async () => {
  await using stage = await met()
  const { ada, bob } = stage.world
  const message = await stage.send({ allow_queries: true })
  for (const data of ["1", "2", "3", "4", "5"]) await ada.queryWidget(message, data)
  await expect(ada.queryWidget(message, "6")).rejects.toThrow("five queries")
  await stage.clock.advance(5_001)
  await ada.queryWidget(message, "x".repeat(64))
  await expect(ada.queryWidget(message, "x".repeat(65))).rejects.toThrow("1 to 64 bytes, not 65")
  await expect(ada.queryWidget(message, "")).rejects.toThrow("not 0")
  await expect(bob.queryWidget(message, "1")).rejects.toThrow("in a chat of the person")
  await expect(ada.queryWidget(await stage.send(), "1")).rejects.toThrow("allow_queries")
})

test("the data of a widget are changed and cleared, and parameters that are not given stay", async () => {
  await using stage = await met()
  const { world } = stage
  const { message_id } = await stage.send({ public_data: "1", chat_data: "2" })
  const edit = (more: object) =>
    world.result("editMessageWidgetData", { chat_id: world.ada.id, message_id, ...more })
  const seen = async () => (await world.ada.seesEdit()) as WidgetMessage
  expect(await edit({ chat_data: "3" })).toBe(true)
  expect((await seen()).widget).toEqual({ html: "<b>1</b>", public_data: "1", chat_data: "3" })
  await edit({ public_data: "" })
  expect((await seen()).widget).toEqual({ html: "<b>1</b>", chat_data: "3" })
  const text = await world.result<Message>("sendMessage", { chat_id: world.ada.id, text: "Hi" })
  const wrong = { chat_id: world.ada.id, message_id: text.message_id, chat_data: "1" }
  expect(await world.refusal("editMessageWidgetData", wrong)).toMatch("no widget")
})

test("a shared widget is sent again, and its public data are those of all its messages", async () => {
  await using stage = await met()
  const { world, clock } = stage
  const shared = { is_shared: true, public_data: "1", chat_data: "a", allow_queries: true }
  const first = await stage.send(shared)
  const widget_id = first.widget.id
  const again = { chat_id: world.ada.id, widget_id, chat_data: "b" }
  const second = await world.result<WidgetMessage>("sendSharedWidget", again)
  expect(second.widget).toEqual({ ...first.widget, chat_data: "b" })
  const edit = (public_data: string) =>
    world.ask("editSharedWidgetData", { widget_id, public_data, cache_time: 5 })
  expect(await edit("2")).toMatchObject({ ok: true })
  const seen = [await world.ada.seesEdit(), await world.ada.seesEdit()] as WidgetMessage[]
  expect(seen.map(({ widget }) => widget)).toMatchObject([
    { public_data: "2", chat_data: "a" },
    { public_data: "2", chat_data: "b" },
  ])
  expect(await edit("3")).toMatchObject({ ok: false, error_code: 429 })
  await clock.advance(1_001)
  expect(await edit("3")).toMatchObject({ ok: true })
  const third = await world.result<WidgetMessage>("sendSharedWidget", { ...again, chat_data: "" })
  expect(third.widget).toMatchObject({ public_data: "3" })
  await world.ada.queryWidget(third, "tap")
  const [update] = await world.updates()
  expect(update).toMatchObject({ widget_query: { widget_id, data: "tap" } })
  const wrong = { ...again, widget_id: "x" }
  expect(await world.refusal("sendSharedWidget", wrong)).toMatch("widget not found")
})

test("widgets are restored from the file of the state", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sounder-widgets-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const state = join(folder, "world.json")
  const first = await Simulator.start({ state })
  const bot = first.bot({ username: "kept_bot" })
  const ada = first.user({ first_name: "Ada" })
  await ada.send(bot, "/start")
  const params = { chat_id: ada.id, html: "<b>1</b>", is_shared: true, allow_queries: true }
  const { result } = await call(first, bot.token, "sendWidget", params)
  const { widget } = result as WidgetMessage
  await first[Symbol.asyncDispose]()
  await using telegram = await Simulator.start({ state })
  const again = { chat_id: ada.id, widget_id: widget.id }
  const sent = await call(telegram, bot.token, "sendSharedWidget", again)
  expect(sent.result).toMatchObject({ widget })
  const [reader] = telegram.users
  await reader?.queryWidget(result, "tap")
})
