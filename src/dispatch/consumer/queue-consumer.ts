import { errorClause, errorCode, errorText } from "../../ground/error-text.js"
import { aborted } from "../../ground/aborted.js"
import { Backoff } from "../../ground/backoff.js"
import { sleep } from "../../ground/sleep.js"
import { Timer } from "../../ground/timer.js"
import { SounderError } from "../../telegram/errors.js"
import { callQueue } from "../../queue/call-queue.js"
import { spent } from "../handlers/failure-rule.js"
import type { Delivery, UpdateQueue, UpdateReference } from "../../queue/update-queue.js"
import { announceRetry, announceSetAside } from "./announce-ending.js"
import { keyOf, referenceOf } from "./delivery-reference.js"
import { type Held, HeldDeliveries } from "./held-deliveries.js"
import { emptyVerdict, type StopVerdict } from "./stop-verdict.js"
import { noWork, type Work } from "./work.js"

/** What a {@link QueueConsumer} works with. */
export interface ConsumerOptions {
  readonly queue: UpdateQueue
  /** How many deliveries are held at once at most. */
  readonly concurrency: number
  /** Begins to handle a delivery. */
  readonly begin: (delivery: Delivery) => Work
  /** Tells the operator. */
  readonly log: (message: string, about?: UpdateReference) => void
}

/** How many calls of `take` wait at once at most: a queue may answer several with one transaction. */
const abreast = 32

/** How long a handler may go on after its signal was aborted at the deadline, in milliseconds. */
const graceMs = 250

/**
 * Takes from a queue from its making until it is stopped, and ends what it has taken when its handling
 * has ended. It never asks for more than it may hold.
 */
