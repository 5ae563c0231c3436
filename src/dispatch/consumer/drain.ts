import { aborted } from "../../ground/aborted.js"
import { errorText } from "../../ground/error-text.js"
import { Timer } from "../../ground/timer.js"
import { SounderError } from "../../telegram/errors.js"
import type { Delivery, UpdateQueue, UpdateReference } from "../../queue/update-queue.js"
import type { ChangeNotifier } from "./change-notifier.js"
import { keyOf, referenceOf } from "./delivery-reference.js"
import { type ConsumerLog, type DeliveryEnd, endInterrupted, handBack } from "./end-delivery.js"
import type { HeldDeliveries, HeldDelivery } from "./held-deliveries.js"
import { notADeliveryError, type QueueTaker } from "./queue-taker.js"
import { emptyVerdict, type StopVerdict } from "./stop-verdict.js"

/**
 * Milliseconds that handlers have to end after their abort at the deadline. The queue then has the same time
 * to hand back the updates of the handlers that still run.
 */
const graceMs = 250

/** The parts of the stopping consumer that a {@link Drain} uses. */
export interface DrainedConsumer {
  readonly queue: UpdateQueue
  readonly taker: QueueTaker
  readonly held: HeldDeliveries
  /** Notifies of each resolved `take` and of each ended handling. */
  readonly changes: ChangeNotifier
  readonly concurrency: number
  readonly log: ConsumerLog
  /** Returns the number of pending `take` calls. */
  readonly pendingTakes: () => number
  /** Starts handling a delivery. */
  readonly handle: (delivery: Delivery) => void
}

/**
 * The stop of a consumer, in four steps: it waits for the aborted `take` calls, hands back the waiting
 * updates, handles the updates that the queue could not hand back because Telegram has forgotten them, and at
 * the deadline aborts the running handlers. Each step records how its updates end.
 */
export class Drain {
  readonly #consumer: DrainedConsumer
  readonly #verdict = emptyVerdict()
  /** The updates that Telegram has forgotten and no store keeps: they are handled before the deadline. */
  readonly #remaining = new Map<string, UpdateReference>()
  /** Whether {@link #remaining} updates are being taken: after the hand-back, until the deadline. */
  #isTaking = false
  /** Whether the queue could not hand back the waiting updates. */
  #hasFailed = false

  constructor(consumer: DrainedConsumer) {
    this.#consumer = consumer
  }

