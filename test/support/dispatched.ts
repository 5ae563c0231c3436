import { afterEach, beforeEach } from "vitest"
import { Dispatcher, type DispatcherOptions } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import type { Update } from "../../src/telegram/types.js"
import { namedBot, textUpdate } from "./updates.js"
import { RecordingLogger } from "./recording-logger.js"

const bot = namedBot()

/** A dispatcher with a queue, new for each test. */
export interface Dispatched {
  queue: MemoryQueue
  dispatcher: Dispatcher
  readonly logger: RecordingLogger
  /** Returns another dispatcher of the present queue. */
  dispatcherWith(options: Partial<DispatcherOptions>): Dispatcher
  /** Puts an update into the present queue. */
  put(update: Update): Promise<void>
}

/** Creates a dispatcher before each test of a file, and stops it after the test. */
export function dispatchedEach(): Dispatched {
  const make = (): Dispatched => {
    const [queue, logger] = [new MemoryQueue(), new RecordingLogger()]
    const dispatcherWith = (options: Partial<DispatcherOptions>) =>
      new Dispatcher({ bot, queue: dispatched.queue, logger, ...options })
    const put = (update: Update) => dispatched.queue.put({ botId: bot.id, update })
    return {
      queue,
      logger,
      dispatcher: new Dispatcher({ bot, queue, logger }),
      dispatcherWith,
      put,
    }
  }
  const dispatched = make()
  beforeEach(() => void Object.assign(dispatched, make()))
  afterEach(async () => {
    await dispatched.dispatcher.stop({ deadlineMs: 0 })
    await dispatched.queue[Symbol.asyncDispose]()
  })
  return dispatched
}

/** A text in a chat of its own. */
export function textIn(chat: number, text = "x"): Update {
  return textUpdate(text, { chat: { id: chat, type: "private", first_name: "A" } })
}

/** The name of an update in a verdict. */
export function reference(update: Update) {
  return { botId: bot.id, updateId: update.update_id }
}
