import { errorClause, errorText } from "../../ground/error-text.js"
import type { Delivery, UpdateQueue } from "../../queue/update-queue.js"
import { spent } from "../handlers/failure-rule.js"
import { Changes } from "./changes.js"
import { referenceOf } from "./delivery-reference.js"
import { Drain } from "./drain.js"
import { type ConsumerLog, type DeliveryEnd, endUndone, handBack } from "./end-delivery.js"
import { type Held, HeldDeliveries } from "./held-deliveries.js"
import { noDelivery, QueueTaker } from "./queue-taker.js"
import { StandstillWatch } from "./standstill-watch.js"
import type { StopVerdict } from "./stop-verdict.js"
import { noWork, type Work } from "./work.js"

/** The parts of a {@link QueueConsumer}. */
export interface ConsumerOptions {
  readonly queue: UpdateQueue
  /** How many deliveries are held at once at most. */
  readonly concurrency: number
  /** Begins to handle a delivery. */
  readonly begin: (delivery: Delivery) => Work
  readonly log: ConsumerLog
}

/** How many calls of `take` wait at once at most: a queue may answer several with one transaction. */
const abreast = 32

type State =
  /** Asks for as many deliveries as there is room for. */
  | { readonly kind: "taking" }
  /** Waits after a `take` that has failed. */
  | { readonly kind: "recovering" }
  | { readonly kind: "stopping"; readonly drain: Drain }
  | { readonly kind: "stopped" }

/**
 * Takes deliveries from a queue from its making until it is stopped, and ends each when its handling has
 * ended. It never asks for more than it may hold.
 */
export class QueueConsumer {
  readonly #options: ConsumerOptions
  readonly #taker: QueueTaker
  readonly #taking = new AbortController()
  readonly #held = new HeldDeliveries()
  readonly #changes = new Changes()
  readonly #standstill: StandstillWatch
  /** How many calls of `take` have not been answered. */
  #asked = 0
  #state: State = { kind: "taking" }

  constructor(options: ConsumerOptions) {
    const { queue, concurrency, log } = options
    this.#options = options
    this.#taker = new QueueTaker(queue, log)
    this.#standstill = new StandstillWatch(this.#held, concurrency, log)
    this.#ask()
  }

  /**
   * Stops taking, hands back the updates that wait, and waits for the handlers that run. Resolves when
   * all of them have ended, or a little after the deadline, with what became of each update.
   */
  async stop(deadlineMs: number): Promise<StopVerdict> {
    const { queue, concurrency, log } = this.#options
    const drain = new Drain({
      ...{ queue, concurrency, log, taker: this.#taker, held: this.#held, changes: this.#changes },
      asked: () => this.#asked,
      hold: (delivery) => this.#hold(delivery),
    })
    this.#state = { kind: "stopping", drain }
    this.#taking.abort()
    this.#changes.tell()
    const verdict = await drain.run(deadlineMs)
    this.#standstill.stop()
    this.#state = { kind: "stopped" }
    return verdict
  }

  /** Asks the queue for as many deliveries as there is room for. */
  #ask(): void {
    const { concurrency } = this.#options
    const { signal } = this.#taking
    while (this.#isTaking && this.#asked < Math.min(abreast, concurrency - this.#held.size)) {
      this.#asked += 1
      this.#taker.take(signal).then(this.#taken, this.#notTaken)
    }
  }

  get #isTaking(): boolean {
    return this.#state.kind === "taking" && !this.#taker.isClosed
  }

  get #drain(): Drain | undefined {
    return this.#state.kind === "stopping" ? this.#state.drain : undefined
  }

  readonly #taken = (delivery: Delivery): void => {
    if (!this.#taker.accepts(delivery)) return this.#notTaken(noDelivery())
    this.#asked -= 1
    if (this.#state.kind === "stopped") void handBack(delivery, this.#options.log)
    else this.#hold(delivery)
    this.#ask()
    this.#changes.tell()
  }

  readonly #notTaken = (error: unknown): void => {
    this.#asked -= 1
    if (this.#isTaking) void this.#recover(error)
    this.#changes.tell()
  }

  /** Calls of one moment fail together: that is told once. */
  async #recover(failure: unknown): Promise<void> {
    this.#state = { kind: "recovering" }
    await this.#taker.recover(failure, this.#taking.signal)
    if (this.#state.kind !== "recovering") return
    this.#state = { kind: "taking" }
    this.#ask()
  }

  #hold(delivery: Delivery): void {
    const held = this.#held.add(delivery, this.#begin(delivery))
    this.#standstill.began()
    void this.#finish(held)
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
    let end: DeliveryEnd = "handled"
    try {
      // Inlined on purpose: one more async call costs a measurable share of each update.
      if (!run.isInterrupted && (run.failure?.next ?? "done") === "done") await delivery.done()
      else end = await this.#endUndone(held)
      if (this.#drain && !held.isGivenUp) await this.#drain.note(delivery, end)
    } catch (error) {
      await this.#couldNotEnd(held, error)
    }
    this.#held.delete(held)
    this.#standstill.ended()
    this.#ask()
    this.#changes.tell()
  }

  #endUndone({ delivery, work }: Held): Promise<DeliveryEnd> {
    // A stop asks the queue about the update, which has to be waiting then.
    const leastDelayMs = this.#drain ? 1 : 0
    return endUndone(delivery, work.run, { log: this.#options.log, leastDelayMs })
  }

  async #couldNotEnd({ delivery, isGivenUp }: Held, error: unknown): Promise<void> {
    const about = referenceOf(delivery)
    this.#options.log(`Could not end update ${about.updateId}: ${errorText(error)}`, about)
    if (!isGivenUp) await this.#drain?.note(delivery, "unknown")
  }
}
