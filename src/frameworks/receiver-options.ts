import { Bot, type BotOptions } from "../bot/index.js"
import { Updater, type UpdaterOptions } from "../updater.js"

/** Options of a bot that another framework runs and Sounder receives for. */
export interface ReceiverOptions extends Omit<UpdaterOptions, "token" | "bot"> {
  /**
   * Options of the calls with which Sounder itself receives: `getUpdates`, `setWebhook` and the like.
   * The framework makes its own calls. Default: the Bot API server of the framework's bot.
   */
  readonly botOptions?: BotOptions
}

/** Returns an updater without handlers for a bot of another framework. */
export function createReceiver(
  { token, apiRoot }: { readonly token: string; readonly apiRoot: string | undefined },
  { botOptions, ...options }: ReceiverOptions,
): Updater {
  return new Updater({ ...options, bot: new Bot(token, { apiRoot, ...botOptions }) })
}
