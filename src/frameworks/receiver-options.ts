import { Bot, type BotOptions } from "../bot/index.js"
import { Updater, type UpdaterOptions } from "../updater.js"

/** Options of `receive`, for a bot written with another framework. */
export interface ReceiverOptions extends Omit<UpdaterOptions, "token" | "bot"> {
  /**
   * Options of the bot that Sounder uses for its calls (`getUpdates`, `setWebhook`, …). They do not apply to
   * the calls of the framework. Default: the `apiRoot` of the framework's bot.
   */
  readonly botOptions?: BotOptions
}

/** Returns an updater without handlers that receives the updates of another framework's bot. */
export function createReceiver(
  { token, apiRoot }: { readonly token: string; readonly apiRoot: string | undefined },
  { botOptions, ...options }: ReceiverOptions,
): Updater {
  return new Updater({ ...options, bot: new Bot(token, { apiRoot, ...botOptions }) })
}
