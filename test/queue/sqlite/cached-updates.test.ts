import { expect, test } from "vitest"
import { CachedUpdates } from "../../../src/queue/sqlite/cached-updates.js"
import { updateOf } from "../../../src/testing/queue-probe.js"

const cached = (characters = 100) => ({
  ...{ update: updateOf(7, 1), attempt: 0, receivedAt: 5 },
  characters,
})

test("an update is cached until it is taken", () => {
  const updates = new CachedUpdates()
  const update = cached()
  updates.add(1, update)
  expect(updates.has(1)).toBe(true)
  expect(updates.take(1)).toBe(update)
  expect(updates.has(1)).toBe(false)
  expect(updates.take(1)).toBeUndefined()
})

test("the oldest updates are removed when there are more than a thousand", () => {
  const updates = new CachedUpdates()
  for (let sequence = 1; sequence <= 1_200; sequence++) updates.add(sequence, cached())
  expect([176, 177, 1_200].map((sequence) => updates.has(sequence))).toEqual([false, true, true])
})

test("the oldest updates are removed when all together are too long", () => {
  const updates = new CachedUpdates()
  for (let sequence = 1; sequence <= 5; sequence++) updates.add(sequence, cached(1_000_000))
  expect([1, 2, 5].map((sequence) => updates.has(sequence))).toEqual([false, true, true])
  updates.take(3)
  updates.add(6, cached(1_000_000))
  expect(updates.has(2)).toBe(true)
})
