import type { Turn } from "./message-limits.js"

/**
 * A test whether a 429 comes from the limit of one chat or from the limit of the whole bot, because Telegram's
 * answer does not name the limit. After a 429, bulk calls are sent one at a time. If such a call to another
 * chat is refused, too, the limit belongs to the whole bot.
 */
export class Flood {
  #suspect: { readonly chat: string | undefined; readonly since: number } | undefined

  /** Whether bulk calls must be sent one at a time. */
  get isProbing(): boolean {
    return this.#suspect !== undefined
  }

  /**
   * Records a 429. Returns whether the limit belongs to the whole bot.
   *
   * @param order the number of the last turn so far
   */
  recordRefusal({ chat, number }: Turn, order: number): boolean {
    const suspect = this.#suspect
    if (!suspect) {
      this.#suspect = { chat, since: order }
      return false
    }
    return suspect.chat !== chat && number > suspect.since
  }

  /** Records a call that Telegram has accepted. */
  recordSuccess({ number }: Turn): void {
    if (this.#suspect && number > this.#suspect.since) this.#suspect = undefined
  }
}
