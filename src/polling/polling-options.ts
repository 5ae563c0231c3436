import type { CallOptions } from "../bot/bot-options.js"
import { expectDurationMs, expectInteger, unexpectedOption } from "../ground/expect-option.js"
import type { StandbyLock } from "../ground/standby-lock.js"
import { type Logger, guardedLogger, withFields } from "../ground/logger.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { UpdateType } from "../telegram/api.js"

/** What polling needs of a bot. A `Bot` fits. */
export interface PollingBot {
  /** The number in front of the token's colon. */
  readonly id: number
  /** Calls a Bot API method. */
  call<T>(method: string, params?: object, options?: CallOptions): Promise<T>
}

/** How updates are polled. */
export interface PollingOptions {
  /** Whose updates are fetched. */
  readonly bot: PollingBot
  /** Where they go. */
  readonly queue: UpdateQueue
  /** Where setbacks are told. `console`, warnings and errors only, by default. */
  readonly logger?: Logger
  /**
   * How long Telegram waits for an update before it answers with none, in seconds, from 0 to 50.
   * 30 by default. While an update holds back the offset, Telegram is asked not to wait.
   */
  readonly timeout?: number
  /** How many new updates one call fetches at most, from 1 to 100. 100 by default. */
  readonly limit?: number
  /**
   * The kinds of update that Telegram sends, from now on; an empty array means all but the opt-in
   * ones. A function is asked before each call. What was set the last time stays in force by
   * default.
   */
  readonly allowedUpdates?: readonly UpdateType[] | (() => readonly UpdateType[])
  /** Whether Telegram forgets what waits at the start. `false` by default. */
  readonly dropPendingUpdates?: boolean
  /**
   * How often the start is tried again when Telegram cannot be reached or has a fault of its own.
   * 0 by default; -1 for ever.
   */
  readonly bootstrapRetries?: number
  /**
   * Whether Telegram may forget the oldest unfinished updates when more wait than it shows, which is
   * 100 counted from the oldest: then no chat waits for the slowest, and a crash loses those that a
   * queue without a store had in hand. With `false` it never may, and at most 100 are in hand. `true`
   * by default.
   */
  readonly acknowledgeEarly?: boolean
  /** How much longer than `timeout` an answer may take, in milliseconds. 10,000 by default. */
  readonly answerWithinMs?: number
  /**
   * What decides which of several processes polls, as `PostgresLock` of `sounder/postgres`: the
   * others stand by and take over when that one stops or dies. Without it a process that finds
   * another polling stands by as well, and the two may disturb each other at a change.
   */
  readonly standby?: StandbyLock
  /** An abort during the start ends it: `Polling.start` rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Options with every default filled in. */
export type PollingSettings = Required<
  Omit<PollingOptions, "allowedUpdates" | "signal" | "standby">
> &
  Pick<PollingOptions, "allowedUpdates" | "signal" | "standby">

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for an option that is not what it has to be
 */
export function pollingSettings(options: PollingOptions): PollingSettings {
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
  expectKinds(settings.allowedUpdates)
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
      "Expected no `dropPendingUpdates` beside `standby`: it would drop what another process is about to fetch.",
    )
  }
}

function expectKinds(kinds: unknown): void {
  if (kinds === undefined || typeof kinds === "function") return
  const areTexts = Array.isArray(kinds) && kinds.every((kind) => typeof kind === "string")
  if (!areTexts) unexpectedOption("allowedUpdates", "an array of update types", kinds)
}
