import { describe, expect, onTestFinished, test } from "vitest"
import { pollingAcknowledgedEarly } from "../../src/events/index.js"
import { MemoryQueue } from "../../src/queue/memory/memory-queue.js"
import type { Delivery } from "../../src/queue/update-queue.js"
import { untilTrue } from "../support/waiting.js"
import { stage } from "./stage.js"

/** Takes everything, and ends only what `isQuick` says. */
async function working(queue: MemoryQueue, isQuick: (chat: number) => boolean) {
  const stop = new AbortController()
  const began: number[] = []
  const held: Delivery[] = []
  onTestFinished(() => stop.abort())
  const work = async () => {
    for (;;) {
      const delivery = await queue.take(stop.signal)
      began.push(delivery.update.update_id)
      if (isQuick(delivery.update.message?.chat.id ?? 0)) await delivery.done()
      else held.push(delivery)
    }
  }
  const workers = Array.from({ length: 4 }, () => work().catch(() => {}))
  return { began, held, stop, workers }
}

const slowChat = 1
const otherChat = 2

describe("more unfinished updates than Telegram shows", () => {
  test("delay no other chat: the oldest are acknowledged, as few as that needs", async () => {
    const { telegram, logger, start } = await stage()
    await using queue = new MemoryQueue({ holdMs: 600_000 })
    const { began } = await working(queue, (chat) => chat === otherChat)
    const counts: number[] = []
    onTestFinished(pollingAcknowledgedEarly.subscribe(({ count }) => counts.push(count)))
    for (let count = 0; count < 120; count += 1) telegram.send(slowChat)
    telegram.send(otherChat)
    const before = performance.now()
    await start({ queue })
    await untilTrue(() => began.includes(220))
    expect(performance.now() - before).toBeLessThan(15_000)
    // 21 did not fit: so many a crash would lose, and no more.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(21)
    await untilTrue(() => telegram.ids.length === 100)
    expect(telegram.ids[0]).toBe(121)
    expect(logger.at("warn")).toEqual([
      expect.stringMatching(/a crash would lose them.*new SqliteQueue.*acknowledgeEarly: false/),
    ])
  })

  test.each([1, 99, 100])("%i are kept by Telegram, every one", async (number) => {
    const { telegram, logger, start } = await stage()
    await using queue = new MemoryQueue({ holdMs: 600_000 })
    await working(queue, () => false)
    for (let count = 0; count < number; count += 1) telegram.send(slowChat)
    await start({ queue })
    await telegram.untilCalled("getUpdates", 6)
    expect(telegram.ids).toHaveLength(number)
    expect(logger.at("warn")).toEqual([])
  })

  const strict = [
    ["acknowledgeEarly is false", { acknowledgeEarly: false }, 60_000],
    ["the queue's hold is endless", {}, Infinity],
  ] as const

  test.each(strict)(
    "are kept by Telegram, whatever that costs, where %s",
    async (_name, options, holdMs) => {
      const { telegram, start } = await stage()
      await using queue = new MemoryQueue({ holdMs })
      const { began } = await working(queue, (chat) => chat === otherChat)
      for (let count = 0; count < 120; count += 1) telegram.send(slowChat)
      telegram.send(otherChat)
      await start({ queue, ...options })
      await telegram.untilCalled("getUpdates", 6)
      expect(telegram.ids).toHaveLength(121)
      expect(began).toEqual([100])
    },
  )

  test("are kept by Telegram while no worker waits for another", async () => {
    const { telegram, start } = await stage()
    await using queue = new MemoryQueue({ holdMs: 600_000 })
    for (let count = 0; count < 120; count += 1) telegram.send(count)
    await start({ queue })
    await telegram.untilCalled("getUpdates", 6)
    expect(telegram.ids).toHaveLength(120)
    const { began } = await working(queue, () => true)
    await untilTrue(() => began.length === 120)
    await untilTrue(() => telegram.ids.length === 0)
  })

  test("are kept by Telegram where it does not say how many wait", async () => {
    const { telegram, start } = await stage()
    await using queue = new MemoryQueue({ holdMs: 600_000 })
    await working(queue, () => false)
    for (let count = 0; count < 120; count += 1) telegram.send(slowChat)
    const polling = start({ queue })
    const cut = Array.from({ length: 50 }, () => "cut" as const)
    await polling
    telegram.fail("getWebhookInfo", ...cut)
    await telegram.untilCalled("getUpdates", 6)
    expect(telegram.ids.length).toBeGreaterThan(100)
  })

  test("a backlog of thousands passes, each chat in order and nothing twice", async () => {
    const { telegram, start } = await stage()
    await using queue = new MemoryQueue()
    const { began } = await working(queue, () => true)
    for (let count = 0; count < 3000; count += 1) telegram.send(count % 7)
    await start({ queue })
    await untilTrue(() => began.length === 3000)
    expect(new Set(began).size).toBe(3000)
    await untilTrue(() => telegram.ids.length === 0)
  })
})
