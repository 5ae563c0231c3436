import { isTest } from "../ground/development.js"
import type { Logger } from "../ground/logger.js"
import type { UserFromGetMe } from "../telegram/types.js"

/** The members of a `Bot` that a {@link StartLine} uses. */
interface NamedBot {
  readonly id: number
  readonly me: UserFromGetMe | undefined
  init(): Promise<UserFromGetMe>
}

/** Options of a {@link StartLine}. */
interface Options {
  readonly logger: Logger
  /** Whether the program has passed the logger. The default logger drops messages of the level `info`. */
  readonly hasOwnLogger: boolean
  /** Whether to warn if no handler is registered, as in development. */
  readonly advice: boolean
}

/**
 * The log line of a start: the bot, its way of receiving and its handlers, as in `@my_bot polls, 2
 * handlers`.
 */
export class StartLine {
  readonly #bot: NamedBot
  readonly #options: Options

  constructor(bot: NamedBot, options: Options) {
    this.#bot = bot
    this.#options = options
  }

  /**
   * Logs the line at the level `info` if the program has passed a logger. Otherwise fetches the bot's
   * username and prints the line to the console, except under a test runner. With `advice`, also warns if
   * there are no handlers.
   *
   * @param activity the verb of the line, as in `polls`
   * @param handlers the number of handlers; `undefined` in a process that only receives
   */
  log(activity: string, handlers: number | undefined): void {
    const { logger, hasOwnLogger, advice } = this.#options
    if (advice && handlers === 0) logger.warn(noHandlers)
    const count = handlers === undefined ? "" : `, ${handlers} handler${handlers === 1 ? "" : "s"}`
    const line = (name: string) => `${name} ${activity}${count}`
    // Logged without fetching the username first, because the process may end before Telegram answers.
    if (hasOwnLogger) return logger.info(line(this.#name))
    if (!isTest()) void this.#fetchName().then((name) => logStartLine(line(name), this.#options))
  }

  get #name(): string {
    const { id, me } = this.#bot
    return me ? `@${me.username}` : `Bot ${id}`
  }

  async #fetchName(): Promise<string> {
    await this.#bot.init().catch(() => {})
    return this.#name
  }
}

/**
 * Logs a line at the level `info` if the program has passed a logger. Otherwise prints the line to the console,
 * except under a test runner.
 */
export function logStartLine(
  line: string,
  { logger, hasOwnLogger }: Pick<Options, "logger" | "hasOwnLogger">,
): void {
  if (hasOwnLogger) return logger.info(line)
  // oxlint-disable-next-line no-console -- a program without any output looks as if it hangs
  if (!isTest()) console.info(line)
}

const noHandlers =
  "No handler is registered: all updates are dropped. Register handlers before the start, as in `dispatcher.on(filters.text, handler)`"
