import { expect, test } from "vitest"
import { ConnectionGrowth } from "../../src/delivery/connection-growth.js"

/** Opens the connections that are due at each time. Returns their total number. */
function opened(growth: ConnectionGrowth, subQueues: number, times: Iterable<number>): number {
  let count = 0
  for (const now of times) growth.open({ subQueues, connections: 0, now }, () => (count += 1))
  return count
}

function* every(stepMs: number, from: number, to: number): Generator<number> {
  for (let now = from; now < to; now += stepMs) yield now
}

test("a new webhook opens one connection although no update waits; a restored webhook opens none", () => {
  const fresh = new ConnectionGrowth({ maxConnections: 40 })
  expect(opened(fresh, 0, [0])).toBe(1)
  expect(opened(fresh, 0, [2000, 4000])).toBe(0)
  const restored = new ConnectionGrowth({ maxConnections: 40, hasConnected: true })
  expect(opened(restored, 0, [0])).toBe(0)
})

test("a server that goes away after a 2xx is tried 10 times at once and 20 times per second for 10 s", () => {
  const growth = new ConnectionGrowth({ maxConnections: 40 })
  growth.succeeded(0)
  expect(
    opened(
      growth,
      40,
      Array.from({ length: 15 }, () => 500),
    ),
  ).toBe(10)
  expect(opened(growth, 0, every(5, 505, 1300))).toBe(15)
  expect(opened(growth, 0, every(5, 1300, 10_001))).toBe(175)
  expect(opened(growth, 0, every(5, 10_005, 20_000))).toBe(0)
})

test("without a recent 2xx there is one attempt every two seconds while an update waits", () => {
  const growth = new ConnectionGrowth({ maxConnections: 40 })
  expect(opened(growth, 30, every(10, 0, 10_000))).toBe(5)
})

test("the growth returns the time of its next attempt", () => {
  const growth = new ConnectionGrowth({ maxConnections: 40 })
  const demand = { subQueues: 5, connections: 0, now: 0 }
  expect(growth.open(demand, () => {})).toBeUndefined()
  expect(growth.open({ ...demand, now: 100 }, () => {})).toBe(2000)
  growth.succeeded(100)
  expect(growth.open({ ...demand, subQueues: 20, now: 100 }, () => {})).toBe(150)
})

test("the number of connections never exceeds the maximum", () => {
  const growth = new ConnectionGrowth({ maxConnections: 3, hasConnected: true })
  growth.succeeded(0)
  expect(opened(growth, 100, [0])).toBe(3)
})
