import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { errorSentence } from "../ground/error-text.js"
import type { Logger } from "../ground/logger.js"
import { sleep } from "../ground/sleep.js"
import type { HeldLock, StandbyLock } from "../ground/standby-lock.js"
import { idleTimer } from "../ground/timer.js"

/** The longest wait for a release, and for an acquisition after the abort of its signal, in milliseconds. */
const longestMs = 10_000
/** The shortest limit of such a wait, in milliseconds, even after the deadline of a stop. */
const shortestMs = 500

/**
 * The lock of `standby`, whose implementation may be the program's own: it may throw, ignore its signal, or
 * never settle. The members of an acquired lock never throw or reject. A call that does not settle in time is
 * logged and no longer waited for.
 */
export class GuardedLock implements StandbyLock {
  readonly #lock: StandbyLock
  readonly #logger: Logger
  readonly #waitsOver = new AbortController()

  constructor(lock: StandbyLock, logger: Logger) {
    this.#lock = lock
    this.#logger = logger
  }

  /**
   * Ends the waits for releases and aborted acquisitions in `ms` milliseconds, but at least half a second. To
   * be called at a stop.
   */
  endWaitsIn(ms: number): void {
    const limitMs = Math.min(Math.max(ms, shortestMs), longestMs)
    idleTimer(() => this.#waitsOver.abort(), limitMs)
  }

  /**
   * Resolves when this process holds the lock. Rejects with the error of the lock, and with a `TypeError` if
   * its result is not a held lock. An abort rejects with the signal's reason; a lock that this process gets
   * after the abort is released.
   */
  acquire(name: string, signal: AbortSignal): Promise<HeldLock> {
    const acquired = this.#acquire(name, signal)
    return new Promise((resolve, reject) => {
      const onStop = async () => {
        const released = acquired.then(
          (lock) => lock.release(),
          () => {},
        )
        await this.#waitFor(released, name, "acquire")
        reject(signal.reason as Error)
      }
      if (signal.aborted) return void onStop()
      const stopListener = () => void onStop()
      onAbort(signal, stopListener)
      const unlessStopped = (settle: () => void) => {
        offAbort(signal, stopListener)
        if (!signal.aborted) settle()
      }
      acquired.then(
        (lock) => unlessStopped(() => resolve(lock)),
        (error: unknown) => unlessStopped(() => reject(error)),
      )
    })
  }

  async #acquire(name: string, signal: AbortSignal): Promise<HeldLock> {
    const lock = await this.#lock.acquire(name, signal)
    const release = () => this.#release(lock, name)
    try {
      return new GuardedHeldLock(lock, release)
    } catch (error) {
      // An object that polling cannot use must not keep the lock from other processes.
      if (typeof (lock as Partial<HeldLock> | undefined)?.release === "function") await release()
      throw error
    }
  }

  async #release(lock: HeldLock, name: string): Promise<void> {
    const released = (async () => lock.release())().catch((error: unknown) => {
      const reason = errorSentence(error)
      this.#logger.warn(`Could not release the lock of \`standby\`: ${reason}`)
    })
    await this.#waitFor(released, name, "release")
  }

  /** Resolves when a call has settled, or when its time is over, and then logs an error. Never rejects. */
  async #waitFor(
    call: Promise<void>,
    name: string,
    method: keyof StandbyLock | "release",
  ): Promise<void> {
    const settled = new AbortController()
    const { signal: over } = this.#waitsOver
    const wait = over.aborted
      ? sleep(shortestMs, settled.signal)
      : sleep(longestMs, AbortSignal.any([settled.signal, over]))
    const end = () => settled.abort()
    call.then(end, end)
    await wait.catch(() => {})
    if (settled.signal.aborted) return
    this.#logger.error(
      `The lock ${name} of \`standby\` has not settled its \`${method}\` in time, and is no longer waited ` +
        "for. Until it settles or this process ends, other processes may not get it.",
    )
  }
}

/** An acquired lock whose members never throw or reject. */
class GuardedHeldLock implements HeldLock {
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
  readonly #lock: HeldLock

  /**
   * @param lock the result of `acquire`, which an implementation in the program may return
   * @throws TypeError if the result is not a held lock
   */
  constructor(lock: HeldLock, release: () => Promise<void>) {
    const { isHeld, lost, release: own } = (lock ?? {}) as { [name in keyof HeldLock]?: unknown }
    if (typeof isHeld !== "boolean" || !(lost instanceof AbortSignal) || typeof own !== "function")
      throw new TypeError(
        "Expected `acquire` to resolve with an object with a boolean `isHeld`, an `AbortSignal` `lost` and a " +
          "function `release`",
      )
    this.#lock = lock
    this.lost = lost
    this.release = release
  }

  /** False also if the lock is lost, or if the program's implementation throws. */
  get isHeld(): boolean {
    try {
      return this.#lock.isHeld && !this.lost.aborted
    } catch {
      return false
    }
  }
}
