import { describe, expect, test } from "vitest"
import { DatabaseClock } from "../../../src/queue/postgres/database-clock.js"

const hour = 3_600_000
const day = 1_700_000_000_000

/** Returns a clock that was read every second until `seconds`, and put forward halfway. */
function readFor(seconds: number, byMs: number, differenceMs = 0) {
  const clock = new DatabaseClock()
  const jumps: number[] = []
  const timeAt = (second: number) => day + second * 1_000 + (second > seconds / 2 ? byMs : 0)
  for (let second = 0; second <= seconds; second++) {
    const at = second * 1_000
    const wallMs = day + at + differenceMs
    const jump = clock.addReading(timeAt(second), { sentMs: at - 3, answeredMs: at + 4, wallMs })
    if (jump !== 0) jumps.push(jump)
  }
  const nowMs = seconds * 1_000
  const ageOf = (second: number) =>
    Math.round((day + nowMs + differenceMs - clock.toLocalTime(timeAt(second), nowMs)) / 1_000)
  return { jumps, ageOf }
}

describe("the clock of the database", () => {
  test.each([hour, -hour, 5_000, -5_000])(
    "that jumps by %d ms changes the age of no update",
    (byMs) => {
      const { jumps, ageOf } = readFor(100, byMs)
      expect(jumps).toEqual([byMs])
      for (const second of [0, 10, 45, 60, 95, 100]) {
        // If two ages are possible, the shorter one counts.
        expect(ageOf(second)).toBeLessThanOrEqual(100 - second)
      }
      expect(ageOf(95)).toBe(5)
      if (Math.abs(byMs) === hour) expect(ageOf(40)).toBe(60)
    },
  )

  test.each([0, hour, -hour, 40_000])(
    "that differs by %d ms from this machine's changes the age of no update",
    (by) => {
      const { jumps, ageOf } = readFor(20, 0, by)
      expect(jumps).toEqual([])
      expect([ageOf(0), ageOf(15), ageOf(20)]).toEqual([20, 5, 0])
    },
  )

  test("that differs by less than a second gives an update the same time at each attempt", () => {
    const clock = new DatabaseClock()
    for (const drift of [0, 3, -5, 400, -300]) {
      clock.addReading(day, { sentMs: 0, answeredMs: 10, wallMs: day + drift })
      expect(clock.toLocalTime(day - 77, 10)).toBe(day - 77)
    }
  })
})
