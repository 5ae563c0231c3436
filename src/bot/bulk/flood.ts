import type { Turn } from "./message-limits.js"

/**
 * Finds out whom a 429 concerns, which Telegram does not tell: a single chat or the whole bot. After a 429, bulk calls
 * are sent one at a time. If such a call to another chat is refused, too, the whole bot is concerned.
 */
export class Flood {
  #suspect: { readonly chat: string | undefined; readonly since: number } | undefined

  /** Whether bulk calls are to be sent one at a time. */
  get isProbing(): boolean {
    return this.#suspect !== undefined
  }

  /**
   * Notes a 429. Returns whether it concerns all chats.
   *
   * @param order the number of the last turn so far
   */
  refuse({ chat, number }: Turn, order: number): boolean {
    const suspect = this.#suspect
    if (!suspect) {
      this.#suspect = { chat, since: order }
      return false
    }
    return suspect.chat !== chat && number > suspect.since
  }

  /** Notes a call that was not refused. */
  pass({ number }: Turn): void {
    if (this.#suspect && number > this.#suspect.since) this.#suspect = undefined
  }
}
