import {
  expectInteger,
  unexpectedOption,
  type OptionNames,
  expectOptionsObject,
} from "../../ground/expect-option.js"
import type { Update } from "../../telegram/types.js"
import { updateChat, updateSenderChat, updateUser } from "../../telegram/update-facts.js"
import type { Context } from "../context/context.js"
import type { Middleware } from "./handler.js"
import { RecentTimes } from "./recent-times.js"

/** Options of {@link limit}. */
export interface LimitOptions {
  /** The number of updates with the same key that pass within `perMs`, at most 1,000. */
  readonly max: number
  /** The length of the time window, in milliseconds. */
  readonly perMs: number
  /**
   * The rule by which updates are counted together: `"user"` (a chat that writes in a group under its own
   * name counts as a user), `"chat"`, or a function that returns a key. An update without a key passes.
   * Default: `"user"`.
   */
  readonly key?: "user" | "chat" | ((ctx: Context) => number | string | undefined)
  /**
   * Called with the context of an update that does not pass, at most once for each key within `perMs`, so
   * that its answers do not become a flood. Default: none.
   */
  readonly exceeded?: (ctx: Context) => unknown
  /**
   * The maximum number of keys whose updates are counted. Beyond it, the key that was idle for the longest
   * time is forgotten. Default: 10,000.
   */
  readonly maxKeys?: number
}

const optionNames: OptionNames<LimitOptions> = {
  max: true,
  perMs: true,
  key: true,
  exceeded: true,
  maxKeys: true,
}

/**
 * Returns a middleware that limits the updates of each user or chat: within any `perMs`, at most `max` pass to
 * the handlers after it, and the others are done at once. Register it first, so that nothing is read for an
 * update that does not pass. The counts are in the memory of the process, and are not stored.
 *
 * Retries of an update pass uncounted, and so do events and jobs.
 *
 * @example
 * ```ts
 * import { limit, Updater } from "sounder"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * dispatcher.use(
 *   limit({ max: 5, perMs: 10_000, exceeded: (ctx) => ctx.reply("Slowly, please.") }),
 * )
 * ```
 * @throws TypeError for a wrong option
 */
export function limit(options: LimitOptions): Middleware {
  expectOptionsObject(options, "limit({ max, perMs })", optionNames)
  const { max, perMs, key = "user", exceeded, maxKeys = 10_000 } = options
  expectInteger("max", max, 1, 1_000)
  expectInteger("perMs", perMs, 1, Number.MAX_SAFE_INTEGER)
  expectInteger("maxKeys", maxKeys, 1, Number.MAX_SAFE_INTEGER)
  if (exceeded !== undefined && typeof exceeded !== "function") {
    unexpectedOption("exceeded", "a function", exceeded)
  }
  const keyOf = keyFunction(key)
  const passed = new RecentTimes({ max, perMs, maxKeys })
  const told = new RecentTimes({ max: 1, perMs, maxKeys })
  /** The updates that have passed: a conflict of writes calls the handlers of an update again. */
  const seen = new WeakSet<Update>()
  return (ctx, next) => {
    const { update, bot } = ctx
    const id = keyOf(ctx)
    if (id === undefined || ctx.attempt > 1 || seen.has(update)) return next()
    const text = `${bot.id} ${id}`
    if (passed.add(text)) {
      seen.add(update)
      return next()
    }
    return exceeded && told.add(text) ? exceeded(ctx) : undefined
  }
}

function keyFunction(key: LimitOptions["key"]): (ctx: Context) => number | string | undefined {
  if (typeof key === "function") return key
  if (key === "chat") return ({ update }) => updateChat(update)?.id
  if (key !== "user") unexpectedOption("key", '"user", "chat" or a function', key)
  // Telegram names one and the same user for all anonymous administrators and channels.
  return ({ update }) => (updateSenderChat(update) ?? updateUser(update))?.id
}
