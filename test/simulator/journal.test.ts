import { expect, test } from "vitest"
import { Journal } from "../../src/simulator/journal.js"

test("who waits gets what was there and what is still to come", async () => {
  const journal = new Journal<number>()
  journal.add(1)
  const waited = journal.wait((entry) => entry % 2 === 1, 2)
  journal.add(2)
  journal.add(3)
  expect(await waited).toEqual([1, 3])
  expect([...journal]).toEqual([1, 2, 3])
  expect([journal.length, journal.last]).toEqual([3, 3])
  journal.clear()
  expect(journal.length).toBe(0)
})

test("who waits too long is told how much came", async () => {
  const journal = new Journal<number>()
  journal.add(1)
  const waited = journal.wait(() => true, 2, { timeoutMs: 20 })
  await expect(waited).rejects.toThrow("Waited 20 ms for 2 entries and saw 1")
})

test("it keeps the last 10,000 entries", () => {
  const journal = new Journal<number>()
  for (let entry = 0; entry < 45_678; entry++) journal.add(entry)
  expect(journal.length).toBe(10_000)
  expect([...journal][0]).toBe(35_678)
  expect(journal.filter(() => true)).toHaveLength(10_000)
})
