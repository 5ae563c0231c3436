import { Backoff } from "../ground/backoff.js"
import { errorClause, errorSentence } from "../ground/error-text.js"
import { sleep } from "../ground/sleep.js"
import type { HeldLock } from "../ground/standby-lock.js"
import { acknowledgeFinally } from "./final-acknowledgement.js"
import { GuardedLock } from "./guarded-lock.js"
import { PollLoop } from "./poll-loop.js"
import type { PollingSettings } from "./polling-options.js"

/** Milliseconds for which the lock must have been held, for its loss to count as the first failure. */
const steadyMs = 10_000

/**
 * Polling with or without a lock. With a lock (`standby`), this process polls only while it holds the lock;
 * each time it gets the lock, it starts a new loop, because another process may have acknowledged updates
 * in between.
 */
export class StandbyPolling {
  readonly #settings: PollingSettings
  readonly #standby: GuardedLock | undefined
  readonly #backoff = new Backoff()
  /** The reason of the last warning of each kind, since the lock was last held for {@link steadyMs}. */
  readonly #warned = new Map<"not-acquired" | "lost", string>()
  #loop: PollLoop
  /** The lock, from its acquisition until its loss or {@link end}. */
  #lock: HeldLock | undefined

  constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#loop = new PollLoop(settings)
    const { standby, logger } = settings
    this.#standby = standby && new GuardedLock(standby, logger)
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
    const standby = this.#standby
    if (!standby) return this.#loop.run(signal)
    while (!signal.aborted) {
      const lock = await this.#acquire(standby, signal)
      if (lock) await this.#poll(lock, signal)
    }
  }

  /**
   * Limits the waits for the lock's methods to `ms` milliseconds from now. To be called at the abort of the
   * signal of {@link run}.
   */
  endWaitsIn(ms: number): void {
    this.#standby?.endWaitsIn(ms)
  }

  /**
   * Acknowledges the updates whose `put` has resolved, unless another process may be polling, and releases
   * the lock. To be called after an abort of the signal of {@link run}. Never rejects.
   */
  async end(): Promise<void> {
    const lock = this.#lock
    this.#lock = undefined
    if (!this.#standby || lock?.isHeld) await acknowledgeFinally(this.#loop, this.#settings)
    await lock?.release()
  }

  async #poll(lock: HeldLock, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    if (lock.isHeld) this.#settings.logger.info("This process has the lock and polls.")
    this.#lock = lock
    this.#loop = new PollLoop(this.#settings)
    try {
      await this.#loop.run(AbortSignal.any([signal, lock.lost]), () => lock.isHeld)
    } catch (error) {
      this.#lock = undefined
      await lock.release()
      throw error
    }
    // After an abort the lock is kept: `end` acknowledges the last updates, then releases it.
    if (signal.aborted) return
    this.#lock = undefined
    const isSteady = performance.now() - startedAt >= steadyMs
    if (isSteady) this.#forgetFailures()
    const reason = lock.lost.aborted ? errorClause(lock.lost.reason) : ""
    const clause = reason && ` (${reason})`
    const consequence = "It stands by; another process may poll now."
    this.#warn("lost", reason, `This process has lost the lock${clause}. ${consequence}`)
    await lock.release()
    // A lock that is lost at once, again and again, must not keep the process busy.
    if (!isSteady) await this.#wait(this.#backoff.next(), signal)
  }

  /** Resolves with the lock. After an error, waits for a backoff and resolves with `undefined`. */
  async #acquire(standby: GuardedLock, signal: AbortSignal): Promise<HeldLock | undefined> {
    try {
      return await standby.acquire(`polling:${this.#settings.bot.id}`, signal)
    } catch (error) {
      if (signal.aborted) return undefined
      const waitMs = this.#backoff.next()
      const reason = errorSentence(error)
      const message = `Could not acquire the lock of \`standby\`: ${reason} Trying again in ${waitMs} ms.`
      this.#warn("not-acquired", reason, message)
      await this.#wait(waitMs, signal)
      return undefined
    }
  }

  #forgetFailures(): void {
    this.#backoff.reset()
    this.#warned.clear()
  }

  /** Logs a warning; a warning of the same kind and reason as the last one, at the level `debug`. */
  #warn(kind: "not-acquired" | "lost", reason: string, message: string): void {
    if (this.#warned.get(kind) === reason) this.#settings.logger.debug(message)
    else this.#settings.logger.warn(message)
    this.#warned.set(kind, reason)
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, signal).catch(() => {})
  }
}
