import type { Bot } from "../bot/index.js"
import type { OptionNames } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { StaleRule } from "./context/stale-updates.js"
import type { Attempts } from "./handlers/failure-rule.js"

/** Options of a {@link Dispatcher}. */
export interface DispatcherOptions {
  /**
   * The bot that received the updates; `ctx.bot` in handlers. For several bots, a function that returns a bot
   * by its id. An update of an unknown bot then waits for its bot for up to a day.
   */
  readonly bot: Bot | BotSource
  /** The queue to take updates from. Without it only {@link Dispatcher.process} dispatches updates. */
  readonly queue?: UpdateQueue
  /** The maximum number of updates of the queue that are handled at once. Default: 256. */
  readonly concurrency?: number
  /**
   * The time limit of all handlers of one update together, in milliseconds. When it is exceeded,
   * `ctx.signal` aborts and the error handlers get a `HandlerTimeout`. The next update of the lane starts
   * when the handler has ended, or 5 seconds after the limit if it still runs. Default: no limit.
   */
  readonly handlerTimeoutMs?: number
  /**
   * The rule for retries, as in `attempts: { max: 5 }`. An update whose handler throws or exceeds its
   * time limit is handled again, from its first handler on, before later updates of its lane; after its
   * last attempt it is set aside. Default: no retries, the error handlers run and the update is done.
   *
   * With or without this option, an update whose attempts all ended with a crash of the process is set
   * aside after `max` of them (default: 5), because it may be the cause of the crashes.
   */
  readonly attempts?: Attempts
  /**
   * The rule for updates that waited so long that Telegram no longer accepts an answer: a pre-checkout query
   * after 10 s, a query from a widget after 15 s, an inline query after 30 s, a press of a button or a
   * shipping query after 150 s. Values: `"drop"`, `"handle"`, or a function that returns either. Applies to
   * first attempts only. Default: `"drop"`.
   */
  readonly stale?: StaleRule
  /**
   * Whether the dispatcher answers a press of a button that no handler has answered. The answer follows the
   * end of the handlers, even after an error, and removes the progress bar from the button. A press that
   * reaches no handler is answered with the text "This button is too old", or by the handlers of
   * {@link Dispatcher.invalidCallbackData}. A press that a middleware has handled is not answered. Default:
   * `true`.
   */
  readonly autoAnswer?: boolean | undefined
  /** The logger of errors that reach no error handler, and of `advice`. Default: `console`. */
  readonly logger?: Logger
  /**
   * Logs mistakes of the program, each once and with the line of the handler: a press of a button without an
   * answer (if `autoAnswer` is off), a handler that no update can reach, a handler of an update type that
   * `allowedUpdates` excludes, and a handler that awaits a later message of its own chat. Default: `true` in
   * development, where `NODE_ENV` is neither `production` nor `test`.
   *
   * @see docs/decisions/0042-advice.md
   */
  readonly advice?: boolean | undefined
}

/** The names of the options that an `Updater` and a `Fleet` pass on to their dispatcher. */
export const handlingOptionNames = {
  advice: true,
  attempts: true,
  autoAnswer: true,
  concurrency: true,
  handlerTimeoutMs: true,
  stale: true,
} as const

/** The names of the options of a dispatcher. */
export const dispatcherOptionNames: OptionNames<DispatcherOptions> = {
  ...handlingOptionNames,
  bot: true,
  queue: true,
  logger: true,
}

/**
 * A function that returns a bot by its id, `undefined` if the id is unknown, or `"removed"` if the updates of the bot
 * are to be dropped. It is called once for each update.
 */
export type BotSource = (botId: number) => Bot | "removed" | undefined
