import { describe, expect, test } from "vitest"
import { WebhookRepairs } from "../../../src/registration/watch/webhook-repairs.js"

const minuteMs = 60_000

/**
 * Checks every half minute while another program keeps changing the webhook. Returns the minutes of
 * the repairs.
 */
function fought(hours: number): number[] {
  const repairs = new WebhookRepairs()
  const repaired: number[] = []
  for (let ms = 0; ms <= hours * 60 * minuteMs; ms += minuteMs / 2) {
    if (repairs.next(true, ms).kind === "repair") repaired.push(ms / minuteMs)
  }
  return repaired
}

describe("a webhook that another program has changed", () => {
  test("is restored when the change has lasted half a minute", () => {
    const repairs = new WebhookRepairs()
    expect(repairs.next(false, 0)).toEqual({ kind: "none" })
    expect(repairs.next(true, 1000)).toEqual({ kind: "wait", untilMs: 31_000, isNew: true })
    expect(repairs.next(true, 2000)).toEqual({ kind: "wait", untilMs: 31_000, isNew: false })
    expect(repairs.next(true, 31_000)).toEqual({ kind: "repair", isContested: false })
    expect(repairs.next(false, 32_000)).toEqual({ kind: "none" })
  })

  test("is left alone if the difference disappears, as while a new version takes over", () => {
    const repairs = new WebhookRepairs()
    repairs.next(true, 0)
    repairs.next(false, 20_000)
    expect(repairs.next(true, 40_000)).toMatchObject({ kind: "wait", isNew: true })
    expect(repairs.repairs).toBe(0)
  })

  test("repeatedly is restored ever more rarely, down to every six hours", () => {
    const times = fought(48)
    expect(times.slice(0, 4)).toEqual([0.5, 5.5, 15.5, 35.5])
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
    expect(Math.max(...pauses)).toBe(360)
    expect(times.length).toBeLessThan(15)
  })

  test("is reported as contested from the second time on", () => {
    const repairs = new WebhookRepairs(0)
    expect(repairs.next(true, 0)).toEqual({ kind: "repair", isContested: false })
    expect(repairs.next(true, 5 * minuteMs)).toEqual({ kind: "repair", isContested: true })
    expect(repairs.repairs).toBe(2)
  })

  test("is restored soon again after an hour without changes", () => {
    const repairs = new WebhookRepairs(0)
    repairs.next(true, 0)
    repairs.next(true, 5 * minuteMs)
    repairs.next(false, 66 * minuteMs)
    expect(repairs.next(true, 67 * minuteMs)).toEqual({ kind: "repair", isContested: false })
  })
})
