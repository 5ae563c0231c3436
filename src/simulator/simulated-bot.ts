import type { BotAccount } from "./account/bot-account.js"
import type { UpdateType } from "../telegram/api.js"
import type { Update } from "../telegram/types.js"

/** A bot as Telegram knows it. */
export class SimulatedBot {
  readonly #account: BotAccount

  /** Made by `telegram.bot()`. */
  constructor(account: BotAccount) {
    this.#account = account
  }

  /** The number in front of the colon of its token. */
  get id(): number {
    return this.#account.me.id
  }

  /** What its program calls the Bot API with. */
  get token(): string {
    return this.#account.token
  }

  /** Without the `@`. */
  get username(): string {
    return this.#account.me.username
  }

  /** How many updates wait for it, as `getWebhookInfo` counts them. */
  get pendingUpdateCount(): number {
    return this.#account.pendingCount
  }

  /** Whether a long poll waits for updates. */
  get isPolling(): boolean {
    return this.#account.poll.isWaiting
  }

  /**
   * Adds an update just as it is given; answers its `update_id`. `undefined` where the bot does not
   * want the type (`allowed_updates`) or has no room for it.
   */
  push(update: Omit<Update, "update_id">): number | undefined {
    // An update without its id is one payload under the name of its type.
    const [type, payload] = Object.entries(update)[0] as [UpdateType, object]
    return this.#account.push(type, payload)?.id
  }

  /** Draws a new first `update_id`, as after a week without updates. What waits is lost. */
  restartUpdateIds(): void {
    this.#account.queue.restart()
    this.#account.webhook?.restart()
  }

  /**
   * Telegram's server is restarted: the webhook's connections are dropped, and what is not confirmed
   * is sent again at once.
   */
  restartWebhook(): void {
    this.#account.webhook?.restart()
  }
}
