/** The handle of one `put`, which distinguishes it from a later `put` of the same update. */
export interface PutHandle {
  /** The `update_id`. */
  readonly updateId: number
}

/**
 * The updates that were received and not acknowledged, and the next offset. No I/O.
 *
 * `getUpdates` acknowledges all updates before its offset (Telegram's documentation says *confirms*), so the
 * offset stops at the oldest update whose `put` has not resolved. The oldest is the first received: Telegram
 * can restart its ids at a lower number, so ids are never compared. Each call returns the unacknowledged
 * updates again; `add` recognizes them, so that none is put twice.
 */
export class UnacknowledgedUpdates {
  readonly #entries = new Map<number, { readonly updateId: number; isSettled: boolean }>()
  #offset: number | undefined
  #hasUnsentOffset = false

  /** Number of unacknowledged updates: Telegram returns them again to a call with the next offset. */
  get size(): number {
    return this.#entries.size
  }

  /** Number of unacknowledged updates whose `put` is pending. */
  get pendingPuts(): number {
    let count = 0
    for (const { isSettled } of this.#entries.values()) if (!isSettled) count += 1
    return count
  }

  /** Whether the offset has moved since the last answered call. */
  get hasUnsentOffset(): boolean {
    return this.#hasUnsentOffset
  }

  /** Returns the ids of the updates with a pending `put` among the oldest `count` updates. */
  unsettledOfOldest(count: number): number[] {
    const ids: number[] = []
    let remaining = count
    for (const { updateId, isSettled } of this.#entries.values()) {
      if (remaining <= 0) break
      remaining -= 1
      if (!isSettled) ids.push(updateId)
    }
    return ids
  }

  /**
   * Marks an update as settled before its `put` resolves, because the queue has acknowledged it early: the
   * offset may move past it.
   */
  settleId(updateId: number): void {
    const entry = this.#entries.get(updateId)
    if (entry) entry.isSettled = true
  }

  /** Adds a received update, and returns the handle for its `put`; `undefined` if it is known already. */
  add(updateId: number): PutHandle | undefined {
    if (this.#entries.has(updateId)) return undefined
    const entry = { updateId, isSettled: false }
    this.#entries.set(updateId, entry)
    return entry
  }

  /** Marks an update as settled: its `put` has resolved, and the offset may move past it. */
  settle(handle: PutHandle): void {
    const entry = this.#entries.get(handle.updateId)
    if (entry && entry === handle) entry.isSettled = true
  }

  /**
   * Removes an update whose `put` has rejected, and all updates received after it: they are fetched and put
   * again together, so that none overtakes another. Returns `false` if an earlier rejection has removed it.
   */
  removeFrom(handle: PutHandle): boolean {
    if (this.#entries.get(handle.updateId) !== handle) return false
    // After the removal of the oldest update no update is left, and the next call fetches this one again.
    if (this.#head === handle) this.#offset = handle.updateId
    let isAfter = false
    for (const [id, entry] of this.#entries) {
      isAfter ||= entry === handle
      if (isAfter) this.#entries.delete(id)
    }
    return true
  }

  /**
   * Removes the settled updates at the head, which the next call acknowledges, and returns the next offset:
   * the id of the oldest unsettled update, or one more than the last settled one. `undefined` before the
   * first update.
   */
  advance(): number | undefined {
    for (const entry of this.#entries.values()) {
      if (!entry.isSettled) break
      this.#entries.delete(entry.updateId)
      this.#offset = entry.updateId + 1
      this.#hasUnsentOffset = true
    }
    return this.#head?.updateId ?? this.#offset
  }

  /** Records that a call with the current offset was answered. */
  markOffsetSent(): void {
    this.#hasUnsentOffset = false
  }

  get #head(): PutHandle | undefined {
    return this.#entries.values().next().value
  }
}
