import type { Logger } from "../ground/logger.js"
import type { UserFromGetMe } from "../telegram/types.js"

/** The members of a bot that the line needs. */
interface NamedBot {
  readonly id: number
  readonly me: UserFromGetMe | undefined
  init(): Promise<UserFromGetMe>
}

interface Options {
  readonly logger: Logger
  /** Whether the program has given the logger. */
  readonly isAsked: boolean
  readonly advice: boolean
}

/** The log line of a successful start, such as `@my_bot polls, 2 handlers`. */
export class StartLine {
  readonly #bot: NamedBot
  readonly #options: Options

  constructor(bot: NamedBot, options: Options) {
    this.#bot = bot
    this.#options = options
  }

  /**
   * Logs the line at `info`, or writes it to the console in development if the program has set no logger.
   * Returns at once; the line may follow later.
   *
   * @param handlers the number of handlers; `undefined` in a process that only receives
   */
  tell(doing: string, handlers: number | undefined): void {
    const { logger, isAsked, advice } = this.#options
    if (advice && handlers === 0) logger.warn(nothingHandles)
    const count = handlers === undefined ? "" : `, ${handlers} handler${handlers === 1 ? "" : "s"}`
    const line = (name: string) => `${name} ${doing}${count}`
    // The process may end before Telegram has said the name.
    if (isAsked) return logger.info(line(this.#name))
    // oxlint-disable-next-line no-console -- a silent program looks like one that hangs
    if (advice) void this.#askName().then((name) => console.info(line(name)))
  }

  get #name(): string {
    const { id, me } = this.#bot
    return me ? `@${me.username}` : `Bot ${id}`
  }

  async #askName(): Promise<string> {
    await this.#bot.init().catch(() => {})
    return this.#name
  }
}

const nothingHandles =
  "No handler is registered: every update that comes is dropped. Register handlers before the start, as in `dispatcher.on(filters.text, handler)`"
