import { type OptionNames, expectOptionsObject } from "../ground/expect-option.js"
import { Bot, type BotOptions } from "../bot/index.js"
import { handlingOptionNames } from "../dispatch/index.js"
import { Updater, type UpdaterOptions } from "../updater.js"

/** Options of `receive`, for a bot written with another framework. */
export interface ReceiverOptions extends Omit<UpdaterOptions, "token" | "bot"> {
  /**
   * Options of the bot that Sounder uses for its calls (`getUpdates`, `setWebhook`, …). The options do not apply to
   * the calls of the framework. Default: the `apiRoot` of the framework's bot.
   */
  readonly botOptions?: BotOptions
}

const optionNames: OptionNames<ReceiverOptions> = {
  ...handlingOptionNames,
  botOptions: true,
  defaults: true,
  queue: true,
  receiveOnly: true,
  logger: true,
}

/** A bot of another framework. */
interface FrameworkBot {
  readonly token: string
  /** The URL of the Bot API server that the framework calls; `undefined` for Telegram's. */
  readonly apiRoot: string | undefined
  /** An expression that creates the framework's bot with another URL, for an error message. */
  readonly apiRootExample: string
}

/**
 * Returns an updater without handlers that receives the updates of another framework's bot.
 *
 * @throws TypeError if the framework would not call the server that sends the updates
 */
export function createReceiver(bot: FrameworkBot, options: ReceiverOptions): Updater {
  expectOptionsObject(options, "receive(bot, { queue })", optionNames)
  const { token, apiRoot } = bot
  const { botOptions, ...updaterOptions } = options
  if (botOptions?.apiRoot === undefined) expectSameServer(bot)
  return new Updater({ ...updaterOptions, bot: new Bot(token, { apiRoot, ...botOptions }) })
}

/**
 * Throws if `TELEGRAM_API_ROOT` names a server that the framework does not call: `sounder dev` sets this variable, and
 * frameworks do not read it.
 */
function expectSameServer({
  apiRoot = "https://api.telegram.org",
  apiRootExample,
}: FrameworkBot): void {
  const wanted = process.env["TELEGRAM_API_ROOT"]
  if (!wanted || withoutSlash(wanted) === withoutSlash(apiRoot)) return
  throw new TypeError(
    `TELEGRAM_API_ROOT is ${wanted}, but the bot calls ${apiRoot}. Give the bot the same URL: ${apiRootExample}`,
  )
}

function withoutSlash(url: string): string {
  return url.endsWith("/") ? url.slice(0, -1) : url
}
