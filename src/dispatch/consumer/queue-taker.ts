import { Backoff } from "../../ground/backoff.js"
import { errorCode, errorText } from "../../ground/error-text.js"
import { sleep } from "../../ground/sleep.js"
import { isThenable } from "../../ground/thenable.js"
import type { Delivery, UpdateQueue } from "../../queue/update-queue.js"

/**
 * The `take` side of a queue, with a backoff after failures. A program can implement its own queue, so the
 * results of `take` are checked.
 */
export class QueueTaker {
  readonly #queue: UpdateQueue
  readonly #log: (message: string) => void
  readonly #backoff = new Backoff()
  #isClosed = false

  /** @param log logs a failure of the queue */
  constructor(queue: UpdateQueue, log: (message: string) => void) {
    this.#queue = queue
    this.#log = log
  }

  /** Whether a `take` has failed with `queue-closed`: nothing more can be taken. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Takes one delivery. Rejects with the queue's error. The result is unchecked: see {@link accepts}. */
  take(signal: AbortSignal): Promise<Delivery> | Delivery {
    try {
      const taken = this.#queue.take(signal)
      return isThenable(taken) ? Promise.resolve(taken) : taken
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Returns whether the result of a `take` is a delivery. If so, the backoff starts over. */
  accepts(delivery: Delivery): boolean {
    if (!isDelivery(delivery)) return false
    this.#backoff.reset()
    return true
  }

  /** Logs a failed `take`, and waits for the backoff. Never rejects: an abort ends the wait early. */
  async recover(failure: unknown, signal: AbortSignal): Promise<void> {
    if (errorCode(failure) === "queue-closed") {
      this.#isClosed = true
      return this.#log("The queue was closed: the dispatcher takes no more updates from it")
    }
    const waitMs = this.#backoff.next()
    const reason = errorText(failure)
    this.#log(`Could not take from the queue, trying again in ${waitMs} ms: ${reason}`)
    await sleep(waitMs, signal).catch(() => {})
  }
}

/** Returns the error of a `take` that resolved with a value that is not a delivery. */
export function notADeliveryError(): TypeError {
  return new TypeError("The queue's take() resolved with a value that is not a delivery")
}

function isDelivery(delivery: unknown): boolean {
  try {
    const { update } = delivery as Delivery
    return typeof update === "object" && update !== null && "done" in (delivery as Delivery)
  } catch {
    return false
  }
}
