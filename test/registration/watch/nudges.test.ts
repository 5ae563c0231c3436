import { expect, test } from "vitest"
import { Nudges } from "../../../src/registration/watch/nudges.js"

test("endless nudges are followed ever more rarely, about thirty times per day", () => {
  const nudges = new Nudges()
  const heeded: number[] = []
  for (let nowMs = 0; nowMs < 24 * 3_600_000; nowMs += 100) {
    if (nudges.isAccepted(nowMs)) heeded.push(nowMs / 60_000)
  }
  expect(heeded.slice(0, 5)).toEqual([0, 1, 3, 7, 15])
  expect(heeded.length).toBeLessThan(32)
})
