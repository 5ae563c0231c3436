import { StateConflict, type StateWrite } from "../../queue/state-store.js"
import type { Delivery } from "../../queue/update-queue.js"
import { ConflictLocks } from "./conflict-locks.js"
import type { DeliveryEnd } from "./end-delivery.js"
import type { HeldDelivery } from "./held-deliveries.js"
import { OutsideCommit } from "./outside-commit.js"
import { isHandled, type Work, type WorkRun } from "./work.js"

/** The number of conflicts of one attempt after which its update fails. */
const maxConflicts = 20

/** The parts of a consumer that a {@link WritesCommitter} uses. */
interface CommittingConsumer {
  /** Starts handling a delivery. Never throws. */
  readonly start: (delivery: Delivery) => Work
  /** Ends a delivery whose handling was cut short or has failed. */
  readonly endUnhandled: (held: HeldDelivery) => Promise<DeliveryEnd>
}

/** The end of a delivery, or the conflict that has prevented the end. */
type End = DeliveryEnd | StateConflict

/** The part of a consumer that ends deliveries together with the writes of their handlers. */
export class WritesCommitter {
  readonly #consumer: CommittingConsumer
  readonly #locks = new ConflictLocks()

  constructor(consumer: CommittingConsumer) {
    this.#consumer = consumer
  }

  /**
   * Ends a handled delivery. If another update has changed one of the values meanwhile, handles the update
   * again with the new values. Fails the update after too many conflicts, and if the queue refuses a write as
   * invalid. Rejects if the queue fails.
   */
  async end(held: HeldDelivery, writes: readonly StateWrite[]): Promise<DeliveryEnd> {
    const { run } = held.work
    const released = this.#locks.whenReleased(writes, run.outsideWrites)
    if (released) await released
    const refusal = await doneUnlessRefused(held.delivery, run)
    if (refusal === undefined) return held.isAbandoned ? "unknown" : "handled"
    let end = await this.#refused(held, refusal)
    for (let count = 1; end instanceof StateConflict; count += 1) {
      end = await this.#handleLocked(held, end, count)
    }
    return held.isAbandoned ? "unknown" : end
  }

  /** Handles an update again under the lock of the value in conflict. */
  async #handleLocked(held: HeldDelivery, conflict: StateConflict, count: number): Promise<End> {
    const release = await this.#locks.acquire(conflict.key)
    try {
      if (held.isAbandoned) return "unknown"
      if (count >= maxConflicts) return await this.#fail(held, conflict)
      held.work = this.#consumer.start(held.delivery)
      if (held.interruption) held.work.run.interrupt?.(held.interruption)
      await held.work.ended
      if (held.isAbandoned) return "unknown"
      const { run } = held.work
      if (!isHandled(run)) return await this.#consumer.endUnhandled(held)
      const refusal = await doneUnlessRefused(held.delivery, run)
      return refusal === undefined ? "handled" : await this.#refused(held, refusal)
    } finally {
      release()
    }
  }

  /** Returns the error of a refused write if it is a conflict. Otherwise fails the update, and ends its delivery. */
  async #refused(held: HeldDelivery, refusal: Error): Promise<End> {
    return refusal instanceof StateConflict ? refusal : this.#fail(held, refusal)
  }

  /** Fails an update whose writes cannot be committed, and ends its delivery. */
  async #fail(held: HeldDelivery, reason: Error): Promise<DeliveryEnd> {
    const { delivery, work } = held
    await work.run.fail?.(reason)
    if (held.isAbandoned) return "unknown"
    if (!isHandled(work.run)) return this.#consumer.endUnhandled(held)
    // Only error handlers have written. If these writes are refused, too, the update ends without writes.
    if (await doneUnlessRefused(delivery, work.run)) await delivery.done()
    return "handled"
  }
}

/**
 * Ends a delivery as handled. Returns the error of a refused write, or of a write to another store; nothing was
 * written then, and the delivery has not ended. Rejects if the queue fails.
 */
async function doneUnlessRefused(
  delivery: Delivery,
  { writes, outsideWrites }: WorkRun,
): Promise<Error | undefined> {
  const outside = outsideWrites && new OutsideCommit(outsideWrites)
  if (outside) {
    delivery.signal?.throwIfAborted()
    const failure = await outside.storeUnlessFailed()
    if (failure) return failure
  }
  try {
    const ending = delivery.done(writes)
    if (ending) await ending
    return undefined
  } catch (error) {
    if (!(error instanceof StateConflict) && !(error instanceof TypeError)) throw error
    await outside?.undo()
    return error
  }
}
