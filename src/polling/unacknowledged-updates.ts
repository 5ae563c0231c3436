/** The handle of one `put`, which distinguishes it from a later `put` of the same update. */
export interface PutHandle {
  /** The `update_id`. */
  readonly updateId: number
  /**
   * The state of the update. `removed`: its `put`, or the `put` of an update received before, has rejected.
   * Set by {@link UnacknowledgedUpdates} only.
   */
  state: "pending" | "settled" | "removed"
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
  /** In the order of arrival. An array, because a `Map` that changes with every update is slower. */
  readonly #entries: PutHandle[] = []
  /**
   * At least the highest id of the updates. An update with a higher id is new, so that it need not be compared
   * with each of them.
   */
  #highestId = -1
  #pendingPuts = 0
  #offset: number | undefined
  #hasUnsentOffset = false

  /** Number of unacknowledged updates: Telegram returns them again to a call with the next offset. */
  get size(): number {
    return this.#entries.length
  }

  /** Number of unacknowledged updates whose `put` is pending. */
  get pendingPuts(): number {
    return this.#pendingPuts
  }

  /** Whether the offset has moved since the last answered call. */
  get hasUnsentOffset(): boolean {
    return this.#hasUnsentOffset
  }

  /** Returns the ids of the updates with a pending `put` among the oldest `count` updates. */
  unsettledOfOldest(count: number): number[] {
    const oldest = this.#entries.slice(0, Math.max(0, count))
    return oldest.filter(({ state }) => state === "pending").map(({ updateId }) => updateId)
  }

  /**
   * Marks an update as settled before its `put` resolves, because the queue has acknowledged it early: the
   * offset may move past it.
   */
  settleId(updateId: number): void {
    const entry = this.#find(updateId)
    if (entry) this.settle(entry)
  }

  /** Adds a received update, and returns the handle for its `put`; `undefined` if it is known already. */
  add(updateId: number): PutHandle | undefined {
    if (this.#find(updateId)) return undefined
    const entry: PutHandle = { updateId, state: "pending" }
    this.#entries.push(entry)
    this.#highestId = Math.max(this.#highestId, updateId)
    this.#pendingPuts += 1
    return entry
  }

  /** Marks an update as settled: its `put` has resolved, and the offset may move past it. */
  settle(handle: PutHandle): void {
    if (handle.state === "pending") this.#end(handle, "settled")
  }

  /**
   * Removes an update whose `put` has rejected, and all updates received after it: they are fetched and put
   * again together, so that none overtakes another. Returns `false` if an earlier rejection has removed it.
   */
  removeFrom(handle: PutHandle): boolean {
    const index = this.#entries.indexOf(handle)
    if (index === -1) return false
    // After the removal of the oldest update no update is left, and the next call fetches this one again.
    if (index === 0) this.#offset = handle.updateId
    for (const entry of this.#entries.splice(index)) this.#end(entry, "removed")
    return true
  }

  /**
   * Removes the settled updates at the head, which the next call acknowledges, and returns the next offset:
   * the id of the oldest unsettled update, or one more than the last settled one. `undefined` before the
   * first update.
   */
  advance(): number | undefined {
    const pending = this.#entries.findIndex(({ state }) => state === "pending")
    const count = pending === -1 ? this.#entries.length : pending
    const last = this.#entries[count - 1]
    if (last) {
      this.#entries.splice(0, count)
      this.#offset = last.updateId + 1
      this.#hasUnsentOffset = true
    }
    return this.#entries[0]?.updateId ?? this.#offset
  }

  /** Records that a call with the current offset was answered. */
  markOffsetSent(): void {
    this.#hasUnsentOffset = false
  }

  #find(updateId: number): PutHandle | undefined {
    if (updateId > this.#highestId) return undefined
    return this.#entries.find((entry) => entry.updateId === updateId)
  }

  #end(entry: PutHandle, state: "settled" | "removed"): void {
    if (entry.state === "pending") this.#pendingPuts -= 1
    entry.state = state
  }
}
