import { afterEach, beforeEach, vi } from "vitest"

/** Stops the clock of this process during each test of a file. Only {@link pass} moves it. */
export function stopClockEach(start = "2027-03-01T00:00:00Z"): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] })
    vi.setSystemTime(start)
  })
  afterEach(() => void vi.useRealTimers())
}

/**
 * Advances the clock, and lets the handlers of due updates run.
 *
 * @param stepMs the longest time after which the handlers run, in milliseconds. Default: all at once.
 */
export async function pass(ms: number, stepMs = Infinity): Promise<void> {
  for (let left = ms; left >= 0; left -= stepMs) {
    await vi.advanceTimersByTimeAsync(Math.min(left, stepMs))
    await settle()
  }
}

/** Lets the handlers run that wait for nothing but their turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
}
