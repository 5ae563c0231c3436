import { expect, test } from "vitest"
import { Journal } from "../../src/ground/journal.js"

test("a reader gets the stored entries and those that are still to come", async () => {
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

test("a reader whose wait times out is told how many entries came", async () => {
  const journal = new Journal<number>()
  journal.add(1)
  const waited = journal.wait(() => true, 2, { timeoutMs: 20 })
  await expect(waited).rejects.toThrow("Waited 20 ms for 2 entries and saw 1")
})

test("the journal keeps the last 10,000 entries", () => {
  const journal = new Journal<number>()
  for (let entry = 0; entry < 45_678; entry++) journal.add(entry)
  expect(journal.length).toBe(10_000)
  expect([...journal][0]).toBe(35_678)
  expect(journal.filter(() => true)).toHaveLength(10_000)
})

test("the journal keeps fewer entries if they are long, and always the newest", () => {
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

test("a waiting reader is told of entries that are removed in the meantime", async () => {
  const journal = new Journal<number>()
  const waited = journal.wait((entry) => entry % 10_000 === 1, 4)
  for (let entry = 0; entry < 45_678; entry++) journal.add(entry)
  expect(await waited).toEqual([1, 10_001, 20_001, 30_001])
})

test("a reader whose condition throws gets the error, and other readers do not", async () => {
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
