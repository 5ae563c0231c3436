import { onTestFinished, test, vi, expect, describe } from "vitest"
import { refusal } from "../support/polled-telegram.js"
import { untilTrue } from "../support/waiting.js"
import { stage } from "./stage.js"

/** Sets the wall clock; timers and the monotonic clock are unaffected. */
function setClock(hours: number): void {
  const real = Date.now
  const spy = vi.spyOn(Date, "now").mockImplementation(() => real() + hours * 3_600_000)
  onTestFinished(() => spy.mockRestore())
}

describe.each([-1, 1])("setting the clock by %i h", (hours) => {
  test("delays no poll during or after the handling of an update", async () => {
    const { telegram, queue, start } = await stage((id) => (id === 100 ? "wait" : "accept"))
    telegram.send()
    await start()
    await queue.untilPut(1)
    setClock(hours)
    const before = performance.now()
    telegram.send()
    await queue.untilPut(2)
    ;(await queue.of(100)).resolve()
    await untilTrue(() => telegram.ids.length === 0)
    expect(performance.now() - before).toBeLessThan(15_000)
  })

  test("neither shortens nor prolongs a wait after a failure", async () => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    await start()
    await telegram.untilLongPolled()
    telegram.fail("getUpdates", refusal(429, "Too Many Requests", { retry_after: 1 }))
    const before = performance.now()
    telegram.send()
    await untilTrue(() => logger.at("warn").length === 1)
    setClock(hours)
    telegram.send()
    await queue.untilPut(2)
    expect(performance.now() - before).toBeGreaterThan(990)
    expect(performance.now() - before).toBeLessThan(15_000)
  })

  test("neither shortens nor prolongs the waits of a start", async () => {
    const { telegram, start } = await stage(() => "accept")
    telegram.fail("getWebhookInfo", refusal(429, "Too Many Requests", { retry_after: 1 }))
    const before = performance.now()
    const starting = start({ bootstrapRetries: 1 })
    await telegram.untilCalled("getWebhookInfo", 1)
    setClock(hours)
    await starting
    expect(performance.now() - before).toBeGreaterThan(990)
    expect(performance.now() - before).toBeLessThan(15_000)
  })
})
