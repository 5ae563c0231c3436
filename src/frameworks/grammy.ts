/**
 * Sounder under a bot written with grammY. The bot's handlers, plugins and calls stay unchanged.
 *
 * @module
 */
import { isError } from "../ground/error-text.js"
import type { Updater } from "../updater.js"
import { createReceiver, type ReceiverOptions } from "./receiver-options.js"

export type { ReceiverOptions } from "./receiver-options.js"

/** The members of grammY's `Bot` that Sounder uses. */
export interface GrammyBot {
  /** The bot's token. */
  readonly token: string
  /** The client of the Bot API. Its options have the URL of the server. */
  readonly api: { readonly options?: { readonly apiRoot?: string | undefined } | undefined }
  /** Calls `getMe` once, and retries until it succeeds or the signal aborts. */
  init(signal?: never): Promise<void>
  /** Runs the middleware for one update. Rejects with a `BotError`, which has the context. */
  handleUpdate(update: never): Promise<void>
  /** The function that was passed to `bot.catch`. */
  errorHandler: (error: never) => unknown
}

/**
 * Returns an {@link Updater} that receives the updates of a bot written with grammY, and passes each to
 * `bot.handleUpdate`. Start it in place of `bot.start()` or `webhookCallback`.
 *
 * An error of the middleware is passed to `bot.catch`. If that function returns, the update counts as
 * handled. If it throws, as grammY's default does, the update has failed: the error is logged, and the
 * update is retried if the `attempts` option is set.
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
 * @throws TypeError for a wrong option, and if `TELEGRAM_API_ROOT` is not the server that the bot calls
 */
export function receive(bot: GrammyBot, options: ReceiverOptions = {}): Updater {
  const updater = createReceiver(
    {
      token: bot.token,
      apiRoot: bot.api.options?.apiRoot,
      apiRootExample: "new Bot(token, { client: { apiRoot: process.env.TELEGRAM_API_ROOT } })",
    },
    options,
  )
  updater.dispatcher.use(async (ctx) => {
    // grammY declares its own types of updates and signals, which TypeScript does not match with Sounder's.
    await bot.init(ctx.signal as never)
    await handle(bot, ctx.update as never)
  })
  return updater
}

async function handle(bot: GrammyBot, update: never): Promise<void> {
  try {
    await bot.handleUpdate(update)
  } catch (error) {
    // grammY passes only a BotError to `bot.catch`. Any other error is a mistake in the program.
    if (!isBotError(error)) throw error
    await bot.errorHandler(error as never)
  }
}

function isBotError(error: unknown): boolean {
  return isError(error) && "ctx" in error && "error" in error
}
