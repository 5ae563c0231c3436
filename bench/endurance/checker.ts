import type { Entry } from "../delivery/judge.js"
import type { SentUpdates } from "./sent-updates.js"

/** One process of the bot, from its start until it was told to hold or was killed. */
export interface CheckedLife {
  readonly entries: readonly Entry[]
  /** When it said that it was ready. */
  readonly readyAt: number
  /** When it was told to hold, or ended. */
  readonly workedUntil: number
}

/** What became of the updates. */
export interface Verdict {
  /** A handler has ended. */
  readonly handled: number
  /** Acknowledged, and no handler has ended. */
  readonly lost: number
  /** A handler began after one of a later update of the same chat had begun. */
  readonly outOfOrder: number
  /** A handler began once more after it had ended: the process died before that was stored. */
  readonly again: number
  /** The longest time in which nothing began or ended though something waited, in milliseconds. */
  readonly longestStandstillMs: number
}

/** Looks at journals, and at what was acknowledged when. Knows nothing of queues. */
export class Checker {
  readonly #updates: SentUpdates
  readonly #ended: Uint8Array
  /** The last update of each chat that was begun. */
  readonly #last = new Map<number, number>()
  #handled = 0
  #outOfOrder = 0
  #again = 0
  #longestStandstillMs = 0

  constructor(updates: SentUpdates) {
    this.#updates = updates
    this.#ended = new Uint8Array(updates.total + 1)
  }

  /** Adds a life; in their order. */
  add({ entries, readyAt, workedUntil }: CheckedLife): void {
    // What the last life left is due from the start.
    let quietSince = readyAt
    for (const { what, update, at } of entries) {
      if (at <= workedUntil) this.#expectProgress(quietSince, at)
      quietSince = Math.max(quietSince, at)
      if (what === "begin") this.#begin(update)
      else this.#end(update)
    }
    if (quietSince < workedUntil) this.#expectProgress(quietSince, workedUntil)
  }

  /** The verdict on all that was added. */
  get verdict(): Verdict {
    let lost = 0
    for (let id = 1; id <= this.#updates.total; id += 1) {
      if (this.#updates.acknowledgedAt(id) > 0 && this.#ended[id] === 0) lost += 1
    }
    return {
      handled: this.#handled,
      lost,
      outOfOrder: this.#outOfOrder,
      again: this.#again,
      longestStandstillMs: this.#longestStandstillMs,
    }
  }

  #begin(id: number): void {
    const chat = this.#updates.chatOf(id)
    const last = this.#last.get(chat) ?? 0
    if (id < last) this.#outOfOrder += 1
    else this.#last.set(chat, id)
    if (this.#ended[id] === 1) this.#again += 1
  }

  #end(id: number): void {
    if (this.#ended[id] === 1) return
    this.#ended[id] = 1
    this.#handled += 1
  }

  /** Nothing happened between two moments: was something due all the time? */
  #expectProgress(from: number, to: number): void {
    if (to - from <= this.#longestStandstillMs) return
    const dueFrom = this.#firstDue(from, to)
    if (dueFrom < to) this.#longestStandstillMs = Math.max(this.#longestStandstillMs, to - dueFrom)
  }

  /** From when on something was due that has not ended; looks through all, for long gaps only. */
  #firstDue(from: number, to: number): number {
    let first = to
    for (let id = 1; id <= this.#updates.released && first > from; id += 1) {
      const at = this.#updates.acknowledgedAt(id)
      if (at > 0 && this.#ended[id] === 0) first = Math.min(first, Math.max(from, at))
    }
    return first
  }
}
