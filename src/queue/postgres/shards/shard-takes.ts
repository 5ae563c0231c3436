import { Timer } from "../../../ground/timer.js"
import { PendingTakes } from "../../pending-takes.js"
import { QueueClosed } from "../../queue-closed.js"
import type { Delivery, UpdateQueue } from "../../update-queue.js"

/** The time after a delivery for which a shard counts as busy, in milliseconds. */
const busyMs = 50
/** The longest time for which a delivery waits in this process for a call of `take`, in milliseconds. */
const heldMs = 50

/** The calls of `take` that wait at a shard. */
interface Asks {
  count: number
  readonly abort: AbortController
}

/** A shard from which this process takes. */
interface Source {
  readonly queue: UpdateQueue
  asks: Asks
  /** The time of the last delivery, on the clock of `performance.now`. */
  lastMs: number
}

/** A delivery that came when no call of `take` waited. */
interface Held {
  readonly delivery: Delivery
  readonly timer: Timer
}

/**
 * The calls of `take` of a process, and their distribution over the shards from which it takes. A call is asked of one
 * shard, so that no two shards deliver for it, with one exception: a shard that had nothing keeps one call waiting,
 * because otherwise nobody would notice its next update. So there may be as many deliveries without a call as there
 * are shards: the next calls get them, or else they are handed back after a moment.
 */
export class ShardTakes {
  readonly #pending = new PendingTakes()
  readonly #sources: Source[] = []
  readonly #held: Held[] = []
  readonly #signals = new WeakSet<AbortSignal>()
  #isScheduled = false
  #isClosed = false

  /** Begins to take from a shard. */
  add(queue: UpdateQueue): void {
    this.#sources.push({ queue, asks: newAsks(), lastMs: -Infinity })
    this.#schedule()
  }

  /** Returns the next delivery, or a promise of it. An abort rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<Delivery> | Delivery {
    const held = this.#shiftHeld()
    if (held) return held
    const taken = this.#pending.wait(signal)
    this.#watch(signal)
    this.#schedule()
    return taken
  }

  /** Rejects the calls that wait. */
  refuse(reason: Error): void {
    this.#pending.refuse(reason)
    this.#onAbort()
  }

  /** Rejects the calls that wait. Deliveries without a call are left to the close of their shards. */
  close(): void {
    this.#isClosed = true
    this.#pending.refuse(new QueueClosed())
    for (const { timer } of this.#held.splice(0)) timer.stop()
  }

  #watch(signal: AbortSignal): void {
    if (this.#signals.has(signal)) return
    this.#signals.add(signal)
    signal.addEventListener("abort", () => this.#onAbort(), { once: true })
  }

  /** Withdraws all calls from the shards when no call is left. */
  #onAbort(): void {
    if (!this.#pending.isEmpty) return
    for (const source of this.#sources) withdraw(source)
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed || this.#pending.isEmpty) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      if (!this.#isClosed && !this.#pending.isEmpty) this.#distribute()
    })
  }

  #distribute(): void {
    const sinceMs = performance.now() - busyMs
    const busy: Source[] = []
    let unasked = this.#pending.size
    for (const source of this.#sources) {
      const isBusy = source.lastMs > sinceMs
      if (!isBusy && source.asks.count > 1) withdraw(source)
      if (source.asks.count === 0) this.#ask(source)
      if (isBusy) busy.push(source)
      if (isBusy) unasked -= source.asks.count
    }
    for (; unasked > 0 && busy.length > 0; unasked -= 1) this.#ask(leastAsked(busy))
  }

  #ask(source: Source): void {
    const { asks } = source
    asks.count += 1
    // A shard's `take` returns a promise.
    void (source.queue.take(asks.abort.signal) as Promise<Delivery>).then(
      (delivery) => {
        asks.count -= 1
        source.lastMs = performance.now()
        this.#deliver(delivery)
      },
      () => (asks.count -= 1),
    )
  }

  #deliver(delivery: Delivery): void {
    if (this.#pending.isEmpty) this.#hold(delivery)
    else this.#pending.give(delivery)
    this.#schedule()
  }

  #hold(delivery: Delivery): void {
    if (this.#isClosed) return
    const timer = new Timer(() => {
      this.#held.splice(this.#held.indexOf(held), 1)
      // The shard hands the update back by itself if this fails, because the lease then ends.
      delivery.handBack().catch(() => {})
    }, heldMs)
    const held: Held = { delivery, timer }
    this.#held.push(held)
  }

  #shiftHeld(): Delivery | undefined {
    for (let held = this.#held.shift(); held; held = this.#held.shift()) {
      held.timer.stop()
      // After the end of the lease, another worker may have the update.
      if (!held.delivery.signal?.aborted) return held.delivery
    }
    return undefined
  }
}

function newAsks(): Asks {
  return { count: 0, abort: new AbortController() }
}

/** Ends the calls that wait at a shard. */
function withdraw(source: Source): void {
  const { asks } = source
  source.asks = newAsks()
  if (asks.count > 0) asks.abort.abort(new Error("Another shard is asked"))
}

function leastAsked(sources: readonly Source[]): Source {
  return sources.reduce((least, source) => (source.asks.count < least.asks.count ? source : least))
}
