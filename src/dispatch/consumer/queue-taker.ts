import { Backoff } from "../../ground/backoff.js"
import { errorCode, errorText } from "../../ground/error-text.js"
import { sleep } from "../../ground/sleep.js"
import { callQueue } from "../../queue/call-queue.js"
import type { Delivery, UpdateQueue } from "../../queue/update-queue.js"

/** Takes deliveries from a queue, which may be the program's own, and waits where that has failed. */
export class QueueTaker {
  readonly #queue: UpdateQueue
  readonly #log: (message: string) => void
  readonly #backoff = new Backoff()
  #isClosed = false

  /** @param log tells the operator */
  constructor(queue: UpdateQueue, log: (message: string) => void) {
    this.#queue = queue
    this.#log = log
  }

  /** Whether the queue was closed, so that nothing can be taken from it. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Takes one delivery. Rejects where the queue does, and where it resolves with something else. */
  take(signal: AbortSignal): Promise<Delivery> {
    return callQueue("take", () => this.#queue.take(signal))
  }

  /** Returns whether a value is a delivery. If so, the next failure begins with the shortest wait. */
  accepts(delivery: Delivery): boolean {
    if (!isDelivery(delivery)) return false
    this.#backoff.reset()
    return true
  }

  /** Tells of a failure, and waits before the next attempt. An abort ends the wait. */
  async recover(failure: unknown, signal: AbortSignal): Promise<void> {
    if (errorCode(failure) === "queue-closed") {
      this.#isClosed = true
      return this.#log("The queue was closed: the dispatcher takes nothing more from it")
    }
    const waitMs = this.#backoff.next()
    const reason = errorText(failure)
    this.#log(`Could not take from the queue, trying again in ${waitMs} ms: ${reason}`)
    await sleep(waitMs, signal).catch(() => {})
  }
}

/** Returns the error of a `take` that has brought no delivery. */
export function noDelivery(): TypeError {
  return new TypeError("The queue's take() resolved with a value that is no delivery")
}

function isDelivery(delivery: unknown): boolean {
  try {
    const { update } = delivery as Delivery
    return typeof update === "object" && update !== null && "done" in (delivery as Delivery)
  } catch {
    return false
  }
}
