import type { BotAccount } from "../delivery/bot-account.js"
import type { UpdateType } from "../ground/update-type.js"
import type { Update } from "@grammyjs/types"

/** A bot as Telegram knows it. */
export class SimulatedBot {
  readonly #account: BotAccount

  /**
   * Made by `telegram.bot()`.
   *
   * @internal
   */
  constructor(account: BotAccount) {
    this.#account = account
  }

  /** The number in front of the colon of its token. */
  get id(): number {
    return this.#account.me.id
  }

  /** The token with which its program calls the Bot API. */
  get token(): string {
    return this.#account.token
  }

  /** Without the `@`. */
  get username(): string {
    return this.#account.me.username
  }

  /** The number of waiting updates, as `getWebhookInfo` counts them. */
  get pendingUpdateCount(): number {
    return this.#account.pendingCount
  }

  /** Whether a long poll waits for updates. */
  get isPolling(): boolean {
    return this.#account.poll.isWaiting
  }

  /**
   * Adds an update just as it is given; returns its `update_id`. `undefined` where the bot does not
   * want the type (`allowed_updates`) or has no room for it. An update whose life is over by its
   * date, as of one that was recorded last year, lives for a day from now.
   */
  push(update: Omit<Update, "update_id">): number | undefined {
    // An update without its id is one payload under the name of its type.
    const [type, payload] = Object.entries(update)[0] as [UpdateType, object]
    return this.#account.push(type, payload, { isRecorded: true })?.id
  }

  /**
   * One of its last 1,000 updates comes a second time, as Telegram may send any update: to the
   * webhook at once, to polling with the next answer. Throws a `TypeError` for any other.
   */
  redeliver(updateId: number): void {
    if (this.#account.redeliver(updateId)) return
    throw new TypeError(`Expected the id of one of the last 1,000 updates, got ${updateId}`)
  }

  /**
   * Another process polls with the same token: whoever waits is answered 409. Resolves with what
   * the other process gets; `undefined` when it is answered 409 in turn.
   */
  async pollFromElsewhere(): Promise<Update[] | undefined> {
    const { webhook, verifying, poll } = this.#account
    if (webhook !== undefined || verifying !== undefined) {
      throw new TypeError(`Expected @${this.username} to have no webhook`)
    }
    try {
      const { text } = await poll.read({ offset: 0, limit: 100, timeout: 50 })
      // The simulator's own JSON.
      return JSON.parse(text) as Update[]
    } catch {
      return undefined
    }
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
