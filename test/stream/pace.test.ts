import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { Dispatcher } from "../../src/dispatch/index.js"
import { Pace } from "../../src/stream/pace.js"
import { streaming } from "../../src/stream/index.js"
import { keptBot, textUpdate } from "../support/updates.js"
import { Pieces } from "./pieces.js"

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }))
afterEach(() => void vi.useRealTimers())

describe("a pace", () => {
  test("permits the first state after its time, and the next ones after the interval", () => {
    const pace = new Pace({ firstMs: 100, intervalMs: 500 })
    expect(pace.remainingMs).toBe(100)
    vi.advanceTimersByTime(150)
    expect(pace.remainingMs).toBe(0)
    pace.shown(1)
    expect(pace.remainingMs).toBe(500)
  })

  test("leaves time for other work after a state that was costly", () => {
    const pace = new Pace({ firstMs: 0, intervalMs: 500 })
    pace.shown(1_000)
    expect(pace.remainingMs).toBe(4_000)
  })

  test("doubles after each refusal, but waits at least as long as Telegram asks for", () => {
    const pace = new Pace({ firstMs: 0, intervalMs: 3_000 })
    pace.refused(40_000)
    expect(pace.remainingMs).toBe(40_000)
    pace.shown(0)
    expect(pace.remainingMs).toBe(6_000)
    for (let refusals = 0; refusals < 10; refusals += 1) pace.refused(0)
    expect(pace.remainingMs).toBe(30_000)
  })

  test("becomes slower after each 20 states", () => {
    const pace = new Pace({ firstMs: 0, intervalMs: 3_000 })
    for (let states = 0; states < 20; states += 1) pace.shown(0)
    expect(pace.remainingMs).toBe(4_500)
  })
})

test("a draft of a silent model is refreshed before Telegram forgets it", async () => {
  const pieces = new Pieces()
  const { bot, calls } = keptBot()
  const dispatcher = new Dispatcher({ bot })
  streaming(dispatcher).use((ctx) => ctx.stream(pieces))
  const handled = dispatcher.process(textUpdate("a question"))
  pieces.give("Let me see")
  await vi.advanceTimersByTimeAsync(65_000)
  const drafts = calls.filter(({ method }) => method === "sendMessageDraft")
  expect(drafts.length).toBeGreaterThanOrEqual(3)
  expect(drafts.length).toBeLessThanOrEqual(5)
  expect(drafts.at(-1)?.params).toMatchObject({ text: { text: "Let me see" } })
  pieces.end()
  await handled
  expect(vi.getTimerCount()).toBe(0)
})

test("a fast model causes two drafts per second, whatever the number of its pieces", async () => {
  const pieces = new Pieces()
  const { bot, calls } = keptBot()
  const dispatcher = new Dispatcher({ bot })
  streaming(dispatcher).use((ctx) => ctx.stream(pieces))
  const handled = dispatcher.process(textUpdate("a question"))
  for (let piece = 0; piece < 500; piece += 1) {
    pieces.give("x")
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(calls.length).toBeGreaterThan(5)
  expect(calls.length).toBeLessThanOrEqual(11)
  pieces.end()
  await handled
  expect(vi.getTimerCount()).toBe(0)
})
