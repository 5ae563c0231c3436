import { Heap } from "../../ground/heap.js"
import type { LimitedCall } from "./limited-call.js"
import type { MessageLimits } from "./message-limits.js"

/** A call that is not a bulk call, and waits for its turn. */
export interface OtherCall<Call> {
  readonly call: LimitedCall
  /** The place in the order of the calls. */
  readonly order: number
  /** The time at which the limits of its chat may permit the call. */
  readyAt: number
  /** Whether the call no longer waits. */
  isOver: boolean
  /** The next call to the same chat. */
  next: Call | undefined
}

/**
 * The waiting calls that are not bulk calls. The calls to one chat are made one after the other; the calls
 * that wait for the limit of the whole bot are made in their order. Only the first call of each chat is
 * checked against the limits.
 */
export class OtherCalls<Call extends OtherCall<Call>> {
  readonly #limits: MessageLimits
  /** The last call to each chat. */
  readonly #last = new Map<string | undefined, Call>()
  /** The first calls of chats that wait for the limit of the whole bot. */
  readonly #free = new Heap<Call>(({ order }) => order)
  /** The same for calls that are paid for, which have another limit. */
  readonly #paid = new Heap<Call>(({ order }) => order)
  /** The first calls of chats that wait for a limit of their chat. */
  readonly #later = new Heap<Call>(({ readyAt }) => readyAt)

  constructor(limits: MessageLimits) {
    this.#limits = limits
  }

  /** Whether no call waits. */
  get isEmpty(): boolean {
    return this.#last.size === 0
  }

  /** Returns whether a call to a chat waits. */
  hasChat(chat: string | undefined): boolean {
    return this.#last.has(chat)
  }

  /** Returns whether a call waits for the limit of the whole bot, as it was at the last {@link advance}. */
  waitsForBot({ isPaid }: LimitedCall): boolean {
    return !this.#readyOf(isPaid).isEmpty
  }

  /** Adds a call. */
  add(waiting: Call): void {
    const { chat } = waiting.call
    const before = this.#last.get(chat)
    if (before) before.next = waiting
    else this.#enqueue(waiting)
    this.#last.set(chat, waiting)
  }

  /**
   * Sends the calls that the limits permit now. Returns the milliseconds until the next call.
   *
   * @param send begins a call
   */
  advance(now: number, send: (waiting: Call) => void): number {
    for (let first = this.#later.first; first; first = this.#later.first) {
      if (first.readyAt > now) break
      this.#later.shift()
      this.#enqueue(first)
    }
    const botMs = [this.#free, this.#paid].map((ready) => this.#advance(ready, now, send))
    const laterMs = this.#later.first ? this.#later.first.readyAt - now : Infinity
    return Math.min(laterMs, ...botMs)
  }

  #advance(ready: Heap<Call>, now: number, send: (waiting: Call) => void): number {
    for (let first = ready.first; first; first = ready.first) {
      const { botMs, chatMs } = first.isOver ? noWait : this.#limits.otherWait(first.call, now)
      if (chatMs === 0 && botMs > 0) return botMs
      ready.shift()
      if (chatMs > 0) {
        first.readyAt = now + chatMs
        this.#later.add(first)
        continue
      }
      if (!first.isOver) send(first)
      this.#remove(first)
    }
    return Infinity
  }

  /** Removes the first call of a chat. */
  #remove({ call, next }: Call): void {
    if (next) this.#enqueue(next)
    else this.#last.delete(call.chat)
  }

  #enqueue(waiting: Call): void {
    this.#readyOf(waiting.call.isPaid).add(waiting)
  }

  #readyOf(isPaid: boolean): Heap<Call> {
    return isPaid ? this.#paid : this.#free
  }
}

const noWait = { botMs: 0, chatMs: 0 }
