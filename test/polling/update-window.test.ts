import { describe, expect, onTestFinished, test } from "vitest"
import { pollingAcknowledgedEarly } from "../../src/events/index.js"
import { type Context, Dispatcher } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/memory/memory-queue.js"
import type { Delivery } from "../../src/queue/update-queue.js"
import { untilTrue } from "../support/waiting.js"
import { stage } from "./stage.js"

/** Takes all updates, and ends only those for which `isQuick` is true. */
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

test.each(["a function", "an async function"])(
  "updates whose handler, %s, ends immediately are acknowledged by the next call, none early",
  async (kind) => {
    const { telegram, logger, start, newBot, begun } = await stage()
    await using queue = new MemoryQueue()
    const bot = newBot()
    const dispatcher = new Dispatcher({ bot, queue, logger })
    onTestFinished(async () => void (await dispatcher.stop()))
    const handled: number[] = []
    const handle = (ctx: Context) => void handled.push(ctx.update.update_id)
    dispatcher.use(kind === "a function" ? handle : async (ctx) => handle(ctx))
    dispatcher.start()
    onTestFinished(pollingAcknowledgedEarly.subscribe(() => handled.push(-1)))
    const ids = Array.from({ length: 250 }, () => telegram.send(slowChat))
    await start({ bot, queue })
    await untilTrue(() => begun("getUpdates").length === 4)
    expect(handled).toEqual(ids)
    const offsets = begun("getUpdates").map(({ params }) => params.offset)
    expect(offsets).toEqual([undefined, ids[100], ids[200], Number(ids[249]) + 1])
    expect(begun("getWebhookInfo")).toHaveLength(1)
  },
)

const slowChat = 1
const otherChat = 2

describe("more unfinished updates than Telegram returns", () => {
  test("delay no other chat: the oldest are acknowledged, as few as necessary", async () => {
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
    // 21 did not fit: a crash would lose these, and no others.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(21)
    await untilTrue(() => telegram.ids.length === 100)
    expect(telegram.ids[0]).toBe(121)
    expect(logger.at("warn")).toEqual([
      expect.stringMatching(/a crash would lose them.*new SqliteQueue.*acknowledgeEarly: false/),
    ])
  })

  test.each([1, 99, 100])("%i stay at Telegram", async (number) => {
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

  test.each(strict)("stay at Telegram at any cost if %s", async (_name, options, holdMs) => {
    const { telegram, start } = await stage()
    await using queue = new MemoryQueue({ holdMs })
    const { began } = await working(queue, (chat) => chat === otherChat)
    for (let count = 0; count < 120; count += 1) telegram.send(slowChat)
    telegram.send(otherChat)
    await start({ queue, ...options })
    await telegram.untilCalled("getUpdates", 6)
    expect(telegram.ids).toHaveLength(121)
    expect(began).toEqual([100])
  })

  test("stay at Telegram while no worker is idle", async () => {
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

  test("stay at Telegram if it does not report the number of waiting updates", async () => {
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

  test("a backlog of thousands is handled, each chat in order and none twice", async () => {
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
