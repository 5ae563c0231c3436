import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { updatePut } from "../../../src/events/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { namedBot } from "../../support/updates.js"
import { textIn } from "../dispatched.js"

beforeEach(() => {
  vi.stubEnv("NODE_ENV", "development")
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  expect(updatePut.hasSubscribers).toBe(false)
})

/** A handler that awaits the next message of its chat, which comes to `chat` after 5 s. */
async function said(chat: number): Promise<string[]> {
  const [bot, logger] = [namedBot(), new RecordingLogger()]
  const queue = new MemoryQueue({ holdMs: 600_000 })
  const dispatcher = new Dispatcher({ bot, queue, logger })
  const ends: (() => void)[] = []
  dispatcher.message(() => new Promise<void>((resolve) => ends.push(resolve)))
  dispatcher.start()
  const put = (to: number) => void queue.put({ botId: bot.id, update: textIn(to) }).catch(() => {})
  put(1)
  await vi.advanceTimersByTimeAsync(5_000)
  put(chat)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(logger.lines).toEqual([])
  await vi.advanceTimersByTimeAsync(60_000)
  const stopped = dispatcher.stop({ deadlineMs: 0 })
  for (const end of ends) end()
  await vi.advanceTimersByTimeAsync(1_000)
  await stopped
  return logger.lines
}

test("a handler that awaits a later message of its own chat is told once, with its line", async () => {
  expect(await said(1)).toEqual([
    expect.stringMatching(
      /^warn The handler at \S*lane-watch\.test\.ts:\d+:\d+ of update \d+ has been running for 10 s, and update \d+ of the same chat waits/,
    ),
  ])
})

test("a message of another chat waits for nobody", async () => {
  expect(await said(2)).toEqual([])
})
