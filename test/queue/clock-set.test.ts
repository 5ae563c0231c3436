import { expect, onTestFinished, test, vi } from "vitest"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { textUpdate } from "../support/updates.js"

const newPath = pathsIn(temporaryFolder())
const botId = 110
const signal = () => AbortSignal.timeout(30_000)

/** Sets the wall clock; timers and the steady clock go on. */
function setClock(hours: number): void {
  const real = Date.now
  const spy = vi.spyOn(Date, "now").mockImplementation(() => real() + hours * 3_600_000)
  onTestFinished(() => spy.mockRestore())
}

const queues: Readonly<Record<string, () => UpdateQueue>> = {
  MemoryQueue: () => new MemoryQueue({ holdMs: 60_000 }),
  SqliteQueue: () => new SqliteQueue({ path: newPath() }),
}

const cases = Object.keys(queues).flatMap((name) => [-1, 1].map((hours) => [name, hours] as const))

test.each(cases)(
  "in a %s a retry waits for its delay when the clock is set by %i h",
  async (name, hours) => {
    await using queue = queues[name]?.() ?? new MemoryQueue()
    void queue.put({ botId, update: textUpdate("a") }).catch(() => {})
    const first = await queue.take(signal())
    await first.retry({ delayMs: 300 })
    const before = performance.now()
    setClock(hours)
    const second = await queue.take(signal())
    expect(performance.now() - before).toBeGreaterThan(200)
    expect(performance.now() - before).toBeLessThan(20_000)
    expect(second.attempt).toBe(2)
    // The clock is set between a delivery and its end, too.
    await second.retry({ delayMs: 100 })
    const third = await queue.take(signal())
    expect(third.attempt).toBe(3)
    await third.done()
  },
)

test("a SqliteQueue opened after the clock was set forward waits for no earlier delay", async () => {
  const path = newPath()
  {
    await using queue = new SqliteQueue({ path })
    await queue.put({ botId, update: textUpdate("a") })
    await (await queue.take(signal())).retry({ delayMs: 1_800_000 })
  }
  setClock(1)
  await using queue = new SqliteQueue({ path })
  const again = await queue.take(signal())
  expect(again.attempt).toBe(2)
  await again.done()
})

test.each(Object.keys(queues))(
  "in a %s a timer is noticed within ten seconds after the clock was set past it",
  async (name) => {
    await using queue = queues[name]?.() ?? new MemoryQueue()
    const own = { name: "reminder", lane: "7" }
    const dueAt = Date.now() + 3_600_000
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    await queue.state?.write([{ kind: "put", botId, own, dueAt }])
    setClock(1)
    const taken = queue.take(signal())
    await vi.advanceTimersByTimeAsync(10_000)
    const delivery = await taken
    expect(delivery.update).toMatchObject({ own })
    await delivery.done()
  },
)
