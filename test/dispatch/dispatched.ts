import { afterEach, beforeEach } from "vitest"
import { Dispatcher, type DispatcherOptions } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import type { Update } from "../../src/telegram/types.js"
import { namedBot, textUpdate } from "../support/updates.js"
import { RecordingLogger } from "../support/recording-logger.js"

const bot = namedBot()

/** A dispatcher with a queue, anew for each test. */
export interface Dispatched {
  queue: MemoryQueue
  dispatcher: Dispatcher
  readonly logger: RecordingLogger
  /** Another dispatcher of the queue that is there then. */
  dispatcherWith(options: Partial<DispatcherOptions>): Dispatcher
  /** Puts an update into the queue that is there then. */
  put(update: Update): Promise<void>
}

/** Makes them before each test of a file, and stops them after it. */
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
