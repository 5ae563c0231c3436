import type { Ending } from "./held-update.js"
import { LeaseLost } from "./lease-lost.js"

/** The most endings of one transaction. */
const batchSize = 256

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
    const worker = this.#waiting[0]?.ending.delivery.worker
    const end = this.#waiting.findIndex(({ ending }) => ending.delivery.worker !== worker)
    return this.#waiting.splice(0, Math.min(end < 0 ? batchSize : end, batchSize))
  }

  /** Puts the endings of a failed transaction back in front of all others. */
  putBack(batch: readonly PendingEnding[]): void {
    this.#waiting.unshift(...batch)
  }

  /**
   * Notes that the outcome of every earlier transaction is now known. While the lease lasted, no other
   * worker could end this worker's deliveries. An ending that was sent before, and whose delivery is no
   * longer held in the database, has therefore been written by this worker.
   *
   * @param hasLasted true if the lease has lasted until now
   */
  outcomeKnown(hasLasted: boolean): void {
    for (const pending of this.#waiting) pending.isSentBefore &&= hasLasted
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
 * @param refused the numbers, counted from 1, of the endings that the database refused because the
 *   delivery was no longer this worker's
 */
export function settle(batch: readonly PendingEnding[], refused: ReadonlySet<number>): void {
  batch.forEach(({ ending, isSentBefore, resolve, reject }, index) => {
    // If the database refuses a `handBack`, the update already belongs to another worker, as intended.
    const isEnded = isSentBefore || ending.kind === "handBack" || !refused.has(index + 1)
    if (isEnded) resolve()
    else reject(new LeaseLost())
  })
}
