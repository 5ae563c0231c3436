import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { Dispatcher, filters, HandlerTimeout } from "../../../src/dispatch/index.js"
import { namedBot, textUpdate } from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

let dispatcher: Dispatcher
let logger: RecordingLogger
let told: unknown[]

beforeEach(() => {
  vi.useFakeTimers()
  logger = new RecordingLogger()
  dispatcher = new Dispatcher({ bot: namedBot(), handlerTimeoutMs: 1_000, logger })
  told = []
  dispatcher.catch((error) => told.push(error))
})

afterEach(() => {
  vi.useRealTimers()
})

/** Processes a text. Returns a function that tells whether the processing has ended. */
function begin(): () => boolean {
  let hasEnded = false
  void dispatcher.process(textUpdate("x")).then(() => (hasEnded = true))
  return () => hasEnded
}

const never = () => new Promise<void>(() => {})

describe("a handler that exceeds its time", () => {
  test("has its signal aborted and its error reported, on time", async () => {
    let signal: AbortSignal | undefined
    dispatcher.on(filters.text, (ctx) => {
      signal = ctx.signal
      return never()
    })
    begin()
    await vi.advanceTimersByTimeAsync(999)
    expect(signal?.aborted).toBe(false)
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(told).toEqual([expect.any(HandlerTimeout)])
    expect(signal?.reason).toBe(told[0])
  })

  test("that reads its signal later finds it aborted", async () => {
    let isAborted: boolean | undefined
    dispatcher.on(filters.text, async (ctx) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      isAborted = ctx.signal.aborted
    })
    const hasEnded = begin()
    await vi.advanceTimersByTimeAsync(1_499)
    expect(hasEnded()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(hasEnded()).toBe(true)
    expect(isAborted).toBe(true)
  })

  test("keeps its lane until it ends, but not longer than 5 seconds", async () => {
    dispatcher.on(filters.text, never)
    const hasEnded = begin()
    await vi.advanceTimersByTimeAsync(5_999)
    expect(hasEnded()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(hasEnded()).toBe(true)
    expect(told).toHaveLength(1)
  })

  test("and then throws because of the abort is reported once", async () => {
    dispatcher.on(filters.text, async ({ signal }) => {
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      )
    })
    const hasEnded = begin()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(hasEnded()).toBe(true)
    expect(told).toHaveLength(1)
    expect(logger.errors).toEqual([])
  })

  test("and then throws for another reason is reported again", async () => {
    dispatcher.on(filters.text, async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      throw new Error("of its own")
    })
    begin()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(told).toMatchObject([{ code: "handler-timeout" }, { code: "handler-error" }])
  })

  test("is the last handler of its update", async () => {
    const seen: string[] = []
    dispatcher.on(filters.text, async (_ctx, next) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      await next()
    })
    dispatcher.on(filters.text, () => seen.push("next"))
    dispatcher.group(1).on(filters.text, () => seen.push("group"))
    const hasEnded = begin()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(hasEnded()).toBe(true)
    expect(seen).toEqual([])
    expect(told).toHaveLength(1)
  })
})

test("a handler that ends in time leaves no timer", async () => {
  dispatcher.on(filters.text, () => new Promise((resolve) => setTimeout(resolve, 10)))
  const hasEnded = begin()
  await vi.advanceTimersByTimeAsync(10)
  expect(hasEnded()).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  expect(told).toEqual([])
})

test("an error handler that does not end holds the lane for another 5 seconds", async () => {
  dispatcher.catch(never)
  dispatcher.on(filters.text, () => {})
  dispatcher.group(1).on(filters.text, () => {
    throw new Error("oh")
  })
  const hasEnded = begin()
  await vi.advanceTimersByTimeAsync(5_999)
  expect(hasEnded()).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(hasEnded()).toBe(true)
})
