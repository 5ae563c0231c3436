/**
 * Receiving for a bot written with Telegraf: its handlers, scenes and calls stay as they are.
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

/** The members of Telegraf's `Telegraf` that receiving needs. */
export interface TelegrafBot {
  /** Calls to Telegram: the token, and the Bot API server. */
  readonly telegram: { readonly token: string; readonly options: { readonly apiRoot: string } }
  /** The bot as `getMe` describes it; Telegraf asks before its first update where it is missing. */
  botInfo?: object | undefined
  /** Runs the middleware for one update; rejects where the function given to `bot.catch` throws. */
  handleUpdate(update: never): Promise<void>
}

/**
 * Returns an {@link Updater} that receives for a bot written with Telegraf, and hands each update to
 * `bot.handleUpdate`. Start it in place of `bot.launch()` or `bot.webhookCallback()`.
 *
 * An error of the middleware goes to `bot.catch`. The update is handled where that returns, and has
 * failed where it throws, as Telegraf's own error handler does: it is then logged, or tried again
 * with the `attempts` option. Telegraf's `handlerTimeout`, 90 seconds by default, fails an update
 * whose handler goes on; set it to `Infinity` and give `handlerTimeoutMs` here, which waits.
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
 * @throws TypeError for a wrong option
 */
export function receive(bot: TelegrafBot, options: ReceiverOptions = {}): Updater {
  const { token, options: calls } = bot.telegram
  const updater = createReceiver({ token, apiRoot: calls.apiRoot }, options)
  updater.dispatcher.use(async (ctx) => {
    bot.botInfo ??= await identify(ctx.bot, ctx.signal)
    // Telegraf's type of an update comes from another package than Sounder's.
    await bot.handleUpdate(ctx.update as never)
  })
  return updater
}

/**
 * Asks Telegram who the bot is until there is an answer: Telegraf itself would remember a failure
 * and refuse every later update. Rejects for a refused token and at an abort.
 */
async function identify(bot: Bot, signal: AbortSignal): Promise<UserFromGetMe> {
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
