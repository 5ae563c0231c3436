import { errorText } from "../ground/error-text.js"
import { pollingEnded } from "../events/index.js"
import { sleep } from "../ground/sleep.js"
import type { Intake } from "../intake/intake.js"
import type { StopOptions } from "../intake/stop-options.js"
import { beginPolling } from "./begin-polling.js"
import { type PollingOptions, type PollingSettings, pollingSettings } from "./polling-options.js"
import { StandbyPolling } from "./standby-polling.js"

/**
 * Milliseconds for which {@link Polling.stopIntake} waits for pending puts. If all settle in this time, it
 * releases the lock; otherwise {@link Polling.finish} does.
 */
const handOverMs = 500

/** Milliseconds for which {@link Polling.finish} waits for pending puts, and a stop for the lock. */
const finishMs = 10_000

/**
 * The retrieval of updates by `getUpdates`. An update is acknowledged to Telegram when the queue's `put` has resolved.
 *
 * After errors of Telegram, lost connections and rejected puts, polling retries with a backoff. While another
 * process polls or a webhook is set, polling stands by. Polling fails only if Telegram does not know the token.
 *
 * @example
 * ```ts
 * import { Bot, MemoryQueue, Polling } from "sounder"
 *
 * const bot = new Bot(process.env.BOT_TOKEN)
 * const queue = new MemoryQueue()
 * const polling = await Polling.start({ bot, queue })
 * ```
 * @see https://core.telegram.org/bots/api#getupdates
 */
export class Polling implements Intake, AsyncDisposable {
  /** Rejects if Telegram no longer knows the token. Resolves after {@link finish}. */
  readonly ended: Promise<void>
  readonly #settings: PollingSettings
  readonly #polling: StandbyPolling
  readonly #abort = new AbortController()
  /**
   * Resolves when polling has ended: with an error if polling failed, with `undefined` after
   * {@link stopIntake}.
   */
  readonly #running: Promise<{ readonly error: unknown } | undefined>
  #onFinished: () => void = () => {}
  #finished: Promise<void> | undefined

  private constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#polling = new StandbyPolling(settings)
    this.#running = this.#run()
    this.ended = this.#end(new Promise((resolve) => (this.#onFinished = resolve)))
    // A caller that ignores `ended` must not crash on an unhandled rejection.
    this.ended.catch(() => {})
  }

  /**
   * Deletes the webhook, if one is set, and starts polling or standing by. Resolves when Telegram has
   * accepted the token and the webhook is deleted; pending updates arrive later.
   *
   * Rejects with a `TypeError` for a wrong option, with `Unauthorized` if Telegram does not know the token,
   * with a `NetworkError` if Telegram is unreachable, and with the reason of `signal` after its abort.
   * Nothing keeps running after a rejection.
   */
  static async start(options: PollingOptions): Promise<Polling> {
    const settings = pollingSettings(options)
    settings.signal?.throwIfAborted()
    await beginPolling(settings)
    settings.signal?.throwIfAborted()
    return new Polling(settings)
  }

  /**
   * Aborts the pending call, and stops putting updates. {@link finish} still acknowledges the updates that
   * were put; Telegram sends all others to the next poller. With `standby`, if every `put` settles within
   * half a second, also acknowledges the updates and releases the lock.
   *
   * @param options.deadlineMs milliseconds for which this call and {@link finish} wait for the lock, at least
   *   500 and at most 10,000; a release that begins later is waited for 500 ms. Default: 10,000.
   */
  async stopIntake(options: Pick<StopOptions, "deadlineMs"> = {}): Promise<void> {
    if (!this.#abort.signal.aborted) this.#polling.endWaitsIn(options.deadlineMs ?? finishMs)
    this.#abort.abort()
    await this.#running
    if (!this.#settings.standby) return
    await this.#polling.putsSettled(AbortSignal.timeout(handOverMs))
    if (this.#polling.pendingPuts === 0) await this.#polling.end()
  }

  /**
   * Waits until every `put` has settled, for at most 10 s, and acknowledges the updates whose `put` has
   * resolved. To be called after the drain of the dispatcher. Never rejects: a failure is logged, and
   * Telegram sends the updates again.
   */
  finish(): Promise<void> {
    this.#finished ??= this.#finish()
    return this.#finished
  }

  /** The same as {@link finish}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish()
  }

  async #run(): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.#polling.run(this.#abort.signal)
      return undefined
    } catch (error) {
      const reason = errorText(error)
      const { bot, logger } = this.#settings
      logger.error(`Polling has ended. ${reason}`)
      if (pollingEnded.hasSubscribers) pollingEnded.publish({ botId: bot.id, error })
      return { error }
    }
  }

  /** Rejects with the error of polling, or resolves after {@link finish}. */
  async #end(finished: Promise<void>): Promise<void> {
    const failure = await this.#running
    if (failure) throw failure.error
    await finished
  }

  async #finish(): Promise<void> {
    await this.stopIntake()
    if (!(await this.#running)) {
      await this.#waitForPuts()
      await this.#polling.end()
    }
    this.#onFinished()
  }

  async #waitForPuts(): Promise<void> {
    const timeout = new AbortController()
    const timer = sleep(finishMs, timeout.signal).then(
      () => timeout.abort(),
      () => {},
    )
    await this.#polling.putsSettled(timeout.signal)
    timeout.abort()
    await timer
    const count = this.#polling.pendingPuts
    if (count === 0) return
    this.#settings.logger.warn(`Updates still unfinished: ${count}. Telegram sends them again.`)
  }
}
