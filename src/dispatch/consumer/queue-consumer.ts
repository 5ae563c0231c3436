import { errorClause, errorText } from "../../ground/error-text.js"
import type { Removable } from "../../ground/removable.js"
import { processAgeClock } from "../../ground/wall-clock.js"
import type { ArrivalWatch, Delivery, UpdateQueue } from "../../queue/update-queue.js"
import { setAsideFailure } from "../handlers/failure-rule.js"
import { ChangeNotifier } from "./change-notifier.js"
import { referenceOf } from "./delivery-reference.js"
import { Drain } from "./drain.js"
import { type ConsumerLog, type DeliveryEnd, endUnhandled, handBack } from "./end-delivery.js"
import { HeldDeliveries, type HeldDelivery } from "./held-deliveries.js"
import { notADeliveryError, QueueTaker } from "./queue-taker.js"
import { StandstillWatch } from "./standstill-watch.js"
import type { StopVerdict } from "./stop-verdict.js"
import { isHandled, type Work, type WorkRun, workWithoutHandlers } from "./work.js"
import { WritesCommitter } from "./writes-committer.js"

/** Options of a {@link QueueConsumer}. */
export interface ConsumerOptions {
  readonly queue: UpdateQueue
  /** The maximum number of deliveries handled at once. */
  readonly concurrency: number
  /** Starts handling a delivery. May throw: the update is then set aside. */
  readonly start: (delivery: Delivery) => Work
  readonly log: ConsumerLog
  /** Creates a watch over the held deliveries; `undefined` for no watch. */
  readonly watch?: ((held: HeldDeliveries) => HeldWatch) | undefined
  /** Creates a watch over the updates that arrive while another update of their lane is handled. */
  readonly arrivals: (held: HeldDeliveries) => ArrivalWatch
}

/** A watch over the held deliveries, for advice in development. */
export interface HeldWatch {
  /** Starts watching a new handling. Call this method after each start. */
  onStarted(): void
  /** Stops the timer and removes the listener. */
  stop(): void
}

/** The default of {@link UpdateQueue.maxPendingTakes}. */
const defaultPendingTakes = 32

/** The end of a handled delivery; a promise if the queue ends the delivery asynchronously. */
type Ending = "handled" | Promise<void>

type State =
  /** Keeps as many `take` calls pending as `concurrency` allows. */
  | { readonly kind: "taking" }
  /** Waits for the backoff after a failed `take`. */
  | { readonly kind: "recovering" }
  | { readonly kind: "stopping"; readonly drain: Drain }
  | { readonly kind: "stopped" }

/**
 * The worker of a dispatcher. From its construction until `stop` it takes deliveries from a queue, starts
 * their handling, and ends each delivery after its handling. Pending `take` calls and running handlers
 * together never exceed `concurrency`.
 */
