import { getEventListeners } from "node:events"
import { describe, expect, test } from "vitest"
import { sleep } from "../../src/ground/sleep.js"

describe("a wait", () => {
  test("resolves when its time is over", async () => {
    const before = performance.now()
    await sleep(50)
    expect(performance.now() - before).toBeGreaterThanOrEqual(49)
  })

  test("rejects with the signal's reason as soon as the signal aborts", async () => {
    const abort = new AbortController()
    const reason = new Error("enough")
    const before = performance.now()
    const waiting = sleep(10_000, abort.signal)
    abort.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(performance.now() - before).toBeLessThan(8_000)
  })

  test("rejects at once when the signal had aborted before", async () => {
    const reason = new Error("too late")
    await expect(sleep(10_000, AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  test("leaves no listener on the signal, however it ends", async () => {
    const abort = new AbortController()
    await Promise.all(Array.from({ length: 20 }, () => sleep(1, abort.signal)))
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(0)
    const waiting = sleep(10_000, abort.signal)
    abort.abort()
    await expect(waiting).rejects.toThrow()
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(0)
  })

  test("lasts the given time, also beyond the maximum of setTimeout", async () => {
    const abort = new AbortController()
    const waiting = sleep(2 ** 31 + 1000, abort.signal)
    let isOver = false
    void waiting.then(
      () => (isOver = true),
      () => {},
    )
    await sleep(30)
    expect(isOver).toBe(false)
    abort.abort(new Error("enough"))
    await expect(waiting).rejects.toThrow("enough")
  })
})
