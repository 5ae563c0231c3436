import { errorClause } from "../ground/error-text.js"
import { Backoff } from "../ground/backoff.js"
import { sleep } from "../ground/sleep.js"
import type { HeldLock, StandbyLock } from "../ground/standby-lock.js"
import { confirmFinally } from "./final-confirmation.js"
import { PollLoop } from "./poll-loop.js"
import type { PollingSettings } from "./polling-options.js"

/**
 * The turns in which this process polls: all the time, or as long as it holds a lock. What an
 * earlier turn knew of the offset is forgotten, because another process has polled since.
 */
export class PollTurns {
  readonly #settings: PollingSettings
  #loop: PollLoop
  #held: HeldLock | undefined

  constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#loop = new PollLoop(settings)
  }

  /** How many updates were put in this turn whose `put` has not settled. */
  get outstanding(): number {
    return this.#loop.outstanding
  }

  /** Waits until every `put` of this turn has settled, at most until `signal` aborts. */
  settled(signal: AbortSignal): Promise<void> {
    return this.#loop.settled(signal)
  }

  /** Polls until `signal` aborts; rejects when Telegram no longer knows the token. */
  async run(signal: AbortSignal): Promise<void> {
    const { standby } = this.#settings
    if (!standby) return this.#loop.run(signal)
    while (!signal.aborted) {
      const held = await this.#acquire(standby, signal)
      if (held) await this.#poll(held, signal)
    }
  }

  /**
   * Tells Telegram to forget what the queue has let go, where it is this process's turn, and ends
   * that turn. Never rejects.
   */
  async end(): Promise<void> {
    const { standby } = this.#settings
    const held = this.#held
    this.#held = undefined
    if (!standby || held?.isHeld) await confirmFinally(this.#loop, this.#settings)
    await held?.release()
  }

  async #poll(held: HeldLock, signal: AbortSignal): Promise<void> {
    const { logger } = this.#settings
    logger.info("This process has the lock and polls.")
    this.#held = held
    this.#loop = new PollLoop(this.#settings)
    try {
      await this.#loop.run(AbortSignal.any([signal, held.lost]), () => held.isHeld)
    } catch (error) {
      await held.release()
      throw error
    }
    // Whoever stops polling still has to confirm, and calls `end`.
    if (signal.aborted) return
    const reason = held.lost.aborted ? ` (${errorClause(held.lost.reason)})` : ""
    logger.warn(`This process has lost the lock${reason}. It stands by; another may poll now.`)
    this.#held = undefined
    await held.release()
  }

  /** `undefined` after an abort. */
  async #acquire(standby: StandbyLock, signal: AbortSignal): Promise<HeldLock | undefined> {
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        return await standby.acquire(`polling:${this.#settings.bot.id}`, signal)
      } catch (error) {
        if (signal.aborted) return undefined
        const waitMs = backoff.next()
        const reason = errorClause(error)
        this.#settings.logger.warn(
          `The lock of the standby cannot be asked for: ${reason}. Tried again in ${waitMs} ms.`,
        )
        await sleep(waitMs, signal).catch(() => {})
      }
    }
    return undefined
  }
}
