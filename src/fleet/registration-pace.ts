import type { ApiCall, CallHook } from "../bot/index.js"
import { sleep } from "../ground/sleep.js"
import { RetryAfter } from "../telegram/errors.js"
import { Semaphore } from "./semaphore.js"

/** The number of bots that may call `getWebhookInfo` at the same time. */
const maxReads = 16
/** The number of bots that may call `setWebhook` or `deleteWebhook` at the same time. */
const maxWrites = 8
/** The longest total wait of one call for `retry_after`, in milliseconds. */
const maxWaitMs = 60_000

/**
 * The pace at which the bots of a fleet call Telegram about their webhooks: all bots make these calls at the start
 * and when the certificate that they share is replaced. A bot that waits for `retry_after` has no place, so that it
 * does not delay the other bots.
 */
export class RegistrationPace {
  readonly #reads = new Semaphore(maxReads)
  readonly #writes = new Semaphore(maxWrites)

  /** The hook for the calls of each bot. */
  readonly hook: CallHook = (call, next) => {
    const places = this.#placesFor(call.method)
    return places ? callInPlace(places, call, next) : next(call)
  }

  #placesFor(method: string): Semaphore | undefined {
    if (method === "getWebhookInfo") return this.#reads
    return method === "setWebhook" || method === "deleteWebhook" ? this.#writes : undefined
  }
}

/** Makes a call when a place is free, and again after a 429, within the limits of its waits. */
async function callInPlace(
  places: Semaphore,
  call: ApiCall,
  next: (call: ApiCall) => Promise<unknown>,
): Promise<unknown> {
  let remainingMs = call.maxWaitMs ?? maxWaitMs
  for (;;) {
    try {
      return await places.run(() => next({ ...call, maxWaitMs: 0 }), call.signal)
    } catch (error) {
      if (!(error instanceof RetryAfter)) throw error
      // A timer can fire a millisecond early.
      const waitMs = Math.max(1, error.retryAfter) * 1000 + 1
      if (waitMs > remainingMs) throw error
      remainingMs -= waitMs
      await sleep(waitMs, call.signal)
    }
  }
}
