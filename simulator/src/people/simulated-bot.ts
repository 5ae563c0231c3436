import type { BotAccount } from "../delivery/bot-account.js"
import type { UpdateType } from "../ground/update-type.js"
import type { Update } from "@grammyjs/types"

/** A bot from Telegram's side. */
export class SimulatedBot {
  readonly #account: BotAccount

  /**
   * Created by `telegram.bot()`.
   *
   * @internal
   */
  constructor(account: BotAccount) {
    this.#account = account
  }

  /** The number in front of the colon of the token. */
  get id(): number {
    return this.#account.me.id
  }

  /** The token with which the bot's program calls the Bot API. */
  get token(): string {
    return this.#account.token
  }

  /** The username without the `@`. */
  get username(): string {
    return this.#account.me.username
  }

  /** The number of pending updates, as in `getWebhookInfo`. */
  get pendingUpdateCount(): number {
    return this.#account.pendingCount
  }

  /** Whether a long poll is pending. */
  get isPolling(): boolean {
    return this.#account.poll.isWaiting
  }

  /**
   * Adds an update as it is given. Returns its `update_id`, or `undefined` if the bot does not want
   * the type (`allowed_updates`) or its queue is full. An update that has expired by its date, such
   * as one recorded last year, lives for a day from now.
   */
  push(update: Omit<Update, "update_id">): number | undefined {
    // An update without its id is one payload under the name of its type.
    const [type, payload] = Object.entries(update)[0] as [UpdateType, object]
    return this.#account.push(type, payload, { isRecorded: true })?.id
  }

  /**
   * Delivers one of the last 1,000 updates a second time, as Telegram may do with any update: to a
   * webhook at once, to polling with the next answer. Throws a `TypeError` for any other id.
   */
  redeliver(updateId: number): void {
    if (this.#account.redeliver(updateId)) return
    throw new TypeError(`Expected the id of one of the last 1,000 updates, got ${updateId}`)
  }

  /**
   * Polls like another process with the same token: a pending poll gets 409. Resolves with the
   * updates, or with `undefined` if this poll gets 409 in turn.
   */
  async pollFromElsewhere(): Promise<Update[] | undefined> {
    const { webhook, verifying, poll } = this.#account
    if (webhook !== undefined || verifying !== undefined) {
      throw new TypeError(`Expected @${this.username} to have no webhook`)
    }
    try {
      const { text } = await poll.read({ offset: 0, limit: 100, timeout: 50 })
      // The simulator wrote this JSON.
      return JSON.parse(text) as Update[]
    } catch {
      return undefined
    }
  }

  /** Draws a new first `update_id`, as after a week without updates. Pending updates are lost. */
  restartUpdateIds(): void {
    this.#account.queue.restart()
    this.#account.webhook?.restart()
  }

  /**
   * Restarts Telegram's server: the webhook's connections close, and unconfirmed updates are sent
   * again at once.
   */
  restartWebhook(): void {
    this.#account.webhook?.restart()
  }
}
