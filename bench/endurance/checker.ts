import type { Entry } from "../delivery/judge.js"
import type { SentUpdates } from "./sent-updates.js"

/** One process of the bot, from its start until it was told to hold its handlers or was killed. */
export interface CheckedLife {
  readonly entries: readonly Entry[]
  /** The time at which the bot reported to be ready. */
  readonly readyAt: number
  /** The time at which the bot was told to hold its handlers, or ended. */
  readonly workedUntil: number
}

/** The outcome for the updates. */
export interface Verdict {
  /** Updates with a handler that has ended. */
  readonly handled: number
  /** Acknowledged updates without an ended handler. */
  readonly lost: number
  /** Updates with a handler that began after the handler of a later update of the same chat. */
  readonly outOfOrder: number
  /**
   * Updates with a handler that began again after it had ended, because the process died before
   * storing the end.
   */
  readonly again: number
  /**
   * The longest time without a start or an end of a handler while updates waited, in milliseconds.
   */
  readonly longestStandstillMs: number
}

/** A checker of journals and acknowledgements, which does not know the queue. */
export class Checker {
  readonly #updates: SentUpdates
  readonly #ended: Uint8Array
  /** The last begun update of each chat. */
  readonly #last = new Map<number, number>()
  #handled = 0
  #outOfOrder = 0
  #again = 0
  #longestStandstillMs = 0

  constructor(updates: SentUpdates) {
    this.#updates = updates
    this.#ended = new Uint8Array(updates.total + 1)
  }

  /** Adds a process; the caller keeps the order. */
  add({ entries, readyAt, workedUntil }: CheckedLife): void {
    // Unfinished updates of the previous process are due from the start.
    let quietSince = readyAt
    for (const { what, update, at } of entries) {
      if (at <= workedUntil) this.#expectProgress(quietSince, at)
      quietSince = Math.max(quietSince, at)
      if (what === "begin") this.#begin(update)
      else this.#end(update)
    }
    if (quietSince < workedUntil) this.#expectProgress(quietSince, workedUntil)
  }

  /** The outcome so far. */
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

  /** Checks a time without progress: a standstill if an unfinished update was due all along. */
  #expectProgress(from: number, to: number): void {
    if (to - from <= this.#longestStandstillMs) return
    const dueFrom = this.#firstDue(from, to)
    if (dueFrom < to) this.#longestStandstillMs = Math.max(this.#longestStandstillMs, to - dueFrom)
  }

  /**
   * Returns the time from which an unfinished update was due; searches all updates, so only for
   * long gaps.
   */
  #firstDue(from: number, to: number): number {
    let first = to
    for (let id = 1; id <= this.#updates.released && first > from; id += 1) {
      const at = this.#updates.acknowledgedAt(id)
      if (at > 0 && this.#ended[id] === 0) first = Math.min(first, Math.max(from, at))
    }
    return first
  }
}
