import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { namedBot } from "../../support/updates.js"
import { textIn } from "../../support/dispatched.js"

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
afterEach(() => void vi.useRealTimers())

/** Starts a dispatcher with a concurrency of two, whose handlers run until they are released. */
async function standing(updates: number) {
  const [bot, queue, logger] = [
    namedBot(),
    new MemoryQueue({ holdMs: 600_000 }),
    new RecordingLogger(),
  ]
  const dispatcher = new Dispatcher({ bot, queue, logger, concurrency: 2 })
  const running: (() => void)[] = []
  dispatcher.use(() => new Promise<void>((resolve) => running.push(resolve)))
  dispatcher.start()
  for (let chat = 1; chat <= updates; chat++)
    void queue.put({ botId: bot.id, update: textIn(chat) }).catch(() => {})
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  await settle()
  const stop = async () => {
    const stopped = dispatcher.stop({ deadlineMs: 0 })
    await vi.advanceTimersByTimeAsync(1_000)
    await stopped
  }
  return { logger, running, settle, stop }
}

test("a full concurrency limit without an ended handler is logged after 10 s, then every minute", async () => {
  const { logger, stop } = await standing(4)
  await vi.advanceTimersByTimeAsync(9_900)
  expect(logger.errors).toEqual([])
  await vi.advanceTimersByTimeAsync(200)
  expect(logger.errors).toEqual([
    expect.stringMatching(
      /^The limit of 2 concurrent updates is reached, and no handler has ended for 10 s, for example the handler of update \d+ in lane \d+: all other updates wait\. Set `handlerTimeoutMs`, or raise `concurrency`$/,
    ),
  ])
  await vi.advanceTimersByTimeAsync(59_000)
  expect(logger.errors).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(logger.errors).toHaveLength(2)
  await stop()
})

test("nothing is logged if handlers end, or a place is free", async () => {
  const busy = await standing(6)
  for (let round = 0; round < 4; round++) {
    await vi.advanceTimersByTimeAsync(6_000)
    busy.running.shift()?.()
    await busy.settle()
  }
  expect(busy.logger.errors).toEqual([])
  await busy.stop()
  const free = await standing(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(free.logger.errors).toEqual([])
  await free.stop()
})
