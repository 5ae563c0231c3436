import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { updatePut } from "../../../src/events/index.js"
import { MemoryQueue, type MemoryQueueOptions } from "../../../src/queue/index.js"
import type { Update } from "../../../src/telegram/types.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { group, namedBot, textUpdate } from "../../support/updates.js"
import { textIn } from "../../support/dispatched.js"

beforeEach(() => {
  vi.stubEnv("NODE_ENV", "development")
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  expect(updatePut.hasSubscribers).toBe(false)
})

/** Runs a handler that awaits the next message of its chat; `later` arrives after 5 s. Returns the log. */
async function logFor(
  later: Update,
  { first = textIn(1), lane }: { first?: Update } & Pick<MemoryQueueOptions, "lane"> = {},
): Promise<string[]> {
  const [bot, logger] = [namedBot(), new RecordingLogger()]
  const queue = new MemoryQueue({ holdMs: 600_000, ...(lane && { lane }) })
  const dispatcher = new Dispatcher({ bot, queue, logger })
  const ends: (() => void)[] = []
  dispatcher.message(() => new Promise<void>((resolve) => ends.push(resolve)))
  dispatcher.start()
  const put = (update: Update) => void queue.put({ botId: bot.id, update }).catch(() => {})
  put(first)
  await vi.advanceTimersByTimeAsync(5_000)
  put(later)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(logger.lines).toEqual([])
  await vi.advanceTimersByTimeAsync(60_000)
  const stopped = dispatcher.stop({ deadlineMs: 0 })
  for (const end of ends) end()
  await vi.advanceTimersByTimeAsync(1_000)
  await stopped
  return logger.lines
}

test("a handler that awaits a later message of its own chat is reported once, with its line", async () => {
  expect(await logFor(textIn(1))).toEqual([
    expect.stringMatching(
      /^warn The handler at \S*lane-watch\.test\.ts:\d+:\d+ of update \d+ has been running for 10 s, and update \d+ of the same chat waits/,
    ),
  ])
})

test("a handler that awaits a message of another chat is not reported", async () => {
  expect(await logFor(textIn(2))).toEqual([])
})

/** A message in a topic of a forum. */
const inTopic = (thread: number) =>
  textUpdate("x", { chat: group, is_topic_message: true, message_thread_id: thread })

test("updates are compared by the lane rule of the queue", async () => {
  const [first, lane] = [inTopic(1), "topic"] as const
  expect(await logFor(inTopic(2), { first, lane })).toEqual([])
  expect(await logFor(inTopic(1), { first, lane })).toEqual([
    expect.stringContaining("of the same topic waits"),
  ])
})

test("a lane rule that is a function is not called for advice, and no advice is given", async () => {
  const lane = vi.fn(() => "all")
  expect(await logFor(textIn(2), { lane })).toEqual([])
  expect(lane).toHaveBeenCalledTimes(2)
  // This rule gives the first update the lane that `"chat"` would give it, and the second one another lane.
  const byText = ({ message }: Update) => (message?.text === "x" ? "1" : "other")
  expect(await logFor(textIn(1, "y"), { lane: byText })).toEqual([])
})

test("a repeated update that was already handled is no later message", async () => {
  const [bot, logger, queue] = [namedBot(), new RecordingLogger(), new MemoryQueue()]
  const dispatcher = new Dispatcher({ bot, queue, logger })
  const [handled, running] = [textIn(1), textIn(1)]
  let end = () => {}
  dispatcher.message(({ update }) =>
    update === handled ? undefined : new Promise<void>((resolve) => (end = resolve)),
  )
  dispatcher.start()
  await queue.put({ botId: bot.id, update: handled })
  const put = queue.put({ botId: bot.id, update: running })
  await vi.advanceTimersByTimeAsync(5_000)
  await queue.put({ botId: bot.id, update: handled })
  await vi.advanceTimersByTimeAsync(60_000)
  end()
  await put
  await vi.advanceTimersByTimeAsync(1_000)
  await dispatcher.stop()
  expect(logger.lines).toEqual([])
})
