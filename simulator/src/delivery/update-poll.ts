import { RawJson } from "../ground/raw-json.js"
import type { Clock, Timer } from "../ground/clock.js"
import type { EventQueue, StoredEvent } from "./event-queue.js"
import type { ConflictThrottle } from "./conflict-throttle.js"

/** The parameters of `getUpdates`, limited to Telegram's ranges. */
export interface PollRequest {
  readonly offset: number
  readonly limit: number
  /** The time-out in seconds. */
  readonly timeout: number
}

interface Waiting {
  readonly request: PollRequest
  readonly timer: Timer
  readonly resolve: (updates: RawJson) => void
  readonly reject: (error: Error) => void
}

/** The maximum size of an answer to `getUpdates`. */
const maxAnswerBytes = 4 * 1_048_576
/** The distance above the last id, and below the first one, beyond which an offset is ignored. */
const farAhead = 10
const farBehind = 100_000
const otherPoll =
  "terminated by other getUpdates request; make sure that only one bot instance is running"

/** The polling of one bot: answers `getUpdates` at once, or keeps a single long poll pending. */
export class UpdatePoll {
  readonly #clock: Clock
  readonly #queue: EventQueue
  readonly #conflicts: ConflictThrottle
  #last = { offset: Number.NaN, at: Number.NEGATIVE_INFINITY }
  #waiting: Waiting | undefined
  #wake: NodeJS.Timeout | undefined
  readonly #repeated: StoredEvent[] = []

  constructor(options: { clock: Clock; queue: EventQueue; conflicts: ConflictThrottle }) {
    this.#clock = options.clock
    this.#queue = options.queue
    this.#conflicts = options.conflicts
  }

  /** Whether a long poll is pending. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * Resolves with the updates, as JSON. Rejects with 409 if a newer long poll replaces this one.
   */
  read(asked: PollRequest): Promise<RawJson> {
    const request = this.#withoutSpinning(asked)
    const events = this.#events(request)
    if (events.length > 0 || request.timeout === 0) return Promise.resolve(answerWith(events))
    this.abort(otherPoll)
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => this.#answer(), request.timeout * 1000)
      this.#waiting = { request, timer, resolve, reject }
    })
  }

  /**
   * Wakes the pending long poll after an update was added; a short delay collects further updates.
   */
  updated(): void {
    if (this.#waiting === undefined || this.#wake !== undefined) return
    this.#wake = setTimeout(() => this.#answer(), 1)
  }

  /** Adds an update that was already sent to the next answer. */
  repeat(event: StoredEvent): void {
    this.#repeated.push(event)
    this.updated()
  }

  /** Rejects the pending long poll with 409. */
  abort(reason: string): void {
    const waiting = this.#endWait()
    if (waiting !== undefined) this.#conflicts.refuse(reason, waiting.reject)
  }

  /** Rejects the pending long poll with an error. */
  close(error: Error): void {
    this.#endWait()?.reject(error)
  }

  #answer(): void {
    const waiting = this.#endWait()
    if (waiting !== undefined) waiting.resolve(answerWith(this.#events(waiting.request)))
  }

  #endWait(): Waiting | undefined {
    const waiting = this.#waiting
    waiting?.timer.cancel()
    clearTimeout(this.#wake)
    this.#waiting = undefined
    this.#wake = undefined
    return waiting
  }

  // A client that repeats the same offset at once gets a delayed answer with single updates.
  #withoutSpinning({ offset, limit, timeout }: PollRequest): PollRequest {
    const now = this.#clock.now()
    const { at } = this.#last
    const isRepeated = offset === this.#last.offset
    this.#last = { offset, at: now }
    return {
      offset,
      timeout: isRepeated && timeout < 3 && now < at + 3000 ? 3 : timeout,
      limit: isRepeated && now < at + 500 ? 1 : limit,
    }
  }

  #events({ offset, limit }: PollRequest): StoredEvent[] {
    const queue = this.#queue
    const now = Math.floor(this.#clock.now() / 1000)
    if (offset < 0) queue.keepLast(-offset)
    const isUsable =
      offset > 0 && offset <= queue.tail + farAhead && offset >= queue.head - farBehind
    if (isUsable) queue.deleteBefore(offset)
    const repeated = this.#repeated.splice(0, limit)
    const from = isUsable ? offset : queue.head
    return [...repeated, ...queue.read(from, limit - repeated.length, now)]
  }
}

function answerWith(events: readonly StoredEvent[]): RawJson {
  const updates: string[] = []
  let bytes = 0
  for (const { id, json } of events) {
    bytes += json.length + 50
    if (bytes >= maxAnswerBytes && updates.length > 0) break
    updates.push(`{"update_id":${id},\n${json}}`)
  }
  return new RawJson(`[${updates.join(",")}]`)
}
