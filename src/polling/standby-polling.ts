import { errorClause } from "../ground/error-text.js"
import { Backoff } from "../ground/backoff.js"
import { sleep } from "../ground/sleep.js"
import type { HeldLock, StandbyLock } from "../ground/standby-lock.js"
import { acknowledgeFinally } from "./final-acknowledgement.js"
import { PollLoop } from "./poll-loop.js"
import type { PollingSettings } from "./polling-options.js"

/**
 * Polling with or without a lock. With a lock (`standby`), this process polls only while it holds the lock;
 * each time it gets the lock, it starts a new loop, because another process may have acknowledged updates
 * in between.
 */
export class StandbyPolling {
  readonly #settings: PollingSettings
  #loop: PollLoop
  /** The lock, from its acquisition until its loss or {@link end}. */
  #lock: HeldLock | undefined

  constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#loop = new PollLoop(settings)
  }

  /** Number of pending `put` calls of the current loop. */
  get pendingPuts(): number {
    return this.#loop.pendingPuts
  }

  /** Resolves when every `put` of the current loop has settled, or when `signal` aborts. */
  putsSettled(signal: AbortSignal): Promise<void> {
    return this.#loop.putsSettled(signal)
  }

  /**
   * Polls or stands by until `signal` aborts. Rejects if Telegram does not know the token, after retries.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { standby } = this.#settings
    if (!standby) return this.#loop.run(signal)
    while (!signal.aborted) {
      const lock = await this.#acquire(standby, signal)
      if (lock) await this.#poll(lock, signal)
    }
  }

  /**
   * Acknowledges the updates whose `put` has resolved, unless another process may be polling, and releases
   * the lock. To be called after an abort of the signal of {@link run}. Never rejects.
   */
  async end(): Promise<void> {
    const { standby } = this.#settings
    const lock = this.#lock
    this.#lock = undefined
    if (!standby || lock?.isHeld) await acknowledgeFinally(this.#loop, this.#settings)
    if (lock) await this.#release(lock)
  }

  async #poll(lock: HeldLock, signal: AbortSignal): Promise<void> {
    const { logger } = this.#settings
    logger.info("This process has the lock and polls.")
    this.#lock = lock
    this.#loop = new PollLoop(this.#settings)
    try {
      await this.#loop.run(AbortSignal.any([signal, lock.lost]), () => lock.isHeld)
    } catch (error) {
      await this.#release(lock)
      throw error
    }
    // After an abort the lock is kept: `end` acknowledges the last updates, then releases it.
    if (signal.aborted) return
    const reason = lock.lost.aborted ? ` (${errorClause(lock.lost.reason)})` : ""
    logger.warn(
      `This process has lost the lock${reason}. It stands by; another process may poll now.`,
    )
    this.#lock = undefined
    await this.#release(lock)
  }

  /** Releases the lock. Never rejects: if the program's implementation of the lock fails, logs the error. */
  async #release(lock: HeldLock): Promise<void> {
    try {
      await lock.release()
    } catch (error) {
      const reason = errorClause(error)
      this.#settings.logger.warn(`Could not release the lock of \`standby\`: ${reason}.`)
    }
  }

  /** Waits for the lock, and retries after errors. Returns `undefined` after an abort. */
  async #acquire(standby: StandbyLock, signal: AbortSignal): Promise<HeldLock | undefined> {
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        return expectLock(await standby.acquire(`polling:${this.#settings.bot.id}`, signal))
      } catch (error) {
        if (signal.aborted) return undefined
        const waitMs = backoff.next()
        const reason = errorClause(error)
        this.#settings.logger.warn(
          `Could not acquire the lock of \`standby\`: ${reason}. Trying again in ${waitMs} ms.`,
        )
        await sleep(waitMs, signal).catch(() => {})
      }
    }
    return undefined
  }
}

/**
 * Returns the result of `acquire`.
 *
 * @throws TypeError if the result, which an implementation in the program may return, is no held lock
 */
function expectLock(value: unknown): HeldLock {
  const lock = value as Partial<HeldLock> | null | undefined
  if (lock?.lost instanceof AbortSignal && typeof lock.release === "function") {
    return value as HeldLock
  }
  throw new TypeError(
    "Expected `acquire` to resolve with an object with `isHeld`, `lost` and `release`",
  )
}
