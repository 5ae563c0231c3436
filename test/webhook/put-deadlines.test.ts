import * as fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { PutDeadlines, type WaitingPut } from "../../src/webhook/put-deadlines.js"

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test("a put expires when its time is over, once", () => {
  const expire = vi.fn()
  new PutDeadlines(100).add(expire)
  vi.advanceTimersByTime(99)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(expire).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1000)
  expect(expire).toHaveBeenCalledTimes(1)
})

test("one timer serves any number of puts, and none is left when all have settled", () => {
  const deadlines = new PutDeadlines(100)
  const puts = Array.from({ length: 1000 }, () => deadlines.add(vi.fn()))
  expect(vi.getTimerCount()).toBe(1)
  for (const put of puts) deadlines.delete(put)
  vi.advanceTimersByTime(100)
  expect(vi.getTimerCount()).toBe(0)
})

test("an infinite limit sets no timer", () => {
  new PutDeadlines(Infinity).add(vi.fn())
  expect(vi.getTimerCount()).toBe(0)
})

test("a limit longer than the maximum of a timer is obeyed", () => {
  const expire = vi.fn()
  const limitMs = 2 ** 31 + 1000
  new PutDeadlines(limitMs).add(expire)
  vi.advanceTimersByTime(2 ** 31)
  expect(expire).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1000)
  expect(expire).toHaveBeenCalledTimes(1)
})

test("exactly the puts that are not settled in time expire, in their order", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("add" as const) }),
      fc.record({ kind: fc.constant("settle" as const), which: fc.nat() }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(60) }),
    ),
  )
  fc.assert(
    fc.property(steps, (all) => {
      const deadlines = new PutDeadlines(100)
      const puts: { put: WaitingPut; endMs: number; settledMs: number }[] = []
      const expired: number[] = []
      for (const step of all) {
        if (step.kind === "wait") vi.advanceTimersByTime(step.ms)
        if (step.kind === "add") {
          const index = puts.length
          const put = deadlines.add(() => expired.push(index))
          puts.push({ put, endMs: Date.now() + 100, settledMs: Infinity })
        }
        const settled = step.kind === "settle" ? puts[step.which % puts.length] : undefined
        if (!settled) continue
        deadlines.delete(settled.put)
        settled.settledMs = Math.min(settled.settledMs, Date.now())
      }
      vi.advanceTimersByTime(1000)
      const expected = puts.flatMap(({ endMs, settledMs }, index) =>
        settledMs >= endMs ? [index] : [],
      )
      expect(expired).toEqual(expected)
    }),
  )
})
