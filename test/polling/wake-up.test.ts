import { describe, expect, test } from "vitest"
import { WakeUp } from "../../src/polling/wake-up.js"

const never = new AbortController().signal

describe("a wait", () => {
  test("ends when its time is over", async () => {
    const before = performance.now()
    await new WakeUp().wait(50, never)
    expect(performance.now() - before).toBeGreaterThanOrEqual(49)
  })

  test("is ended by a ring", async () => {
    const wakeUp = new WakeUp()
    const before = performance.now()
    const waiting = wakeUp.wait(10_000, never)
    wakeUp.ring()
    await waiting
    expect(performance.now() - before).toBeLessThan(8_000)
  })

  test("is ended by an abort, and does not begin after one", async () => {
    const abort = new AbortController()
    const wakeUp = new WakeUp()
    const waiting = wakeUp.wait(10_000, abort.signal)
    abort.abort()
    await waiting
    await wakeUp.wait(10_000, abort.signal)
    expect(abort.signal.aborted).toBe(true)
  })

  test("is not ended by a ring before it", async () => {
    const wakeUp = new WakeUp()
    wakeUp.ring()
    const before = performance.now()
    await wakeUp.wait(50, never)
    expect(performance.now() - before).toBeGreaterThanOrEqual(49)
  })
})
