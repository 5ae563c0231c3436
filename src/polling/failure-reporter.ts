import { errorClause } from "../ground/error-text.js"
import { Backoff } from "../ground/backoff.js"
import { pollingSetback, type PollingTrouble } from "../events/index.js"
import type { Logger } from "../ground/logger.js"
import { HandedBack, QueueFull } from "../queue/update-queue.js"
import { type PollingFailure, pollingFailure } from "./polling-failure.js"

/** Another poller answers a conflict after 3 s; sooner would only provoke the next one. */
const standByMs = 3000
const webhookMs = 30_000
/** Telegram refuses tokens for a while when it is in trouble, and such as were made a moment ago. */
const unknownTokenMs = [1000, 2000, 4000]
/** A trouble that has not come back for so long is over; when it does, it is told again. */
const undisturbedMs = 60_000

/** Decides how long polling waits after a failure, and tells its operator: of each trouble once. */
export class FailureReporter {
  readonly #botId: number
  readonly #logger: Logger
  readonly #now: () => number
  readonly #told = new Set<PollingTrouble>()
  readonly #transient = new Backoff()
  readonly #standBy = new Backoff({ firstMs: 1000, maxMs: 27_000 })
  readonly #refused = new Backoff({ firstMs: 500, maxMs: 5000 })
  #refusedTokens = 0
  #conflictAt = -Infinity
  #refusedAt = -Infinity

  /** @param now the clock, in milliseconds */
  constructor(botId: number, logger: Logger, now: () => number) {
    this.#botId = botId
    this.#logger = logger
    this.#now = now
  }

  /** A call has failed. Returns how long to wait, in milliseconds; `undefined` where polling ends. */
  failed(error: unknown): number | undefined {
    const failure = pollingFailure(error)
    const waitMs = this.#waitAfter(failure, error)
    if (waitMs !== undefined) this.#announce(failure.kind, error, waitMs)
    return waitMs
  }

  /** A `put` has rejected. Returns how long to wait before the update is fetched again. */
  refused(error: unknown): number {
    const waitMs = this.#refused.next()
    this.#announce("refused", error, waitMs)
    this.#refusedAt = this.#now()
    const again = "The updates stay with Telegram and are fetched again, more slowly."
    if (error instanceof HandedBack) this.#logger.debug(`${errorClause(error)}. ${again}`)
    else if (error instanceof QueueFull) this.#tell("refused", `${errorClause(error)}. ${again}`)
    else this.#logger.error(`The queue refused an update: ${errorClause(error)}. ${again}`)
    return waitMs
  }

  /** The queue has let Telegram forget an update. */
  accepted(): void {
    this.#refused.reset()
    if (this.#now() - this.#refusedAt >= undisturbedMs) this.#told.delete("refused")
  }

  /** A call was answered. */
  answered(): void {
    this.#transient.reset()
    this.#refusedTokens = 0
    if (this.#told.delete("unknown-token")) {
      this.#logger.info("Telegram knows the token again; polling goes on.")
    }
    if (this.#told.delete("transient"))
      this.#logger.info("Telegram answers again; polling goes on.")
    if (this.#told.delete("webhook")) this.#logger.info("The webhook is gone; polling goes on.")
    if (this.#told.delete("other-poller")) this.#logger.info("Took over polling for this bot.")
    if (this.#now() - this.#conflictAt >= undisturbedMs) this.#standBy.reset()
  }

  #announce(trouble: PollingTrouble, error: unknown, waitMs: number): void {
    if (!pollingSetback.hasSubscribers) return
    pollingSetback.publish({ botId: this.#botId, trouble, error, waitMs })
  }

  #waitAfter(failure: PollingFailure, error: unknown): number | undefined {
    if (failure.kind === "unknown-token") return this.#waitForToken(error)
    if (failure.kind === "other-poller") return this.#standByFor(error)
    if (failure.kind === "webhook") return this.#waitForWebhook(error)
    const waitMs = Math.max(failure.atLeastMs, this.#transient.next())
    this.#tell("transient", `${errorClause(error)}. Polling tries again, next in ${waitMs} ms.`)
    return waitMs
  }

  #waitForToken(error: unknown): number | undefined {
    const waitMs = unknownTokenMs[this.#refusedTokens]
    this.#refusedTokens += 1
    if (waitMs !== undefined) {
      const advice = "Polling asks three times more, in case that passes, and then ends."
      this.#tell("unknown-token", `${errorClause(error)}. ${advice}`)
    }
    return waitMs
  }

  #standByFor(error: unknown): number {
    const isNew = this.#now() - this.#conflictAt >= undisturbedMs
    this.#conflictAt = this.#now()
    const advice =
      "This process stands by and takes over when the other stops. To receive updates here, stop " +
      "the other one; to run several, give each a bot of its own."
    if (isNew) this.#tell("other-poller", `${errorClause(error)}. ${advice}`)
    else this.#told.add("other-poller")
    return standByMs + this.#standBy.next()
  }

  #waitForWebhook(error: unknown): number {
    const advice =
      "A webhook was set for this bot after polling had started, so updates go there. Delete it " +
      "(deleteWebhook), or stop polling; until then this process asks again every 30 s."
    this.#tell("webhook", `${errorClause(error)}. ${advice}`)
    return webhookMs
  }

  #tell(trouble: PollingTrouble, message: string): void {
    if (this.#told.has(trouble)) this.#logger.debug(message)
    else this.#logger.warn(message)
    this.#told.add(trouble)
  }
}
