import type { Ending } from "./held-update.js"
import { LeaseLost } from "./lease-lost.js"

/** How many endings are written in one transaction at most. */
const batchSize = 256

/** An ending that somebody waits for. */
export interface PendingEnding {
  readonly ending: Ending
  /** Whether it was sent before, and may have been written. */
  isSentBefore: boolean
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** Endings that wait for a transaction, in the order in which they were asked for. */
export class PendingEndings {
  #waiting: PendingEnding[] = []

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Resolves when the ending is written; rejects with `LeaseLost` where it must not be. */
  add(ending: Ending): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ending, isSentBefore: false, resolve, reject })
    })
  }

  /** Takes the next ones out: those of one worker, as this process may have been several. */
  next(): readonly PendingEnding[] {
    const worker = this.#waiting[0]?.ending.delivery.worker
    const end = this.#waiting.findIndex(({ ending }) => ending.delivery.worker !== worker)
    return this.#waiting.splice(0, Math.min(end < 0 ? batchSize : end, batchSize))
  }

  /** These could not be written, or it is not known whether they were: they are the next ones again. */
  again(batch: readonly PendingEnding[]): void {
    this.#waiting.unshift(...batch)
  }

  /**
   * It is known what was written: as nobody else can have ended them, what cannot be ended any more
   * has been.
   *
   * @param hasLasted whether the lease had lasted until then
   */
  cleared(hasLasted: boolean): void {
    for (const pending of this.#waiting) pending.isSentBefore &&= hasLasted
  }

  /** Nothing more is written. */
  refuse(reason: Error): void {
    for (const { reject } of this.#waiting) reject(reason)
    this.#waiting = []
  }
}

/**
 * Says of endings that were sent what came of them.
 *
 * @param refused the places, counted from 1, of those that were not the worker's any more
 */
export function settle(batch: readonly PendingEnding[], refused: ReadonlySet<number>): void {
  batch.forEach(({ ending, isSentBefore, resolve, reject }, index) => {
    // What could not be handed back is another worker's already.
    const isEnded = isSentBefore || ending.kind === "handBack" || !refused.has(index + 1)
    if (isEnded) resolve()
    else reject(new LeaseLost())
  })
}
