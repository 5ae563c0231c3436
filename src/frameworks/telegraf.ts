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
import { createReceiver, type ReceiverOptions } from "./receiver-options.js"

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
 * `bot.handleUpdate`. Start it in place of `bot.launch()` or `bot.webhookCallback()`.
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
  updater.dispatcher.use(async (ctx) => {
    bot.botInfo ??= await fetchBotInfo(ctx.bot, ctx.signal)
    // Telegraf declares its own type of updates, which TypeScript does not match with Sounder's.
    await bot.handleUpdate(ctx.update as never)
  })
  return updater
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
