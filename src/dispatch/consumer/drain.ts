import { aborted } from "../../ground/aborted.js"
import { errorText } from "../../ground/error-text.js"
import { Timer } from "../../ground/timer.js"
import { SounderError } from "../../telegram/errors.js"
import type { Delivery, UpdateQueue, UpdateReference } from "../../queue/update-queue.js"
import type { Changes } from "./changes.js"
import { keyOf, referenceOf } from "./delivery-reference.js"
import { type ConsumerLog, type DeliveryEnd, handBack } from "./end-delivery.js"
import type { Held, HeldDeliveries } from "./held-deliveries.js"
import { noDelivery, type QueueTaker } from "./queue-taker.js"
import { emptyVerdict, type StopVerdict } from "./stop-verdict.js"

/** How long a handler may go on after its signal was aborted at the deadline, in milliseconds. */
const graceMs = 250

/** The consumer that is stopped, as a {@link Drain} sees it. */
export interface Drained {
  readonly queue: UpdateQueue
  readonly taker: QueueTaker
  readonly held: HeldDeliveries
  readonly changes: Changes
  readonly concurrency: number
  readonly log: ConsumerLog
  /** How many calls of `take` have not been answered. */
  readonly asked: () => number
  /** Begins to handle a delivery. */
  readonly hold: (delivery: Delivery) => void
}

/**
 * The stop of a consumer. It hands back the waiting updates, takes the ones that only this process has,
 * waits for the running handlers, and keeps the verdict on each update.
 */
export class Drain {
  readonly #drained: Drained
  readonly #verdict = emptyVerdict()
  /** The updates that only this process has, and that are still taken. */
  readonly #remaining = new Map<string, UpdateReference>()
  #isTaking = false

  constructor(drained: Drained) {
    this.#drained = drained
  }

  /** Resolves when all updates have their end, or a little after the deadline. */
  async run(deadlineMs: number): Promise<StopVerdict> {
    const { asked, changes } = this.#drained
    const deadline = new AbortController()
    const timer = new Timer(() => this.#abort(deadline), deadlineMs)
    while (asked() > 0 && !deadline.signal.aborted) await changes.next()
    this.#isTaking = true
    await this.#handBackWaiting(deadline.signal)
    await this.#untilIdle(deadline.signal)
    this.#isTaking = false
    this.#verdict.unknown.push(...this.#remaining.values())
    this.#remaining.clear()
    await this.#endHeld()
    timer.stop()
    return this.#verdict
  }

  /** Notes the end of a delivery. Resolves when the update's fate is known. */
  async note(delivery: Delivery, end: DeliveryEnd): Promise<void> {
    const reference = referenceOf(delivery)
    if (end === "handled") this.#verdict.handled.push(reference)
    else if (end === "handed-back") this.#verdict.handedBack.push(reference)
    else if (end === "unknown") this.#verdict.unknown.push(reference)
    else await this.#askFor(reference)
  }

  /** Asks the queue for the fate of an update that waits for its next attempt. */
  async #askFor(reference: UpdateReference): Promise<void> {
    const { queue } = this.#drained
    const isIt = (other: UpdateReference) => keyOf(other) === keyOf(reference)
    const { handedBack, remaining } = await queue.handBack()
    this.#verdict.handedBack.push(...handedBack)
    // Where the queue does not name the update, its store has it.
    if (!remaining.some(isIt)) {
      if (!handedBack.some(isIt)) this.#verdict.handedBack.push(reference)
    } else if (this.#isTaking) this.#remaining.set(keyOf(reference), reference)
    else this.#verdict.unknown.push(reference)
  }

  async #handBackWaiting(deadline: AbortSignal): Promise<void> {
    const { queue, log } = this.#drained
    try {
      const waiting = await Promise.race([queue.handBack(), aborted(deadline)])
      if (!waiting) return
      this.#verdict.handedBack.push(...waiting.handedBack)
      for (const reference of waiting.remaining) this.#remaining.set(keyOf(reference), reference)
    } catch (error) {
      log(`Could not hand back the waiting updates: ${errorText(error)}`)
    }
  }

  async #untilIdle(deadline: AbortSignal): Promise<void> {
    const { held, taker, changes } = this.#drained
    const isTakable = () => this.#remaining.size > 0 && !taker.isClosed
    while ((held.size > 0 || isTakable()) && !deadline.aborted) {
      if (isTakable()) await this.#takeRemaining(deadline)
      else await changes.next()
    }
  }

  async #takeRemaining(deadline: AbortSignal): Promise<void> {
    const delivery = await this.#takeNext(deadline)
    if (!delivery) return
    // Another update has been put since: it is not ours to begin.
    if (this.#remaining.delete(keyOf(referenceOf(delivery)))) this.#drained.hold(delivery)
    else await this.note(delivery, await handBack(delivery, this.#drained.log))
  }

  /** Takes a delivery when there is room for it; `undefined` after a wait that led to nothing. */
  async #takeNext(signal: AbortSignal): Promise<Delivery | undefined> {
    const { taker, held, concurrency, changes } = this.#drained
    if (held.size >= concurrency) {
      await changes.next()
      return undefined
    }
    try {
      const delivery = await taker.take(signal)
      if (taker.accepts(delivery)) return delivery
      throw noDelivery()
    } catch (error) {
      if (!signal.aborted) await taker.recover(error, signal)
      return undefined
    }
  }

  /** Tells the handlers that run at the deadline to end, and soon after gives them up. */
  async #endHeld(): Promise<void> {
    const { held } = this.#drained
    if (held.size === 0) return
    const reason = new SounderError("not-running", "The dispatcher was stopped at its deadline")
    for (const { work } of held.all) work.run.abort(reason)
    await this.#forGrace(async (signal) => {
      while (held.size > 0 && !signal.aborted) await this.#drained.changes.next()
    })
    const left = held.all
    for (const each of left) each.isGivenUp = true
    await this.#forGrace((signal) => Promise.all(left.map((each) => this.#giveUp(each, signal))))
  }

  /** @param until a queue that has not answered by then counts as one that has refused */
  async #giveUp({ delivery }: Held, until: AbortSignal): Promise<void> {
    const end = await Promise.race([handBack(delivery, this.#drained.log), aborted(until)])
    await this.note(delivery, end ?? "unknown")
  }

  async #forGrace(wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const grace = new AbortController()
    const timer = new Timer(() => this.#abort(grace), graceMs)
    await wait(grace.signal)
    timer.stop()
  }

  #abort(controller: AbortController): void {
    controller.abort()
    this.#drained.changes.tell()
  }
}
