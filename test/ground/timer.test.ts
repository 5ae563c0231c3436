import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { idleTimer, longestTimerMs, Timer } from "../../src/ground/timer.js"

describe("a timer", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test("fires once, when its time is over", () => {
    const ring = vi.fn()
    const timer = new Timer(ring, 20)
    vi.advanceTimersByTime(19)
    expect(ring).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(ring).toHaveBeenCalledOnce()
    timer.stop()
  })

  test("does not fire after a stop", () => {
    const ring = vi.fn()
    new Timer(ring, 20).stop()
    vi.advanceTimersByTime(1_000)
    expect(ring).not.toHaveBeenCalled()
  })

  test("lasts the given time, also beyond the maximum of setTimeout", () => {
    const ring = vi.fn()
    const timer = new Timer(ring, longestTimerMs + 1_000)
    vi.advanceTimersByTime(longestTimerMs + 999)
    expect(ring).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(ring).toHaveBeenCalledOnce()
    timer.stop()
  })

  test("with an infinite time never fires", () => {
    const timer = new Timer(() => {}, Infinity)
    expect(vi.getTimerCount()).toBe(0)
    timer.stop()
  })
})

test("an idle timer does not keep the process alive, other timers do", () => {
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length
  const before = timers()
  const idle = idleTimer(() => {}, 60_000)
  expect(timers()).toBe(before)
  const other = new Timer(() => {}, 60_000)
  expect(timers()).toBe(before + 1)
  idle.stop()
  other.stop()
})
