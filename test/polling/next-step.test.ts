import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { nextStep, type PollingState } from "../../src/polling/next-step.js"

const quiet: PollingState = {
  now: 100_000,
  notBefore: 0,
  lastCall: { at: 70_000, offset: 10 },
  answeredAt: 100_000,
  offset: 10,
  unacknowledged: 0,
  newUpdates: 0,
  intervalMs: 500,
}

const step = (changes: Partial<PollingState>) => nextStep({ ...quiet, ...changes })

describe("the next step of polling", () => {
  test("is an immediate call, before the first call", () => {
    const first = { lastCall: undefined, answeredAt: 0, offset: undefined }
    expect(step(first)).toEqual({ kind: "fetch", offset: undefined, unacknowledged: 0 })
    expect(step({ ...first, now: 0 })).toEqual({
      kind: "fetch",
      offset: undefined,
      unacknowledged: 0,
    })
  })

  test("is an immediate call after a long poll without updates", () => {
    expect(step({})).toEqual({ kind: "fetch", offset: 10, unacknowledged: 0 })
  })

  test("is an immediate call when all received updates are confirmable", () => {
    const changes = { offset: 12, lastCall: { at: 99_999, offset: 10 } }
    expect(step(changes)).toEqual({ kind: "fetch", offset: 12, unacknowledged: 0 })
  })

  test("is a wait of up to half a second after an empty answer that came too early", () => {
    expect(step({ lastCall: { at: 99_900, offset: 10 } })).toEqual({ kind: "wait", ms: 400 })
  })

  test("is a wait for its pace after an answer while updates are unacknowledged", () => {
    expect(step({ unacknowledged: 3 })).toEqual({ kind: "wait", ms: 500 })
    expect(step({ unacknowledged: 3, intervalMs: 25 })).toEqual({ kind: "wait", ms: 25 })
    expect(step({ unacknowledged: 3, answeredAt: 99_500 })).toEqual({
      kind: "fetch",
      offset: 10,
      unacknowledged: 3,
    })
  })

  test("is a wait of at most a tenth of a second when the offset has moved", () => {
    expect(step({ unacknowledged: 3, offset: 12 })).toEqual({ kind: "wait", ms: 100 })
    expect(step({ unacknowledged: 3, offset: 12, intervalMs: 25 })).toEqual({
      kind: "wait",
      ms: 25,
    })
    expect(step({ unacknowledged: 3, offset: 12, answeredAt: 99_900 })).toEqual({
      kind: "fetch",
      offset: 12,
      unacknowledged: 3,
    })
  })

  test("is an immediate call when more updates wait and Telegram would return a full batch", () => {
    expect(step({ unacknowledged: 90, newUpdates: 10 })).toEqual({
      kind: "fetch",
      offset: 10,
      unacknowledged: 90,
    })
    expect(step({ unacknowledged: 91, newUpdates: 10 })).toEqual({ kind: "wait", ms: 500 })
    expect(step({ unacknowledged: 90, newUpdates: 0 })).toEqual({ kind: "wait", ms: 500 })
  })

  test("has an offset lower by one if the last call had the same offset less than half a second ago", () => {
    const soon = {
      unacknowledged: 3,
      intervalMs: 25,
      answeredAt: 99_900,
      lastCall: { at: 99_800, offset: 10 },
    }
    expect(step(soon)).toEqual({ kind: "fetch", offset: 9, unacknowledged: 3 })
    expect(step({ ...soon, lastCall: { at: 99_800, offset: 9 } })).toMatchObject({ offset: 10 })
    expect(step({ ...soon, lastCall: { at: 99_500, offset: 10 } })).toMatchObject({ offset: 10 })
    const first = { offset: 1, lastCall: { at: 99_800, offset: 1 } }
    expect(step({ ...soon, ...first })).toMatchObject({ offset: 1 })
  })

  test("waits for the end of a back-off, whatever offset has moved", () => {
    expect(step({ notBefore: 130_000, offset: 12 })).toEqual({ kind: "wait", ms: 30_000 })
  })

  test("waits whole milliseconds, and then calls", () => {
    expect(step({ notBefore: 100_000.25 })).toEqual({ kind: "wait", ms: 1 })
    expect(step({ now: 100_001, notBefore: 100_000.25 })).toMatchObject({ kind: "fetch" })
  })

  test("never makes two calls with one offset within half a second, and never waits for ever", () => {
    const offset = fc.constantFrom(10, 11, 12)
    const time = fc.integer({ min: 0, max: 60_000 })
    fc.assert(
      fc.property(
        offset,
        time,
        time,
        fc.nat(5),
        fc.nat(30_000),
        (next, took, idle, unacknowledged, off) => {
          const at = 1000
          const answeredAt = at + took
          const now = answeredAt + idle
          const lastCall = { at, offset: 10 }
          const changes = {
            now,
            answeredAt,
            lastCall,
            offset: next,
            unacknowledged,
            notBefore: at + off,
          }
          const taken = nextStep({ ...quiet, ...changes, intervalMs: 25 })
          if (taken.kind === "fetch" && taken.offset === 10) {
            expect(now - at).toBeGreaterThanOrEqual(500)
          }
          if (taken.kind === "fetch") expect(now).toBeGreaterThanOrEqual(at + off)
          if (taken.kind === "wait") expect(taken.ms).toBeGreaterThan(0)
          if (taken.kind === "wait") expect(taken.ms).toBeLessThanOrEqual(30_000)
        },
      ),
    )
  })
})
