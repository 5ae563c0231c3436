import { beforeEach, expect, test } from "vitest"
import { Dispatcher, filters, Router } from "../../src/dispatch/index.js"
import { optInUpdateTypes, updateTypes } from "../../src/telegram/update-types.js"
import { namedBot } from "../support/updates.js"

let dispatcher: Dispatcher

beforeEach(() => {
  dispatcher = new Dispatcher({ bot: namedBot() })
})

const sentUnasked = updateTypes.filter((type) => !optInUpdateTypes.includes(type))
const nothing = () => {}

test("the types are those of the handlers, in Telegram's order", () => {
  dispatcher.callbackQuery("x", nothing)
  dispatcher.command("start", nothing)
  dispatcher.group(3).inlineQuery(nothing)
  dispatcher.on(filters.edited(filters.text), nothing)
  const router = new Router()
  dispatcher.use(router)
  router.on(filters.or(filters.photo, filters.channelPost(filters.photo)), nothing)
  expect(dispatcher.allowedUpdates).toEqual([
    "message",
    "edited_message",
    "channel_post",
    "inline_query",
    "callback_query",
  ])
})

test("no handlers need no types", () => {
  expect(dispatcher.allowedUpdates).toEqual([])
})

test("a handler of any type needs all types that Telegram sends by default", () => {
  const middleware = dispatcher.use(nothing)
  expect(dispatcher.allowedUpdates).toEqual(sentUnasked)
  middleware.remove()
  dispatcher.on((update) => update.update_id > 5, nothing)
  expect(dispatcher.allowedUpdates).toEqual(sentUnasked)
})

test("types that Telegram sends only on request are included if a handler names them", () => {
  dispatcher.use(nothing)
  dispatcher.chatMember(nothing)
  expect(dispatcher.allowedUpdates).toEqual(
    updateTypes.filter((type) => type === "chat_member" || sentUnasked.includes(type)),
  )
})

test("a type newer than this version is included if a handler names it, after the others", () => {
  dispatcher.type("hologram", nothing)
  dispatcher.type("poll", nothing)
  dispatcher.event("paid", nothing)
  const newer = dispatcher.type("telepathy_ended", nothing)
  expect(dispatcher.allowedUpdates).toEqual(["poll", "hologram", "telepathy_ended"])
  newer.remove()
  expect(dispatcher.allowedUpdates).toEqual(["poll", "hologram"])
})

test("`and` needs the types that all of its filters can match", () => {
  const { and, message, text, edited } = filters
  const mine = () => true
  dispatcher.on(and(mine, text, mine), nothing)
  expect(dispatcher.allowedUpdates).toEqual(["message"])
  dispatcher.on(and(message, edited(text)), nothing)
  expect(dispatcher.allowedUpdates).toEqual(["message"])
})

test("`or` with a filter for any type, and `not`, need any type", () => {
  const { not, or, text } = filters
  const handler = dispatcher.on(
    or(text, () => true),
    nothing,
  )
  expect(dispatcher.allowedUpdates).toEqual(sentUnasked)
  handler.remove()
  dispatcher.on(not(text), nothing)
  expect(dispatcher.allowedUpdates).toEqual(sentUnasked)
})
