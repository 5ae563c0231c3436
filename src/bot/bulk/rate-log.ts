/** Messages that count against a limit. */
interface Counted {
  readonly messages: number
  readonly isBulk: boolean
}

/**
 * The messages that count against one limit, such as 30 in any second. A message counts from its request
 * until the time of the limit has passed since its answer, because Telegram may have counted the message at
 * any moment between request and answer.
 */
export class RateLog {
  readonly #max: number
  readonly #withinMs: number
  #running = 0
  #runningBulk = 0
  /** The answered messages, in the order of their answers. */
  readonly #answered: { readonly messages: number; readonly endsAt: number }[] = []
  #answeredCount = 0
  /** The time from which no answered message of a bulk call counts. */
  #bulkEndsAt = -Infinity

  /**
   * @param max the maximum number of messages in any `withinMs` milliseconds
   * @param withinMs the time of the limit, in milliseconds
   */
  constructor(max: number, withinMs: number) {
    this.#max = max
    this.#withinMs = withinMs
  }

  /** Counts a call that is sent now. */
  begin({ messages, isBulk }: Counted): void {
    this.#running += messages
    if (isBulk) this.#runningBulk += messages
  }

  /** Records the answer to a call. */
  end({ messages, isBulk }: Counted, now: number): void {
    this.#running -= messages
    if (isBulk) this.#runningBulk -= messages
    const endsAt = now + this.#withinMs
    if (isBulk) this.#bulkEndsAt = endsAt
    this.#answered.push({ messages, endsAt })
    this.#answeredCount += messages
  }

  /** Returns whether no message counts. */
  isEmpty(now: number): boolean {
    this.#expire(now)
    return this.#running + this.#answeredCount === 0
  }

  /**
   * Returns the milliseconds until no message of a bulk call counts; 0 if none counts now. The true time can
   * be longer, if calls are not answered yet.
   */
  bulkMs(now: number): number {
    this.#expire(now)
    return this.#runningBulk > 0 ? this.#withinMs : Math.max(0, this.#bulkEndsAt - now)
  }

  /**
   * Returns the milliseconds until a number of messages is permitted; 0 if it is permitted now. The true wait
   * can be longer, if calls are not answered yet.
   *
   * @param reserve the number of messages that must still be permitted afterwards. Default: 0.
   */
  waitMs(messages: number, now: number, reserve = 0): number {
    this.#expire(now)
    const count = this.#running + this.#answeredCount
    // An album that is larger than the limit waits until nothing else counts.
    let excess = Math.min(count, count + messages + reserve - this.#max)
    for (const { messages: freed, endsAt } of this.#answered) {
      if (excess <= 0) return 0
      excess -= freed
      if (excess <= 0) return endsAt - now
    }
    return excess <= 0 ? 0 : this.#withinMs
  }

  #expire(now: number): void {
    let expired = 0
    for (const counted of this.#answered) {
      if (counted.endsAt > now) break
      this.#answeredCount -= counted.messages
      expired += 1
    }
    if (expired > 0) this.#answered.splice(0, expired)
  }
}
