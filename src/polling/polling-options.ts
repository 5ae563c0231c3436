import type { CallOptions } from "../bot/bot-options.js"
import {
  expectDurationMs,
  expectInteger,
  expectOptionsObject,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import type { StandbyLock } from "../ground/standby-lock.js"
import { type Logger, withFields } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { expectQueue } from "../queue/expect-queue.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { UpdateType } from "../telegram/api.js"

/** The part of a `Bot` that polling needs. */
export interface PollingBot {
  /** The number in front of the colon of the token. */
  readonly id: number
  /** Calls a Bot API method. */
  call<T>(method: string, params?: object, options?: CallOptions): Promise<T>
}

/** Options of {@link Polling.start}. */
export interface PollingOptions {
  /** The bot whose updates are fetched. */
  readonly bot: PollingBot
  /** The queue that the updates are put into. */
  readonly queue: UpdateQueue
  /** The destination of log lines. Default: `console`, warnings and errors only. */
  readonly logger?: Logger
  /**
   * The time in seconds for which Telegram keeps a call open until an update arrives, 0 to 50.
   * Telegram keeps a call open only if no unacknowledged update is left. Default: 30.
   */
  readonly timeout?: number
  /** The maximum number of new updates per call, 1 to 100. Default: 100. */
  readonly limit?: number
  /**
   * The update types that Telegram sends from now on; an empty array stands for all types except those that a
   * bot must request by name, such as `chat_member`. A function that returns the types runs before each
   * `getUpdates`. Default: the types that the handlers of the `Updater` or `Fleet` need; without an `Updater`
   * or `Fleet`, Telegram keeps the types of the last call.
   */
  readonly allowedUpdates?: readonly UpdateType[] | (() => readonly UpdateType[])
  /** Drops the updates pending at Telegram. Default: `false`. */
  readonly dropPendingUpdates?: boolean
  /**
   * The number of retries of the start if Telegram is unreachable or failing; -1 for no limit.
   * Default: 0.
   */
  readonly bootstrapRetries?: number
  /**
   * Whether to acknowledge the oldest unfinished updates when more than 100 are pending, because `getUpdates`
   * returns only the 100 oldest unacknowledged ones. With `true`, slow chats do not block other chats, but
   * with a queue in memory a crash loses the updates acknowledged in this way. With `false`, Telegram keeps
   * all unfinished updates, and sends none beyond these 100. Default: `true`.
   */
  readonly acknowledgeEarly?: boolean
  /**
   * The time in milliseconds by which an answer may exceed `timeout`. A call without an answer in this time
   * has failed, and polling retries. Default: 10,000.
   */
  readonly answerWithinMs?: number
  /**
   * A lock that decides which of several processes polls, such as `PostgresLock` of
   * `sounder/postgres`: the other processes stand by, and take over when the poller stops or dies.
   * Without a lock a process also stands by while another one polls, but the two may interrupt each
   * other's calls when one takes over.
   */
  readonly standby?: StandbyLock
  /**
   * An abort during the start ends the start: `Polling.start` rejects with the signal's reason. An abort
   * after the start has no effect.
   */
  readonly signal?: AbortSignal
}

/** The names of the options of polling. */
export const pollingOptionNames: OptionNames<PollingOptions> = {
  bot: true,
  queue: true,
  logger: true,
  timeout: true,
  limit: true,
  allowedUpdates: true,
  dropPendingUpdates: true,
  bootstrapRetries: true,
  acknowledgeEarly: true,
  answerWithinMs: true,
  standby: true,
  signal: true,
}

/** Options of `startPolling` of an `Updater` and a `Fleet`. */
export type StartPollingOptions = Omit<PollingOptions, "bot" | "queue" | "logger" | "signal">

/** Checked options of polling, with their defaults. */
export type PollingSettings = Required<
  Omit<PollingOptions, "allowedUpdates" | "signal" | "standby">
> &
  Pick<PollingOptions, "allowedUpdates" | "signal" | "standby">

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for an invalid option
 */
export function pollingSettings(options: PollingOptions): PollingSettings {
  expectOptionsObject(options, "Polling.start({ bot, queue })", pollingOptionNames)
  expectQueue(options.queue, ["put"])
  const settings = {
    ...options,
    logger: withFields(guardedLogger(options.logger), { botId: options.bot.id }),
    timeout: options.timeout ?? 30,
    limit: options.limit ?? 100,
    dropPendingUpdates: options.dropPendingUpdates ?? false,
    bootstrapRetries: options.bootstrapRetries ?? 0,
    acknowledgeEarly: options.acknowledgeEarly ?? true,
    answerWithinMs: options.answerWithinMs ?? 10_000,
  }
  expectInteger("timeout", settings.timeout, 0, 50)
  expectInteger("limit", settings.limit, 1, 100)
  expectInteger("bootstrapRetries", settings.bootstrapRetries, -1, Number.MAX_SAFE_INTEGER)
  expectDurationMs("answerWithinMs", settings.answerWithinMs)
  for (const name of ["dropPendingUpdates", "acknowledgeEarly"] as const) {
    if (typeof settings[name] !== "boolean") unexpectedOption(name, "a boolean", settings[name])
  }
  expectUpdateTypes(settings.allowedUpdates)
  expectStandby(settings)
  return settings
}

function expectStandby({ standby, dropPendingUpdates }: PollingSettings): void {
  if (standby === undefined) return
  if (typeof standby?.acquire !== "function") {
    unexpectedOption("standby", "a lock with a method `acquire`", standby)
  }
  if (dropPendingUpdates) {
    throw new TypeError(
      "Expected no `dropPendingUpdates` together with `standby`: it would drop updates that another process is about to fetch.",
    )
  }
}

/**
 * Returns the update types of the next call.
 *
 * @throws TypeError if the function `allowedUpdates` does not return an array of update types
 */
export function updateTypesOf({
  allowedUpdates,
}: PollingSettings): readonly UpdateType[] | undefined {
  if (typeof allowedUpdates !== "function") return allowedUpdates
  const types: unknown = allowedUpdates()
  // The function may have returned a promise, whose unhandled rejection would end the process.
  if (!Array.isArray(types)) void Promise.resolve(types).catch(() => {})
  expectUpdateTypes(types)
  return types as readonly UpdateType[] | undefined
}

function expectUpdateTypes(types: unknown): void {
  if (types === undefined || typeof types === "function") return
  const areStrings = Array.isArray(types) && types.every((type) => typeof type === "string")
  if (!areStrings) unexpectedOption("allowedUpdates", "an array of update types", types)
}
