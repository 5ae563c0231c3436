/**
 * Receiving for a bot written with grammY: its handlers, plugins and calls stay as they are.
 *
 * @module
 */
import { isError } from "../ground/error-text.js"
import type { Updater } from "../updater.js"
import { createReceiver, type ReceiverOptions } from "./receiver-options.js"

export type { ReceiverOptions } from "./receiver-options.js"

/** The members of grammY's `Bot` that receiving needs. */
export interface GrammyBot {
  /** The bot's token. */
  readonly token: string
  /** Calls to Telegram; their options name the Bot API server. */
  readonly api: { readonly options?: { readonly apiRoot?: string | undefined } | undefined }
  /** Asks Telegram who the bot is, once; tries again until the signal aborts. */
  init(signal?: never): Promise<void>
  /** Runs the middleware for one update; rejects with a `BotError` that names the context. */
  handleUpdate(update: never): Promise<void>
  /** Handles the errors of the middleware: the function given to `bot.catch`. */
  errorHandler: (error: never) => unknown
}

/**
 * Returns an {@link Updater} that receives for a bot written with grammY, and hands each update to
 * `bot.handleUpdate`. Start it in place of `bot.start()` or `webhookCallback`.
 *
 * An error of the middleware goes to `bot.catch`. The update is handled where that returns, and has
 * failed where it throws, as grammY's own error handler does: it is then logged, or tried again
 * with the `attempts` option.
 *
 * @example
 * ```ts
 * import { Bot } from "grammy"
 * import { receive } from "sounder/grammy"
 * import { SqliteQueue } from "sounder/sqlite"
 *
 * const bot = new Bot(process.env.BOT_TOKEN ?? "")
 * bot.command("start", (ctx) => ctx.reply("Hello!"))
 *
 * await receive(bot, { queue: new SqliteQueue({ path: "updates.db" }) }).runPolling()
 * ```
 * @throws TypeError for a wrong option
 */
export function receive(bot: GrammyBot, options: ReceiverOptions = {}): Updater {
  const updater = createReceiver({ token: bot.token, apiRoot: bot.api.options?.apiRoot }, options)
  updater.dispatcher.use(async (ctx) => {
    // grammY's types of updates and signals come from other packages than Sounder's.
    await bot.init(ctx.signal as never)
    await handle(bot, ctx.update as never)
  })
  return updater
}

async function handle(bot: GrammyBot, update: never): Promise<void> {
  try {
    await bot.handleUpdate(update)
  } catch (error) {
    // Anything else than a BotError is a fault of the program that `bot.catch` is never given.
    if (!isBotError(error)) throw error
    await bot.errorHandler(error as never)
  }
}

function isBotError(error: unknown): boolean {
  return isError(error) && "ctx" in error && "error" in error
}
