import { errorSentence, isError } from "../ground/error-text.js"
import { Backoff } from "../ground/backoff.js"
import { pollingSetback, type PollingTrouble } from "../events/index.js"
import type { Logger } from "../ground/logger.js"
import { HandedBack, QueueFull } from "../queue/update-queue.js"
import { type PollingFailure, pollingFailure } from "./polling-failure.js"

/**
 * The shortest wait after a 409 because of another poller, in milliseconds. At each call of this process,
 * Telegram answers the pending call of the other poller with 409, so more frequent calls would disturb that
 * poller.
 */
const conflictMs = 3000
/** The wait while a webhook is set, in milliseconds. */
const webhookMs = 30_000
/**
 * The waits before the retries after a refused token, in milliseconds. If Telegram refuses the token at the
 * last retry, too, polling ends. Telegram also refuses valid tokens for some seconds: during its outages, and
 * right after their creation.
 */
const unknownTokenMs = [1000, 2000, 4000]
/** Milliseconds without a conflict, or without a rejected put, after which the next one is logged as new. */
const calmMs = 60_000

/**
 * A reporter of polling's failures. Returns the wait before the next call, and logs each kind of failure
 * once until polling works again.
 */
export class FailureReporter {
  readonly #botId: number
  readonly #logger: Logger
  readonly #now: () => number
  /** The kinds of failure that were logged and that have not ended. */
  readonly #logged = new Set<PollingTrouble>()
  readonly #transientBackoff = new Backoff()
  /** The time to add to {@link conflictMs}: together at most 30 s. */
  readonly #standbyBackoff = new Backoff({ firstMs: 1000, maxMs: 27_000 })
  /** The waits after rejected puts. */
  readonly #putBackoff = new Backoff({ firstMs: 500, maxMs: 5000 })
  /** Number of consecutive calls whose token Telegram refused. */
  #refusedTokens = 0
  #lastConflictAt = -Infinity
  #lastRejectedPutAt = -Infinity

  /** @param now the clock, in milliseconds */
  constructor(botId: number, logger: Logger, now: () => number) {
    this.#botId = botId
    this.#logger = logger
    this.#now = now
  }

  /**
   * Logs a failed call.
   *
   * @returns the wait before the next call, in milliseconds; `undefined` if polling must end
   */
  onCallFailed(error: unknown): number | undefined {
    const failure = pollingFailure(error)
    const waitMs = this.#waitAfter(failure, error)
    if (waitMs !== undefined) this.#announce(failure.kind, error, waitMs)
    return waitMs
  }

  /**
   * Logs a rejected `put`.
   *
   * @returns the wait before the update is fetched again, in milliseconds
   */
  onPutRejected(error: unknown): number {
    const waitMs = this.#putBackoff.next()
    this.#announce("refused", error, waitMs)
    this.#lastRejectedPutAt = this.#now()
    const consequence = "Telegram keeps the updates; they are fetched again, more slowly."
    const message = `${errorSentence(error)} ${consequence}`
    const errorObject = isError(error) ? error : undefined
    if (errorObject instanceof HandedBack) this.#logger.debug(message)
    else if (errorObject instanceof QueueFull) this.#logOnce("refused", message)
    else this.#logger.error(`The queue refused an update: ${message}`)
    return waitMs
  }

  /** Resets the backoff of rejected puts. To be called when a `put` has resolved. */
  onPutResolved(): void {
    this.#putBackoff.reset()
    if (!this.#logged.has("refused")) return
    if (this.#now() - this.#lastRejectedPutAt >= calmMs) this.#logged.delete("refused")
  }

  /** Logs that the failures of calls are over, and resets their backoff. To be called after each answer. */
  onAnswer(): void {
    this.#transientBackoff.reset()
    this.#refusedTokens = 0
    if (this.#logged.delete("unknown-token")) {
      this.#logger.info("Telegram accepts the token again; polling continues.")
    }
    if (this.#logged.delete("transient"))
      this.#logger.info("Telegram answers again; polling continues.")
    if (this.#logged.delete("webhook"))
      this.#logger.info("The webhook was deleted; polling continues.")
    if (this.#logged.delete("other-poller")) this.#logger.info("Took over polling for this bot.")
    if (this.#now() - this.#lastConflictAt >= calmMs) this.#standbyBackoff.reset()
  }

  #announce(trouble: PollingTrouble, error: unknown, waitMs: number): void {
    if (!pollingSetback.hasSubscribers) return
    pollingSetback.publish({ botId: this.#botId, trouble, error, waitMs })
  }

  #waitAfter(failure: PollingFailure, error: unknown): number | undefined {
    if (failure.kind === "unknown-token") return this.#waitForToken(error)
    if (failure.kind === "other-poller") return this.#waitForOtherPoller(error)
    if (failure.kind === "webhook") return this.#waitForWebhook(error)
    const waitMs = Math.max(failure.atLeastMs, this.#transientBackoff.next())
    this.#logOnce("transient", `${errorSentence(error)} Polling retries, next in ${waitMs} ms.`)
    return waitMs
  }

  #waitForToken(error: unknown): number | undefined {
    const waitMs = unknownTokenMs[this.#refusedTokens]
    this.#refusedTokens += 1
    if (waitMs !== undefined) {
      const advice = "Polling retries three times, because Telegram may be failing, and then ends."
      this.#logOnce("unknown-token", `${errorSentence(error)} ${advice}`)
    }
    return waitMs
  }

  #waitForOtherPoller(error: unknown): number {
    const isNew = this.#now() - this.#lastConflictAt >= calmMs
    this.#lastConflictAt = this.#now()
    const advice =
      "This process stands by and takes over when the other one stops. To receive updates here, stop " +
      "the other process; to run both, give each process its own bot."
    if (isNew) this.#logOnce("other-poller", `${errorSentence(error)} ${advice}`)
    // Two processes that take turns would otherwise log each change.
    else this.#logged.add("other-poller")
    return conflictMs + this.#standbyBackoff.next()
  }

  #waitForWebhook(error: unknown): number {
    const advice =
      "A webhook was set for this bot after polling had started, so its updates go to the webhook. " +
      "Delete it (deleteWebhook), or stop polling; until then this process retries every 30 s."
    this.#logOnce("webhook", `${errorSentence(error)} ${advice}`)
    return webhookMs
  }

  /** Logs a warning; repeated warnings of a kind are logged at the level `debug`. */
  #logOnce(trouble: PollingTrouble, message: string): void {
    if (this.#logged.has(trouble)) this.#logger.debug(message)
    else this.#logger.warn(message)
    this.#logged.add(trouble)
  }
}