  /** Resolves when all updates have ended, or at most twice {@link graceMs} after the deadline. */
  async run(deadlineMs: number): Promise<StopVerdict> {
    const { pendingTakes, changes } = this.#consumer
    const deadline = new AbortController()
    const timer = new Timer(() => this.#abort(deadline), deadlineMs)
    while (pendingTakes() > 0 && !deadline.signal.aborted) await changes.next()
    this.#isTaking = true
    await this.#handBackWaiting(deadline.signal)
    do {
      await this.#untilIdle(deadline.signal)
    } while (await this.#hasMore(deadline.signal))
    this.#isTaking = false
    this.#verdict.unknown.push(...this.#remaining.values())
    this.#remaining.clear()
    if ((await this.#endHeld()) && !this.#hasFailed) await this.#recordLeft()
    timer.stop()
    return this.#verdict
  }

  /**
   * Records how a delivery has ended. Hands an update back that waits for its next attempt, and records the
   * queue's answer.
   */
  async record(delivery: Delivery, end: DeliveryEnd): Promise<void> {
    const reference = referenceOf(delivery)
    if (end === "handled") this.#verdict.handled.push(reference)
    else if (end === "handed-back") this.#verdict.handedBack.push(reference)
    else if (end === "unknown") this.#verdict.unknown.push(reference)
    else await this.#handBackRetried(reference)
  }

  /** Hands back an update that waits for its next attempt. */
  async #handBackRetried(reference: UpdateReference): Promise<void> {
    const { queue } = this.#consumer
    const isRetried = (listed: UpdateReference) => keyOf(listed) === keyOf(reference)
    const { handedBack, remaining } = await queue.handBack()
    this.#verdict.handedBack.push(...handedBack)
    // A queue with a store returns empty lists. Its store keeps the update, which counts as handed back.
    if (!remaining.some(isRetried)) {
      if (!handedBack.some(isRetried)) this.#verdict.handedBack.push(reference)
    } else if (this.#isTaking) this.#remaining.set(keyOf(reference), reference)
    else this.#verdict.unknown.push(reference)
  }

  async #handBackWaiting(deadline: AbortSignal): Promise<void> {
    const { queue, log } = this.#consumer
    try {
      const waiting = await Promise.race([queue.handBack(), aborted(deadline)])
      if (!waiting) return
      this.#verdict.handedBack.push(...waiting.handedBack)
      for (const reference of waiting.remaining) this.#remaining.set(keyOf(reference), reference)
    } catch (error) {
      this.#hasFailed = true
      log(`Could not hand back the waiting updates: ${errorText(error)}`)
    }
  }

  /** Returns whether the handled updates have put own updates that only this process has. */
  async #hasMore(deadline: AbortSignal): Promise<boolean> {
    if (deadline.aborted || this.#consumer.taker.isClosed || this.#hasFailed) return false
    await this.#handBackWaiting(deadline)
    return this.#remaining.size > 0
  }

  async #untilIdle(deadline: AbortSignal): Promise<void> {
    const { held, taker, changes } = this.#consumer
    const canTake = () => this.#remaining.size > 0 && !taker.isClosed
    while ((held.size > 0 || canTake()) && !deadline.aborted) {
      if (canTake()) await this.#takeRemaining(deadline)
      else await changes.next()
    }
  }

  async #takeRemaining(deadline: AbortSignal): Promise<void> {
    const delivery = await this.#takeNext(deadline)
    if (!delivery) return
    // An update that was put during the stop is handed back, not started.
    if (this.#remaining.delete(keyOf(referenceOf(delivery)))) this.#consumer.handle(delivery)
    else await this.record(delivery, await handBack(delivery, this.#consumer.log))
  }

  /**
   * Takes a delivery. Returns `undefined` after a failure, an abort, or a wait because `concurrency` was
   * reached: the caller then calls again.
   */
  async #takeNext(signal: AbortSignal): Promise<Delivery | undefined> {
    const { taker, held, concurrency, changes } = this.#consumer
    if (held.size >= concurrency) {
      await changes.next()
      return undefined
    }
    try {
      const delivery = await taker.take(signal)
      if (taker.accepts(delivery)) return delivery
      throw notADeliveryError()
    } catch (error) {
      if (!signal.aborted) await taker.recover(error, signal)
      return undefined
    }
  }

  /** Records the own updates that only this process has, and that handlers have put after the deadline. */
  async #recordLeft(): Promise<void> {
    const { unknown } = this.#verdict
    const known = new Set(unknown.map(keyOf))
    await this.#forGrace((signal) => this.#handBackWaiting(signal))
    const left = [...this.#remaining.values()]
    unknown.push(...left.filter((reference) => !known.has(keyOf(reference))))
  }

  /**
   * Aborts the running handlers, waits for {@link graceMs}, and abandons those that still run. Resolves with
   * false if none were running.
   */
  async #endHeld(): Promise<boolean> {
    const { held } = this.#consumer
    if (held.size === 0) return false
    const reason = new SounderError("not-running", "The dispatcher was stopped at its deadline")
    for (const { work } of held.snapshot()) work.run.abort(reason)
    await this.#forGrace(async (signal) => {
      while (held.size > 0 && !signal.aborted) await this.#consumer.changes.next()
    })
    const abandoned = held.snapshot()
    for (const delivery of abandoned) delivery.isAbandoned = true
    await this.#forGrace((signal) =>
      Promise.all(abandoned.map((delivery) => this.#endAbandoned(delivery, signal))),
    )
    return true
  }

  /**
   * Hands back an update whose handlers still run. If its handlers were interrupted, the update is done.
   *
   * @param timeout a signal; if it aborts before the queue has answered, the update ends as `unknown`
   */
  async #endAbandoned(held: HeldDelivery, timeout: AbortSignal): Promise<void> {
    const { delivery, interruption } = held
    const { log } = this.#consumer
    const ended = interruption ? endInterrupted(delivery, log) : handBack(delivery, log)
    const end = await Promise.race([ended, aborted(timeout)])
    await this.record(delivery, end ?? "unknown")
  }

  /** Calls `wait` with a signal that aborts after {@link graceMs}. */
  async #forGrace(wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const grace = new AbortController()
    const timer = new Timer(() => this.#abort(grace), graceMs)
    await wait(grace.signal)
    timer.stop()
  }

  #abort(controller: AbortController): void {
    controller.abort()
    this.#consumer.changes.notify()
  }
}
