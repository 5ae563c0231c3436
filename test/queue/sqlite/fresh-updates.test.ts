import { expect, test } from "vitest"
import { FreshUpdates } from "../../../src/queue/sqlite/fresh-updates.js"
import { updateOf } from "../../../src/testing/queue-probe.js"

const fresh = (characters = 100) => ({
  ...{ update: updateOf(7, 1), attempt: 0, receivedAt: 5 },
  characters,
})

test("what was put last is kept, as long as it is not taken", () => {
  const updates = new FreshUpdates()
  const update = fresh()
  updates.add(1, update)
  expect(updates.has(1)).toBe(true)
  expect(updates.take(1)).toBe(update)
  expect(updates.has(1)).toBe(false)
  expect(updates.take(1)).toBeUndefined()
})

test("the oldest go when there are more than a thousand", () => {
  const updates = new FreshUpdates()
  for (let sequence = 1; sequence <= 1_200; sequence++) updates.add(sequence, fresh())
  expect([176, 177, 1_200].map((sequence) => updates.has(sequence))).toEqual([false, true, true])
})

test("the oldest go when they are long", () => {
  const updates = new FreshUpdates()
  for (let sequence = 1; sequence <= 5; sequence++) updates.add(sequence, fresh(1_000_000))
  expect([1, 2, 5].map((sequence) => updates.has(sequence))).toEqual([false, true, true])
  updates.take(3)
  updates.add(6, fresh(1_000_000))
  expect(updates.has(2)).toBe(true)
})
