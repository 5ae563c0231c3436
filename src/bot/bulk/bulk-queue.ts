import { offAbort, onAbort } from "../../ground/abort-listeners.js"
import { Heap } from "../../ground/heap.js"
import { Timer } from "../../ground/timer.js"
import { RetryAfter } from "../../telegram/errors.js"
import { Pauses } from "../pauses.js"
import { Flood } from "./flood.js"
import type { LimitedCall } from "./limited-call.js"
import { MessageLimits, type Turn } from "./message-limits.js"
import { type OtherCall, OtherCalls } from "./other-calls.js"
import { BulkPace } from "./bulk-pace.js"

/** The options of the wait of one bulk call. */
export interface BulkWaitOptions {
  readonly method: string
  /** The longest wait for `retry_after`, in milliseconds. */
  readonly maxWaitMs: number
  /** An abort ends the wait. */
  readonly signal: AbortSignal | undefined
}

/** A call that waits for its turn. */
interface Waiting extends OtherCall<Waiting> {
  /** The options of a bulk call; `undefined` for any other call. */
  readonly bulk: BulkWaitOptions | undefined
  grant(turn: Turn): void
  refuse(error: Error): void
}

/** The time without bulk calls after which a queue is no longer needed, in milliseconds. */
const idleMs = 60_000
/** The name under which `Pauses` stores the pause of all bulk calls. */
const everyBulkCall = "bulk calls"

/**
 * The queue of the calls of a bot that makes bulk calls. Bulk calls keep to Telegram's limits, and let all
 * other calls go first. A call that is not a bulk call waits only for a limit that bulk calls have used up.
 */
export class BulkQueue {
  readonly #limits: MessageLimits
  readonly #pace: BulkPace
  readonly #flood = new Flood()
  readonly #pauses = new Pauses()
  /** The bulk calls that wait only for their turn. */
  readonly #ready = new Heap<Waiting>(({ order }) => order)
  /** The bulk calls that wait for a limit of their chat. */
  readonly #later = new Heap<Waiting>(({ readyAt }) => readyAt)
  /** The other calls that wait. */
  readonly #others: OtherCalls<Waiting>
  #order = 0
  #timer: Timer | undefined
  #lastBulkAt = performance.now()
  #waiting = 0
  #waitingBulk = 0
  #runningBulk = 0

  /** @param perSecond the maximum number of messages per second of the whole bot */
  constructor(perSecond: number) {
    this.#limits = new MessageLimits(perSecond)
    this.#others = new OtherCalls(this.#limits)
    this.#pace = new BulkPace(perSecond)
  }

  /** Whether there has been no bulk call for a minute. The queue can then be dropped. */
  get isIdle(): boolean {
    const isQuiet = performance.now() - this.#lastBulkAt > idleMs
    return isQuiet && this.#waitingBulk + this.#runningBulk === 0
  }

