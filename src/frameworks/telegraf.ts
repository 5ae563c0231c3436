/**
 * Sounder under a bot written with Telegraf. The bot's handlers, scenes and calls stay unchanged.
 *
 * @module
 */
import type { Bot } from "../bot/index.js"
import { Backoff } from "../ground/backoff.js"
import { sleep } from "../ground/sleep.js"
import { Unauthorized } from "../telegram/errors.js"
import type { UserFromGetMe } from "../telegram/types.js"
import type { Updater } from "../updater.js"
import { HandledValues, handleUpdate } from "./handled-update.js"
import { createReceiver, type ReceiverOptions } from "./receiver-options.js"
import { replaceStart } from "./replace-start.js"

export type { ReceiverOptions } from "./receiver-options.js"

/** The members of Telegraf's `Telegraf` that Sounder uses. */
export interface TelegrafBot {
  /** The client for calls to Telegram, with the token and the URL of the Bot API server. */
  readonly telegram: { readonly token: string; readonly options: { readonly apiRoot: string } }
  /** The result of `getMe`. If it is missing, Telegraf calls `getMe` before its first update. */
  botInfo?: object | undefined
  /**
   * Runs the middleware for one update. Rejects if the function that was passed to `bot.catch` throws.
   */
  handleUpdate(update: never): Promise<void>
}

/**
 * Returns an {@link Updater} that receives the updates of a bot written with Telegraf, and passes each to
 * `bot.handleUpdate`. Start it in place of `bot.launch()`, which from now on rejects, or `bot.webhookCallback()`. The
 * method `bot.stop` of the bot stops the updater.
 *
 * An error of the middleware is passed to `bot.catch`. If that function returns, the update counts as
 * handled. If it throws, as Telegraf's default does, the update has failed: the error is logged, and the
 * update is retried if the `attempts` option is set.
 *
 * Set Telegraf's `handlerTimeout` (default: 90 seconds) to `Infinity`: it fails the update while the handler
 * still runs, and the next update of the chat starts. Use `handlerTimeoutMs` instead, which waits for the
 * handler after the abort for up to 5 seconds.
 *
 * @example
 * ```ts
 * import { Telegraf } from "telegraf"
 * import { receive } from "sounder/telegraf"
 * import { SqliteQueue } from "sounder/sqlite"
 *
 * const bot = new Telegraf(process.env.BOT_TOKEN ?? "", { handlerTimeout: Infinity })
 * bot.command("start", (ctx) => ctx.reply("Hello!"))
 *
 * await receive(bot, { queue: new SqliteQueue({ path: "updates.db" }) }).runPolling()
 * ```
 * @throws TypeError for a wrong option, and if `TELEGRAM_API_ROOT` is not the server that the bot calls
 */
export function receive(bot: TelegrafBot, options: ReceiverOptions = {}): Updater {
  const { token, options: clientOptions } = bot.telegram
  const updater = createReceiver(
    {
      token,
      apiRoot: clientOptions.apiRoot,
      apiRootExample:
        "new Telegraf(token, { telegram: { apiRoot: process.env.TELEGRAM_API_ROOT } })",
    },
    options,
  )
  // A `launch` that runs already waits for `getMe`, and calls the other two methods then.
  replaceStart(bot, updater, "launch", ["startPolling", "startWebhook"])
  updater.dispatcher.use(async (ctx) => {
    bot.botInfo ??= await fetchBotInfo(ctx.bot, ctx.signal)
    // Telegraf declares its own type of updates, which TypeScript does not match with Sounder's.
    await handleUpdate(ctx, () => bot.handleUpdate(ctx.update as never))
  })
  return updater
}

/** The store of a session of Telegraf: an `AsyncSessionStore`. */
export interface TelegrafStore<Session> {
  /** Resolves with a session; with `undefined` if there is none. */
  get(key: string): Promise<Session | undefined>
  /** Writes a session with the end of the update. Rejects for a value that JSON cannot represent. */
  set(key: string, session: Session): Promise<void>
  /** Deletes a session with the end of the update. */
  delete(key: string): Promise<void>
}

/**
 * Returns a store for the session of a bot that {@link receive} runs, in which its scenes are kept, too. The sessions
 * are kept in the queue, as JSON, and written with the end of the update: a handler that fails, or whose process dies,
 * has written nothing when the update is handled again.
 *
 * Its methods reject with a `TypeError` outside of the handlers of an update.
 *
 * @param name the name of the store, unique within the bot; it must not change
 * @throws TypeError for a wrong name
 * @example
 * ```ts
 * import { receive, store } from "sounder/telegraf"
 * import { SqliteQueue } from "sounder/sqlite"
 * import { type Context, session, Telegraf } from "telegraf"
 *
 * const bot = new Telegraf<Context & { session: { count: number } }>(process.env.BOT_TOKEN ?? "")
 * bot.use(session({ defaultSession: () => ({ count: 0 }), store: store<{ count: number }>("session") }))
 * bot.command("count", (ctx) => ctx.reply(`${++ctx.session.count}`))
 *
 * await receive(bot, { queue: new SqliteQueue({ path: "updates.db" }) }).runPolling()
 * ```
 */
export function store<Session>(name: string): TelegrafStore<Session> {
  const values = new HandledValues(name)
  return {
    // `set` has stored the session.
    get: (key) => values.get(key) as Promise<Session | undefined>,
    set: (key, session) => values.set(key, session),
    delete: (key) => values.delete(key),
  }
}

/**
 * Returns the result of `getMe`, and retries until it succeeds: Telegraf itself would cache a failed `getMe`
 * and fail every later update. Rejects if Telegram does not know the token, or when `signal` aborts.
 */
async function fetchBotInfo(bot: Bot, signal: AbortSignal): Promise<UserFromGetMe> {
  const backoff = new Backoff()
  for (;;) {
    try {
      return await bot.init({ signal })
    } catch (error) {
      if (error instanceof Unauthorized || signal.aborted) throw error
      await sleep(backoff.next(), signal)
    }
  }
}
