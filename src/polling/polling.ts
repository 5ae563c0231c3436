import { errorText } from "../ground/error-text.js"
import { pollingEnded } from "../events/index.js"
import { sleep } from "../ground/sleep.js"
import type { Intake } from "../intake/intake.js"
import { beginPolling } from "./begin-polling.js"
import { PollTurns } from "./poll-turns.js"
import { type PollingOptions, type PollingSettings, pollingSettings } from "./polling-options.js"

/** How long a queue may take to store what it was given, before the standby can take over. */
const handOverMs = 500

/** How long {@link Polling.finish} waits for the queue at most. */
const patienceMs = 10_000

/**
 * Receives updates by calling `getUpdates`, and lets Telegram forget each when the queue's `put` has
 * resolved.
 *
 * Telegram's faults, lost connections and a full queue slow it down; another process that polls, or
 * a webhook, make it stand by. Only an unknown token ends it.
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
  /** Rejects when Telegram no longer knows the token; resolves after {@link finish}. */
  readonly ended: Promise<void>
  readonly #settings: PollingSettings
  readonly #turns: PollTurns
  readonly #abort = new AbortController()
  /** Resolves when the loop has ended, with what ended it if that was not {@link stopIntake}. */
  readonly #running: Promise<{ readonly error: unknown } | undefined>
  #close: () => void = () => {}
  #finished: Promise<void> | undefined

  private constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#turns = new PollTurns(settings)
    this.#running = this.#run()
    this.ended = this.#end(new Promise((resolve) => (this.#close = resolve)))
    // A rejection that nobody waits for must not end the process.
    this.ended.catch(() => {})
  }

  /**
   * Removes the webhook, if there is one, and begins to poll, or to stand by. Resolves when Telegram
   * has accepted.
   *
   * Rejects with a `TypeError` for a wrong option, with `Unauthorized` when Telegram does not know
   * the token, with a `NetworkError` when it cannot be reached, and with the reason of `signal`
   * after its abort. Nothing is left running then.
   */
  static async start(options: PollingOptions): Promise<Polling> {
    const settings = pollingSettings(options)
    settings.signal?.throwIfAborted()
    await beginPolling(settings)
    settings.signal?.throwIfAborted()
    return new Polling(settings)
  }

  /**
   * Ends the call that is waiting and puts nothing more. What was put is still confirmed by
   * {@link finish}; what Telegram was about to send, it sends to the next poller. Where a standby
   * waits and the queue has stored everything, that is confirmed at once and the standby takes over.
   */
  async stopIntake(): Promise<void> {
    this.#abort.abort()
    await this.#running
    if (!this.#settings.standby) return
    await this.#turns.settled(AbortSignal.timeout(handOverMs))
    if (this.#turns.outstanding === 0) await this.#turns.end()
  }

  /**
   * For after the drain: waits until every `put` has settled, at most 10 s, then tells Telegram to
   * forget exactly what the queue has let go. Never rejects; what could not be confirmed is logged
   * and comes again.
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
      await this.#turns.run(this.#abort.signal)
      return undefined
    } catch (error) {
      const reason = errorText(error)
      const { bot, logger } = this.#settings
      logger.error(`Polling has ended. ${reason}`)
      if (pollingEnded.hasSubscribers) pollingEnded.publish({ botId: bot.id, error })
      return { error }
    }
  }

  async #end(closed: Promise<void>): Promise<void> {
    const failure = await this.#running
    if (failure) throw failure.error
    await closed
  }

  async #finish(): Promise<void> {
    await this.stopIntake()
    if (!(await this.#running)) {
      await this.#settle()
      await this.#turns.end()
    }
    this.#close()
  }

  async #settle(): Promise<void> {
    const enough = new AbortController()
    const patience = sleep(patienceMs, enough.signal).then(
      () => enough.abort(),
      () => {},
    )
    await this.#turns.settled(enough.signal)
    enough.abort()
    await patience
    const count = this.#turns.outstanding
    if (count === 0) return
    this.#settings.logger.warn(`${count} updates are still being handled and will come again.`)
  }
}
