import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Backoff } from "../../src/ground/backoff.js"

const take = (backoff: Backoff, count: number) =>
  Array.from({ length: count }, () => backoff.next())

describe("the delays between attempts", () => {
  test("double up to the maximum", () => {
    const backoff = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 1 })
    expect(take(backoff, 6)).toEqual([100, 200, 400, 800, 1000, 1000])
  })

  test("are random in their upper half", () => {
    const least = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 0 })
    expect(take(least, 5)).toEqual([50, 100, 200, 400, 500])
    const waits = new Set(Array.from({ length: 50 }, () => new Backoff().next()))
    expect(waits.size).toBeGreaterThan(10)
  })

  test("begin with at most half a second and end with at most 30 s by default", () => {
    const backoff = new Backoff({ random: () => 1 })
    expect(take(backoff, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test("start from the beginning after a success", () => {
    const backoff = new Backoff({ firstMs: 100, random: () => 1 })
    take(backoff, 5)
    backoff.reset()
    expect(take(backoff, 2)).toEqual([100, 200])
  })

  test("stay integers, positive and within the maximum, after any number of failures", () => {
    const ms = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(ms, ms, fc.nat(3000), (firstMs, maxMs, failures) => {
        const backoff = new Backoff({ firstMs, maxMs })
        const wait = take(backoff, failures + 1).at(-1)!
        expect(Number.isInteger(wait)).toBe(true)
        expect(wait).toBeGreaterThan(0)
        expect(wait).toBeLessThanOrEqual(maxMs)
      }),
      { numRuns: 50 },
    )
  })
})
