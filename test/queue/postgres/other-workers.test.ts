import { expect, test } from "vitest"
import { OtherWorkers } from "../../../src/queue/postgres/other-workers.js"

const worker = (id: string, beats: number) => ({ id, beats: `${beats}`, leaseMs: 1_000 })

test("a worker is overdue when its beats have stood still for as long as its lease", () => {
  const others = new OtherWorkers()
  others.observe([worker("1", 5), worker("2", 5)], 100)
  others.observe([worker("1", 5), worker("2", 6)], 1_050)
  expect(others.dueMs).toBe(1_100)
  expect(others.overdue(1_099)).toEqual([])
  expect(others.overdue(1_100)).toMatchObject([{ id: "1", beats: "5" }])
})

test("after an outage of the database all workers get the time of their lease again", () => {
  const others = new OtherWorkers()
  others.observe([worker("1", 5)], 100)
  others.forget()
  expect(others.dueMs).toBe(Infinity)
  others.observe([worker("1", 5)], 5_000)
  expect(others.overdue(5_999)).toEqual([])
  expect(others.overdue(6_000)).toHaveLength(1)
})

test("a worker that has left is no longer observed", () => {
  const others = new OtherWorkers()
  others.observe([worker("1", 5)], 100)
  others.observe([], 200)
  expect(others.overdue(9_999)).toEqual([])
})
