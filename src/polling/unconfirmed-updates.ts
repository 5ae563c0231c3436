/** One attempt to put an update; names it when its `put` settles. */
export interface Attempt {
  /** The update's id. */
  readonly updateId: number
}

/**
 * The bookkeeping of the offset, without any I/O: which updates were put, which of them Telegram may
 * forget, and what that makes of the next offset.
 *
 * `getUpdates` confirms all updates before its offset, so the offset stops at the oldest update
 * whose `put` has not resolved. Oldest means first received: ids may jump down, so none is compared
 * with another. What Telegram sends again meanwhile is known here and not put a second time.
 */
export class UnconfirmedUpdates {
  readonly #entries = new Map<number, { readonly updateId: number; isSettled: boolean }>()
  #offset: number | undefined
  #hasNews = false

  /** How many updates are known: those that Telegram would send again with the next offset. */
  get size(): number {
    return this.#entries.size
  }

  /** How many of them have a `put` that has not settled. */
  get outstanding(): number {
    let count = 0
    for (const { isSettled } of this.#entries.values()) if (!isSettled) count += 1
    return count
  }

  /** Whether an offset was released that Telegram has not been told of. */
  get hasNews(): boolean {
    return this.#hasNews
  }

  /** The ids of those of the oldest `count` updates whose `put` has not settled. */
  unsettled(count: number): number[] {
    const ids: number[] = []
    let left = count
    for (const { updateId, isSettled } of this.#entries.values()) {
      if (left <= 0) break
      left -= 1
      if (!isSettled) ids.push(updateId)
    }
    return ids
  }

  /** Telegram may forget this update. */
  settleId(updateId: number): void {
    const entry = this.#entries.get(updateId)
    if (entry) entry.isSettled = true
  }

  /** Takes in an update that Telegram has sent; `undefined` where it is known already. */
  add(updateId: number): Attempt | undefined {
    if (this.#entries.has(updateId)) return undefined
    const entry = { updateId, isSettled: false }
    this.#entries.set(updateId, entry)
    return entry
  }

  /** The attempt's `put` has resolved: Telegram may forget the update. */
  settle(attempt: Attempt): void {
    const entry = this.#entries.get(attempt.updateId)
    if (entry && entry === attempt) entry.isSettled = true
  }

  /**
   * The attempt's `put` has rejected. It and all that came after it are no longer known: they are
   * fetched and put again together, so that none overtakes another. Answers whether it was known.
   */
  refuse(attempt: Attempt): boolean {
    if (this.#entries.get(attempt.updateId) !== attempt) return false
    if (this.#head === attempt) this.#offset = attempt.updateId
    let isAfter = false
    for (const [id, entry] of this.#entries) {
      isAfter ||= entry === attempt
      if (isAfter) this.#entries.delete(id)
    }
    return true
  }

  /**
   * The next offset: one more than the last update before the oldest outstanding one. What lies
   * before it is no longer known, because no answer to a call with this offset holds it.
   * `undefined` as long as nothing was received.
   */
  release(): number | undefined {
    for (const entry of this.#entries.values()) {
      if (!entry.isSettled) break
      this.#entries.delete(entry.updateId)
      this.#offset = entry.updateId + 1
      this.#hasNews = true
    }
    return this.#head?.updateId ?? this.#offset
  }

  /** Telegram has been told of the offset that was released last. */
  confirmed(): void {
    this.#hasNews = false
  }

  get #head(): Attempt | undefined {
    return this.#entries.values().next().value
  }
}