export class QueueConsumer {
  readonly #options: ConsumerOptions
  readonly #taking = new AbortController()
  readonly #backoff = new Backoff()
  readonly #held = new HeldDeliveries()
  /** How many calls of `take` have not been answered. */
  #asked = 0
  #isRecovering = false
  #waiting: (() => void)[] = []
  #verdict: StopVerdict | undefined
  /** While it stops: what only this process has, and still takes. */
  readonly #remaining = new Map<string, UpdateReference>()
  #isDraining = false
  #isClosed = false
  #isOver = false

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#ask()
  }

  /**
   * Takes no more, gives back what waits, and waits for what runs. Resolves when all of it has ended,
   * or a little after the deadline, with what became of each.
   */
  async stop(deadlineMs: number): Promise<StopVerdict> {
    const verdict = (this.#verdict = emptyVerdict())
    const deadline = new AbortController()
    const timer = new Timer(() => this.#abort(deadline), deadlineMs)
    this.#abort(this.#taking)
    while (this.#asked > 0 && !deadline.signal.aborted) await this.#change()
    await this.#drain(verdict, deadline.signal)
    await this.#endHeld()
    timer.stop()
    this.#isOver = true
    this.#verdict = undefined
    return verdict
  }

  /** Asks for as many as may be held besides those that are. */
  #ask(): void {
    const { queue, concurrency } = this.#options
    const { signal } = this.#taking
    while (this.#asks && this.#asked < Math.min(abreast, concurrency - this.#held.size)) {
      this.#asked += 1
      callQueue("take", () => queue.take(signal)).then(this.#taken, this.#notTaken)
    }
  }

  get #asks(): boolean {
    return !this.#taking.signal.aborted && !this.#isClosed && !this.#isRecovering
  }

  readonly #taken = (delivery: Delivery): void => {
    if (!isDelivery(delivery)) return this.#notTaken(noDelivery())
    this.#asked -= 1
    this.#backoff.reset()
    if (this.#isOver) void this.#giveBack(delivery)
    else this.#hold(delivery)
    this.#ask()
    if (this.#waiting.length > 0) this.#wake()
  }

  readonly #notTaken = (error: unknown): void => {
    this.#asked -= 1
    if (this.#asks) void this.#recoverAndAsk(error)
    this.#wake()
  }

  /** Those that were asked for at the same time fail together: it is said once. */
  async #recoverAndAsk(failure: unknown): Promise<void> {
    this.#isRecovering = true
    await this.#recover(failure, this.#taking.signal)
    this.#isRecovering = false
    this.#ask()
  }

  /** Takes one when there is room for it; `undefined` after a wait that led to nothing. */
  async #takeNext(signal: AbortSignal): Promise<Delivery | undefined> {
    const { queue, concurrency } = this.#options
    if (this.#held.size >= concurrency) {
      await this.#change()
      return undefined
    }
    try {
      const delivery = await callQueue("take", () => queue.take(signal))
      if (!isDelivery(delivery)) throw noDelivery()
      this.#backoff.reset()
      return delivery
    } catch (error) {
      if (!signal.aborted) await this.#recover(error, signal)
      return undefined
    }
  }

  async #recover(failure: unknown, signal: AbortSignal): Promise<void> {
    if (errorCode(failure) === "queue-closed") {
      this.#isClosed = true
      return this.#options.log("The queue was closed: the dispatcher takes nothing more from it")
    }
    const waitMs = this.#backoff.next()
    this.#options.log(
      `Could not take from the queue, trying again in ${waitMs} ms: ${errorText(failure)}`,
    )
    await sleep(waitMs, signal).catch(() => {})
  }

  #hold(delivery: Delivery): void {
    void this.#finish(this.#held.add(delivery, this.#begin(delivery)))
  }

  #begin(delivery: Delivery): Work {
    try {
      return this.#options.begin(delivery)
    } catch (error) {
      const about = referenceOf(delivery)
      const reason = errorClause(error)
      this.#options.log(`Could not begin update ${about.updateId}, set aside: ${reason}`, about)
      return noWork(spent(delivery.attempt), error)
    }
  }

  async #finish(held: Held): Promise<void> {
    const { delivery, work } = held
    await work.ended
    if (held.isGivenUp) return
    const { run } = work
    try {
      // Not a function of its own: the promise of one is a good part of an update's price.
      if (!run.isInterrupted && (run.failure?.next ?? "done") === "done") {
        await delivery.done()
        if (!held.isGivenUp) this.#verdict?.handled.push(referenceOf(delivery))
      } else await this.#endUndone(held)
    } catch (error) {
      this.#couldNotEnd(held, error)
    }
    this.#held.delete(held)
    this.#ask()
    if (this.#waiting.length > 0) this.#wake()
  }

  /** Ends a delivery whose update was not handled. */
  async #endUndone(held: Held): Promise<void> {
    const { delivery, work } = held
    const { isInterrupted, failure, thrown } = work.run
    if (isInterrupted) return this.#giveBack(delivery)
    if (failure?.next === "retry") {
      // Whoever stops asks what has become of it, and finds it waiting.
      const delayMs = Math.max(failure.retryInMs ?? 0, this.#verdict ? 1 : 0)
      await delivery.retry({ delayMs })
      announceRetry(delivery, thrown, delayMs)
      if (this.#verdict && !held.isGivenUp) await this.#askFor(delivery, this.#verdict)
      return
    }
    await delivery.setAside(thrown)
    announceSetAside(delivery, thrown)
    if (!held.isGivenUp) this.#verdict?.handled.push(referenceOf(delivery))
  }

  /** Finds out what becomes of an update that waits for its next attempt while this worker stops. */
  async #askFor(delivery: Delivery, verdict: StopVerdict): Promise<void> {
    const reference = referenceOf(delivery)
    const isIt = (other: UpdateReference) => keyOf(other) === keyOf(reference)
    const { handedBack, remaining } = await this.#options.queue.handBack()
    verdict.handedBack.push(...handedBack)
    // Where the queue says nothing of it, it is in its store.
    if (!remaining.some(isIt)) {
      if (!handedBack.some(isIt)) verdict.handedBack.push(reference)
    } else if (this.#isDraining) this.#remaining.set(keyOf(reference), reference)
    else verdict.unknown.push(reference)
  }

  #couldNotEnd({ delivery, isGivenUp }: Held, error: unknown): void {
    const reference = referenceOf(delivery)
    const { updateId } = reference
    this.#options.log(`Could not end update ${updateId}: ${errorText(error)}`, reference)
    if (!isGivenUp) this.#verdict?.unknown.push(reference)
  }

  /** @param until a queue that has not answered by then counts as having said no */
  async #giveBack(delivery: Delivery, until?: AbortSignal): Promise<void> {
    const reference = referenceOf(delivery)
    const answer = delivery.signal?.aborted === true || this.#handBack(delivery)
    const isBack = until ? await Promise.race([answer, aborted(until)]) : await answer
    if (isBack) this.#verdict?.handedBack.push(reference)
    else this.#verdict?.unknown.push(reference)
  }

  async #handBack(delivery: Delivery): Promise<boolean> {
    try {
      return await delivery.handBack()
    } catch (error) {
      const about = referenceOf(delivery)
      this.#options.log(`Could not give back update ${about.updateId}: ${errorText(error)}`, about)
      return false
    }
  }

  /** Gives back what waits, takes what only this process has, and waits for what runs. */
  async #drain(verdict: StopVerdict, deadline: AbortSignal): Promise<void> {
    this.#isDraining = true
    await this.#handBackWaiting(verdict, deadline)
    while (this.#isBusy && !deadline.aborted) {
      if (this.#remaining.size > 0 && !this.#isClosed) await this.#takeRemaining(deadline)
      else await this.#change()
    }
    this.#isDraining = false
    verdict.unknown.push(...this.#remaining.values())
    this.#remaining.clear()
  }

  get #isBusy(): boolean {
    return this.#held.size > 0 || (this.#remaining.size > 0 && !this.#isClosed)
  }

  async #handBackWaiting(verdict: StopVerdict, deadline: AbortSignal): Promise<void> {
    try {
      const waiting = await Promise.race([this.#options.queue.handBack(), aborted(deadline)])
      if (!waiting) return
      verdict.handedBack.push(...waiting.handedBack)
      for (const reference of waiting.remaining) this.#remaining.set(keyOf(reference), reference)
    } catch (error) {
      this.#options.log(`Could not give back what waits in the queue: ${errorText(error)}`)
    }
  }

  async #takeRemaining(deadline: AbortSignal): Promise<void> {
    const delivery = await this.#takeNext(deadline)
    if (!delivery) return
    // Another one has been put since: it is not ours to begin.
    if (this.#remaining.delete(keyOf(referenceOf(delivery)))) this.#hold(delivery)
    else await this.#giveBack(delivery)
  }

  /** Tells what runs at the deadline to end, and soon after gives it up. */
  async #endHeld(): Promise<void> {
    if (this.#held.size === 0) return
    const reason = new SounderError("not-running", "The dispatcher was stopped at its deadline")
    for (const { work } of this.#held.all) work.run.abort(reason)
    await this.#forGrace((signal) => this.#untilIdle(signal))
    const left = this.#held.all
    for (const held of left) held.isGivenUp = true
    await this.#forGrace((signal) =>
      Promise.all(left.map(({ delivery }) => this.#giveBack(delivery, signal))),
    )
  }

  async #forGrace(wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const grace = new AbortController()
    const timer = new Timer(() => this.#abort(grace), graceMs)
    await wait(grace.signal)
    timer.stop()
  }

  async #untilIdle(signal: AbortSignal): Promise<void> {
    while (this.#held.size > 0 && !signal.aborted) await this.#change()
  }

  #abort(controller: AbortController): void {
    controller.abort()
    this.#wake()
  }

  /** Resolves when something has ended or a time is over. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** Whether a queue of the program's own has kept to its type. */
function isDelivery(delivery: unknown): boolean {
  try {
    const { update } = delivery as Delivery
    return typeof update === "object" && update !== null && "done" in (delivery as Delivery)
  } catch {
    return false
  }
}

function noDelivery(): TypeError {
  return new TypeError("The queue's take() resolved with a value that is no delivery")
}
