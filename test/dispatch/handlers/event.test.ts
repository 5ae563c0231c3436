import { expect, test } from "vitest"
import { filters } from "../../../src/dispatch/index.js"
import { namedBot } from "../../support/updates.js"
import { dispatchedEach, textIn } from "../../support/dispatched.js"

const stage = dispatchedEach()
const botId = namedBot().id

test("an event that a handler puts is handled after its update, in the lane it names", async () => {
  const seen: unknown[] = []
  stage.dispatcher.on(filters.text, (ctx) => {
    ctx.state.put({ name: "paid", lane: "1", data: { order: 7 } })
    seen.push("text")
  })
  stage.dispatcher.event("paid", (ctx) => seen.push(ctx.own.data))
  stage.dispatcher.event("other", () => seen.push("other"))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  await expect.poll(() => seen).toEqual(["text", { order: 7 }])
})

test("an event of a chat has the chat and the user on its context", async () => {
  const seen: unknown[] = []
  stage.dispatcher.event("paid", (ctx) => seen.push(ctx.chat?.id, ctx.from?.id, ctx.updateType))
  stage.dispatcher.start()
  const chat = { id: 5, type: "private" as const, first_name: "A" }
  const from = { id: 6, is_bot: false, first_name: "A" }
  await stage.queue.state.write([
    { kind: "put", botId, own: { name: "paid", lane: "5", chat, from } },
  ])
  await expect.poll(() => seen).toEqual([5, 6, "own"])
})

test("a timer puts its event when it is due; a cancelled timer does not", async () => {
  const seen: string[] = []
  stage.dispatcher.on(filters.text, (ctx) => {
    const dueAt = Date.now() + 50
    ctx.state.put({ name: "late", lane: "1" }, { dueAt, timer: "late" })
    ctx.state.put({ name: "gone", lane: "1" }, { dueAt, timer: "gone" })
    ctx.state.cancelTimer("gone")
  })
  stage.dispatcher.event("late", () => seen.push("late"))
  stage.dispatcher.event("gone", () => seen.push("gone"))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  await expect.poll(() => seen).toEqual(["late"])
})

test("an event that a failed handler put does not exist", async () => {
  const seen: string[] = []
  stage.dispatcher.on(filters.text, (ctx) => {
    ctx.state.put({ name: ctx.message.text, lane: "1" })
    if (ctx.message.text === "bad") throw new Error("Failed")
  })
  for (const name of ["good", "bad"]) stage.dispatcher.event(name, () => seen.push(name))
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  for (const text of ["bad", "good"]) await stage.put(textIn(1, text))
  await expect.poll(() => seen).toEqual(["good"])
})

test("an event without a handler is set aside, also if a middleware sees it", async () => {
  const errors: unknown[] = []
  stage.dispatcher.use((_, next) => next())
  stage.dispatcher.event("known", () => {})
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.queue.state.write([{ kind: "put", botId, own: { name: "unknown", lane: "5" } }])
  await expect.poll(() => stage.queue.setAsideUpdates).toHaveLength(1)
  expect(errors).toMatchObject([
    { code: "unhandleable", message: expect.stringContaining("unknown") },
  ])
})

test("an update of Telegram reaches no handler of events, whatever its fields", async () => {
  const seen: string[] = []
  stage.dispatcher.event("paid", () => seen.push("event"))
  stage.dispatcher.start()
  const forged = { ...textIn(1), own: { name: "paid", lane: "1" } }
  await stage.put(forged)
  await stage.put({ update_id: 99_999, own: { name: "paid", lane: "1" } } as never)
  expect(seen).toEqual([])
})

test("Telegram is not asked for events", () => {
  stage.dispatcher.event("paid", () => {})
  stage.dispatcher.on(filters.text, () => {})
  expect(stage.dispatcher.allowedUpdates).toEqual(["message"])
})
