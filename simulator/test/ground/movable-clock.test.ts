import { expect, test } from "vitest"
import { MovableClock } from "../../src/index.js"

test("timers fire in order, each at its time, and only when the clock is moved", async () => {
  const clock = new MovableClock({ start: 1_000_000 })
  const seen: [string, number][] = []
  const note = (name: string) => () => void seen.push([name, clock.now() - 1_000_000])
  clock.setTimeout(note("late"), 5000)
  clock.setTimeout(note("early"), 10)
  clock.setTimeout(note("also early"), 10)
  clock.setTimeout(note("never"), 20).cancel()
  await clock.advance(9)
  expect(seen).toEqual([])
  await clock.advance(86_400_000)
  expect(seen).toEqual([
    ["early", 10],
    ["also early", 10],
    ["late", 5000],
  ])
  expect(clock.now()).toBe(1_000_000 + 86_400_009)
})

test("a timer set by another timer fires in the same move, if it is due", async () => {
  const clock = new MovableClock()
  let rounds = 0
  const again = () => {
    rounds += 1
    clock.setTimeout(again, 1000)
  }
  clock.setTimeout(again, 1000)
  await clock.advance(10_000)
  expect(rounds).toBe(10)
})

test("the clock waits for running work, but not longer than its grace period", async () => {
  const clock = new MovableClock({ graceMs: 40 })
  let isBusy = true
  const unwatch = clock.watch(() => isBusy)
  const before = performance.now()
  await clock.advance(0)
  expect(performance.now() - before).toBeGreaterThanOrEqual(39)
  setTimeout(() => (isBusy = false), 5)
  const again = performance.now()
  await clock.advance(0)
  expect(performance.now() - again).toBeLessThan(39)
  isBusy = true
  unwatch()
  const last = performance.now()
  await clock.advance(0)
  expect(performance.now() - last).toBeLessThan(30)
})
