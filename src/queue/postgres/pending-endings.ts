import type { Ending } from "./held-update.js"
import { LeaseLost } from "./lease-lost.js"
import type { WorkResult } from "./work-statement.js"

/** The maximum number of endings of one transaction. */
const batchSize = 256
/** The largest number of characters of all writes in a transaction with several endings. */
const maxCharacters = 4_000_000

/** An ending that waits for its transaction, with the caller's promise. */
export interface PendingEnding {
  readonly ending: Ending
  /** True if the ending was sent before and may already have been written. */
  isSentBefore: boolean
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** The endings that wait for a transaction, in the order of the calls. */
export class PendingEndings {
  #waiting: PendingEnding[] = []
  /** The number of waiting endings to write one by one, to find the ending that the database refuses. */
  #suspects = 0
  /** The reason why later endings are rejected; `undefined` until {@link close}. */
  #refusal: Error | undefined

  /** True if no ending waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /**
   * Adds an ending. Resolves when it is written; rejects with `LeaseLost` if the update is no longer
   * this worker's, and with the reason of {@link close}.
   */
  add(ending: Ending): Promise<void> {
    if (this.#refusal) return Promise.reject(this.#refusal)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ending, isSentBefore: false, resolve, reject })
    })
  }

  /**
   * Removes and returns the endings of the next transaction, all of one worker. After a lost lease
   * this process registers as a new worker, so that endings of the old and of the new worker may wait.
   */
  next(): readonly PendingEnding[] {
    if (this.#suspects > 0) {
      this.#suspects -= 1
      return this.#waiting.splice(0, 1)
    }
    const worker = this.#waiting[0]?.ending.delivery.worker
    let characters = 0
    const end = this.#waiting.findIndex(({ ending }, index) => {
      characters += ending.writes?.json.length ?? 0
      return ending.delivery.worker !== worker || (index > 0 && characters > maxCharacters)
    })
    return this.#waiting.splice(0, Math.min(end < 0 ? batchSize : end, batchSize))
  }

  /** Puts the endings of a failed transaction back in front of all others. */
  putBack(batch: readonly PendingEnding[]): void {
    this.#waiting.unshift(...batch)
  }

  /**
   * Handles a transaction whose values the database has refused: its endings are written again, one by one,
   * and an ending that was alone in the transaction is rejected. Returns false if no ending has writes.
   */
  handleRefusal(batch: readonly PendingEnding[], reason: Error): boolean {
    const [first] = batch
    if (!batch.some(({ ending }) => ending.writes)) return false
    if (batch.length === 1) {
      first?.reject(reason)
      return true
    }
    this.putBack(batch)
    this.#suspects = batch.length
    return true
  }

  /**
   * Records that the outcome of every earlier transaction is now known. While the lease lasted, no other
   * worker could end this worker's deliveries. An ending that was sent before, and whose delivery is no
   * longer held in the database, has therefore been written by this worker.
   *
   * @param hasLeaseLasted true if the lease has lasted until now
   */
  onOutcomeKnown(hasLeaseLasted: boolean): void {
    for (const pending of this.#waiting) pending.isSentBefore &&= hasLeaseLasted
  }

  /** Rejects all waiting and all later endings. */
  close(reason: Error): void {
    this.#refusal = reason
    for (const { reject } of this.#waiting) reject(reason)
    this.#waiting = []
  }
}

/**
 * Settles the promises of endings that were sent.
 *
 * @param result the endings that the database refused because another worker had taken over the delivery,
 *   and the endings whose writes met a conflict
 */
export function settle(
  batch: readonly PendingEnding[],
  { refused, conflicts }: Pick<WorkResult, "refused" | "conflicts">,
): void {
  batch.forEach(({ ending, isSentBefore, resolve, reject }, index) => {
    // The delivery was still in this worker's hands, so that no earlier attempt has written the ending.
    const conflict = conflicts.get(index + 1)
    if (conflict) return reject(conflict)
    // If the database refuses a `handBack`, the update already belongs to another worker, as intended.
    const isEnded = isSentBefore || ending.kind === "handBack" || !refused.has(index + 1)
    if (isEnded) resolve()
    else reject(new LeaseLost())
  })
}