export class QueueConsumer {
  readonly #options: ConsumerOptions
  readonly #taker: QueueTaker
  readonly #takeAbort = new AbortController()
  readonly #held = new HeldDeliveries()
  readonly #changes = new ChangeNotifier()
  readonly #committer = new WritesCommitter({
    start: (delivery) => this.#start(delivery),
    endUnhandled: (held) => this.#endUnhandled(held),
  })
  readonly #standstill: StandstillWatch
  readonly #watch: HeldWatch | undefined
  readonly #arrivals: Removable | undefined
  /** Number of pending `take` calls. */
  #pendingTakes = 0
  /** True while {@link #takeMore} runs. */
  #isTakingMore = false
  #state: State = { kind: "taking" }

  constructor(options: ConsumerOptions) {
    const { queue, concurrency, log, watch, arrivals } = options
    processAgeClock()
    this.#options = options
    this.#taker = new QueueTaker(queue, log)
    this.#standstill = new StandstillWatch(this.#held, concurrency, log)
    this.#watch = watch?.(this.#held)
    this.#arrivals = queue.watchArrivals?.(arrivals(this.#held))
    this.#takeMore()
  }

  /**
   * Stops taking, hands back the waiting updates, and waits for the running handlers. Resolves with
   * the end of each update when all handlers have ended, or about half a second after the deadline.
   */
  async stop(deadlineMs: number): Promise<StopVerdict> {
    const { queue, concurrency, log } = this.#options
    const drain = new Drain({
      ...{ queue, concurrency, log, taker: this.#taker, held: this.#held, changes: this.#changes },
      pendingTakes: () => this.#pendingTakes,
      handle: (delivery) => this.#handle(delivery),
    })
    this.#state = { kind: "stopping", drain }
    this.#takeAbort.abort()
    this.#changes.notify()
    const verdict = await drain.run(deadlineMs)
    this.#standstill.stop()
    this.#watch?.stop()
    this.#arrivals?.remove()
    this.#state = { kind: "stopped" }
    return verdict
  }

  /**
   * Takes updates until none is ready, or until their number reaches `concurrency`. A nested call, by a
   * handler that this method has just started, does nothing.
   */
  #takeMore(): void {
    if (this.#isTakingMore) return
    this.#isTakingMore = true
    try {
      while (this.#isTaking && this.#pendingTakes < this.#pendingTakesLimit) this.#takeNext()
    } finally {
      this.#isTakingMore = false
    }
  }

  /** The number of `take` calls that may be pending while the held deliveries are handled. */
  get #pendingTakesLimit(): number {
    const { queue, concurrency } = this.#options
    const { maxPendingTakes = defaultPendingTakes } = queue
    return Math.min(maxPendingTakes, concurrency - this.#held.size)
  }

  #takeNext(): void {
    this.#pendingTakes += 1
    const taken = this.#taker.take(this.#takeAbort.signal)
    if (taken instanceof Promise) taken.then(this.#onDelivery, this.#onTakeFailed)
    else this.#onDelivery(taken)
  }

  get #isTaking(): boolean {
    return this.#state.kind === "taking" && !this.#taker.isClosed
  }

  get #drain(): Drain | undefined {
    return this.#state.kind === "stopping" ? this.#state.drain : undefined
  }

  readonly #onDelivery = (delivery: Delivery): void => {
    if (!this.#taker.accepts(delivery)) return this.#onTakeFailed(notADeliveryError())
    this.#pendingTakes -= 1
    if (this.#state.kind === "stopped") void handBack(delivery, this.#options.log)
    else this.#handle(delivery)
    this.#takeMore()
    this.#changes.notify()
  }

  readonly #onTakeFailed = (error: unknown): void => {
    this.#pendingTakes -= 1
    if (this.#isTaking) void this.#recover(error)
    this.#changes.notify()
  }

  /**
   * Waits for the backoff and takes again. When pending `take` calls fail together, only the first failure
   * leads to this method: the state is then no longer `taking`.
   */
  async #recover(failure: unknown): Promise<void> {
    this.#state = { kind: "recovering" }
    await this.#taker.recover(failure, this.#takeAbort.signal)
    if (this.#state.kind !== "recovering") return
    this.#state = { kind: "taking" }
    this.#takeMore()
  }

  #handle(delivery: Delivery): void {
    const work = this.#start(delivery)
    const ending = work.ended ? undefined : this.#endAtOnce(delivery, work.run)
    if (ending === "handled" && !this.#drain) return this.#standstill.onEnded()
    const held = this.#held.add(delivery, work)
    this.#standstill.onStarted()
    this.#watch?.onStarted()
    void this.#finish(held, ending)
  }

  #start(delivery: Delivery): Work {
    // An earlier attempt, or a handling whose writes conflicted, may have left its call in the response.
    delivery.response?.withdraw()
    try {
      return this.#options.start(delivery)
    } catch (error) {
      const about = referenceOf(delivery)
      const reason = errorClause(error)
      this.#options.log(
        `Could not start update ${about.updateId}, which was set aside: ${reason}`,
        about,
      )
      return workWithoutHandlers(setAsideFailure(delivery.attempt), error)
    }
  }

  /** Waits for the end of the handling, and ends the delivery unless `ending` is its end. */
  async #finish(held: HeldDelivery, ending: Ending | undefined): Promise<void> {
    const { delivery, work } = held
    if (work.ended) await work.ended
    if (held.isAbandoned) return
    const { run } = work
    let end: DeliveryEnd = "handled"
    try {
      if (ending) await ending
      else if (!isHandled(run)) end = await this.#endUnhandled(held)
      // Inlined, because one more async call takes a measurable share of the time for each update.
      else if (run.writes === undefined) await delivery.done()
      else end = await this.#committer.end(held, run.writes)
      if (this.#drain && !held.isAbandoned) await this.#drain.record(delivery, end)
    } catch (error) {
      await this.#onEndFailed(held, error)
    }
    this.#held.delete(held)
    this.#standstill.onEnded()
    this.#takeMore()
    this.#changes.notify()
  }

  /**
   * Ends a delivery whose handling has succeeded without writes. Returns `undefined` after any other
   * handling. Never throws.
   */
  #endAtOnce(delivery: Delivery, run: WorkRun): Ending | undefined {
    if (!isHandled(run) || run.writes) return undefined
    try {
      return delivery.done() ?? "handled"
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #endUnhandled({ delivery, work }: HeldDelivery): Promise<DeliveryEnd> {
    // During a stop, the drain hands a retried update back while it waits for its delay. With a delay of 0, the
    // queue could deliver the update before that.
    const minDelayMs = this.#drain ? 1 : 0
    return endUnhandled(delivery, work.run, { log: this.#options.log, minDelayMs })
  }

  async #onEndFailed({ delivery, isAbandoned }: HeldDelivery, error: unknown): Promise<void> {
    const about = referenceOf(delivery)
    const reason = errorText(error)
    this.#options.log(`Could not end the delivery of update ${about.updateId}: ${reason}`, about)
    if (!isAbandoned) await this.#drain?.record(delivery, "unknown")
  }
}