  /** Returns the turn of a call that is not a bulk call; a promise only if the call has to wait. */
  turn(call: LimitedCall, signal: AbortSignal | undefined): Turn | Promise<Turn> {
    const { botMs, chatMs } = this.#limits.otherWait(call, performance.now())
    if (botMs === 0 && chatMs === 0 && this.#others.isEmpty) return this.#begin(call, false)
    return this.#wait(call, undefined, signal)
  }

  /**
   * Resolves with the turn of a bulk call. Rejects with `RetryAfter` if all bulk calls pause for longer than the call
   * may wait, and with the reason of an abort.
   */
  bulkTurn(call: LimitedCall, options: BulkWaitOptions): Promise<Turn> {
    return this.#wait(call, options, options.signal)
  }

  /** Ends a turn, with the error of the call if there is one. */
  end(turn: Turn, error?: unknown): void {
    const now = performance.now()
    this.#limits.end(turn, now)
    if (turn.isBulk) {
      this.#runningBulk -= 1
      this.#lastBulkAt = now
    }
    if (error instanceof RetryAfter) {
      if (this.#flood.recordRefusal(turn, this.#order)) this.#pause(error)
    } else if (error === undefined) this.#flood.recordSuccess(turn)
    this.#advance()
  }

  #wait(
    call: LimitedCall,
    bulk: BulkWaitOptions | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Turn> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const refusal = bulk && this.#refusalOf(bulk)
      if (refusal) return reject(refusal)
      const abort = () => {
        waiting.refuse(signal?.reason as Error)
        if (this.#waiting === 0) this.#timer?.stop()
      }
      const settle = () => {
        waiting.isOver = true
        this.#waiting -= 1
        if (bulk) this.#waitingBulk -= 1
        if (signal) offAbort(signal, abort)
      }
      const waiting: Waiting = {
        call,
        bulk,
        order: (this.#order += 1),
        readyAt: 0,
        isOver: false,
        next: undefined,
        grant: (turn) => (settle(), resolve(turn)),
        refuse: (error) => (settle(), reject(error)),
      }
      if (signal) onAbort(signal, abort)
      this.#waiting += 1
      if (bulk) {
        this.#waitingBulk += 1
        this.#ready.add(waiting)
      } else this.#others.add(waiting)
      this.#advance()
    })
  }

  #begin(call: LimitedCall, isBulk: boolean): Turn {
    const turn: Turn = { ...call, isBulk, number: (this.#order += 1) }
    this.#limits.begin(turn, performance.now())
    if (isBulk) this.#runningBulk += 1
    return turn
  }

  /** Grants the calls that the limits permit now, and sets the timer for the next call. */
  #advance(): void {
    this.#timer?.stop()
    this.#timer = undefined
    const now = performance.now()
    const othersMs = this.#others.advance(now, (waiting) =>
      waiting.grant(this.#begin(waiting.call, false)),
    )
    const nextMs = Math.min(othersMs, this.#advanceBulk(now))
    // `Infinity`: the next call waits for the end of a running call, which calls this method.
    if (nextMs !== Infinity) this.#timer = new Timer(() => this.#advance(), Math.ceil(nextMs))
  }

  /** Grants the bulk calls that the limits permit now. Returns the milliseconds until the next bulk call. */
  #advanceBulk(now: number): number {
    for (let next = this.#later.first; next && next.readyAt <= now; next = this.#later.first) {
      this.#later.shift()
      this.#ready.add(next)
    }
    const laterMs = this.#later.first ? this.#later.first.readyAt - now : Infinity
    for (let next = this.#ready.first; next; next = this.#ready.first) {
      const waitMs = next.isOver ? 0 : this.#bulkWaitMs(next, now)
      if (waitMs > 0) return Math.min(laterMs, waitMs)
      this.#ready.shift()
      if (next.isOver || this.#postpone(next, now)) continue
      this.#pace.record(next.call, now)
      next.grant(this.#begin(next.call, true))
    }
    return this.#later.first ? this.#later.first.readyAt - now : Infinity
  }

  /** Returns the milliseconds until the limits of the bot permit a bulk call. */
  #bulkWaitMs({ call, bulk }: Waiting, now: number): number {
    if (this.#flood.isProbing && this.#runningBulk > 0) return Infinity
    const pause = this.#pauses.find(bulk?.method ?? "", everyBulkCall)
    if (pause) return pause.remainingMs
    // Other calls that wait for the limit of the whole bot go first.
    if (this.#others.waitsForBot(call)) return Infinity
    return Math.max(this.#pace.waitMs(now), this.#limits.bulkWait(call, now).botMs)
  }

  /**
   * Moves a bulk call to the calls that wait for a limit of their chat, if that limit does not permit the
   * call yet. Returns whether the call was moved.
   */
  #postpone(waiting: Waiting, now: number): boolean {
    const { call } = waiting
    const { chatMs } = this.#limits.bulkWait(call, now)
    if (chatMs === 0 && !this.#others.hasChat(call.chat)) return false
    waiting.readyAt = now + Math.max(1, chatMs)
    this.#later.add(waiting)
    return true
  }

  /** Pauses all bulk calls, and refuses the calls that cannot wait until the end of the pause. */
  #pause(reason: RetryAfter): void {
    this.#pauses.add(reason, everyBulkCall)
    for (const heap of [this.#ready, this.#later]) {
      const all: Waiting[] = []
      for (let next = heap.shift(); next; next = heap.shift()) all.push(next)
      for (const waiting of all) {
        if (waiting.isOver) continue
        const refusal = waiting.bulk && this.#refusalOf(waiting.bulk)
        if (refusal) waiting.refuse(refusal)
        else heap.add(waiting)
      }
    }
  }

  /** Returns the error of a bulk call that cannot wait until the end of the pause; `undefined` for any other. */
  #refusalOf({ method, maxWaitMs }: BulkWaitOptions): RetryAfter | undefined {
    const pause = this.#pauses.isEmpty ? undefined : this.#pauses.find(method, everyBulkCall)
    return pause && pause.remainingMs > maxWaitMs ? pause.error : undefined
  }
}
