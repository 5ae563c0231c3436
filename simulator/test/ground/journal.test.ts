import { expect, test } from "vitest"
import { Journal } from "../../src/ground/journal.js"

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

test("it keeps fewer entries where they are long, and the newest in any case", () => {
  const journal = new Journal<number>()
  const mebi = 1_048_576
  for (let entry = 0; entry < 1000; entry++) journal.add(entry, mebi)
  expect(journal.length).toBeGreaterThanOrEqual(32)
  expect(journal.length).toBeLessThanOrEqual(64)
  expect(journal.last).toBe(999)
  expect([...journal]).toEqual(Array.from(journal, (_, at) => 1000 - journal.length + at))
  journal.add(1000, 100 * mebi)
  expect([...journal]).toEqual([1000])
  journal.add(1001)
  expect(journal.last).toBe(1001)
})

test("who waits is told of entries that are forgotten in the meantime", async () => {
  const journal = new Journal<number>()
  const waited = journal.wait((entry) => entry % 10_000 === 1, 4)
  for (let entry = 0; entry < 45_678; entry++) journal.add(entry)
  expect(await waited).toEqual([1, 10_001, 20_001, 30_001])
})

test("who waits with a question that fails is told so, and nobody else", async () => {
  const journal = new Journal<number>()
  const waited = journal.wait((entry) => {
    if (entry === 2) throw new Error("no twos")
    return false
  })
  journal.add(1)
  expect(() => journal.add(2)).not.toThrow()
  await expect(waited).rejects.toThrow("no twos")
  journal.add(2)
})
