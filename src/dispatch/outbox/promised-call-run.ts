import type { AnnouncedRun } from "../../events/announce-handling.js"
import { outboxRefused, outboxUnsure } from "../../events/outbox-events.js"
import type { HandlingOutcome } from "../../events/update-events.js"
import { backoffMs } from "../../ground/backoff.js"
import { errorText } from "../../ground/error-text.js"
import type { StateStore, StateWrite } from "../../queue/state-store.js"
import { ChatMigrated, type HandlerError } from "../../telegram/errors.js"
import type { PromisedCall } from "../../telegram/promised-call.js"
import type { WorkRun } from "../consumer/work.js"
import type { Handling } from "../context/handling.js"
import { AttemptsSpent } from "../handlers/attempts-spent.js"
import type { ErrorReport } from "../handlers/error-report.js"
import { type Failure, setAsideFailure } from "../handlers/failure-rule.js"
import type { ErrorScope } from "../handlers/scope.js"
import { UpdateContexts } from "../handlers/update-contexts.js"
import { outcomeOf } from "./call-outcome.js"
import { type KnownAttempts, KnownAttemptsStore } from "./known-attempts.js"
import { OutboxError, type OutboxErrorCode } from "./outbox-error.js"
import { restoredParameters } from "./restored-parameters.js"

/** The delays after failures. They double from the shortest to the longest. */
const backoff = { firstMs: 1_000, maxMs: 600_000 }
/** The maximum number of repetitions of a call after attempts whose outcome was unknown. */
const maxUnsure = 20

/** Options of a {@link PromisedCallRun}. */
export interface PromisedCallRunOptions {
  readonly call: PromisedCall
  /** The handling of the call's own update. */
  readonly handling: Handling
  /** The state of the queue. */
  readonly state: StateStore
  readonly report: ErrorReport
  /** The dispatcher's error handlers. */
  readonly root: ErrorScope
  /** The number of crashes after which the call is set aside. */
  readonly maxCrashes: number
}

/** An attempt at a promised call: makes the call, and decides about the own update of the call. */
export class PromisedCallRun implements WorkRun, AnnouncedRun {
  readonly #options: PromisedCallRunOptions
  readonly #known: KnownAttemptsStore
  readonly #contexts: UpdateContexts
  /** Whether values are stored about earlier attempts. */
  #hasKnown = false
  #failure: Failure | undefined
  #error: HandlerError | undefined

  constructor(options: PromisedCallRunOptions) {
    this.#options = options
    const { bot, update, receivedAt } = options.handling
    const updateId = update.update_id
    this.#known = new KnownAttemptsStore(options.state, { botId: bot.id, updateId, receivedAt })
    this.#contexts = new UpdateContexts(options.handling)
  }

  /**
   * Whether another worker has taken over the call. A call that was aborted otherwise may have been carried out,
   * so its attempt counts.
   */
  get isHandedBack(): boolean {
    return this.#options.handling.isRevoked
  }

  get failure(): Failure | undefined {
    return this.#failure
  }

  /** The error to store with the update that is set aside. */
  get thrown(): unknown {
    return this.#error
  }

  get error(): HandlerError | undefined {
    return this.#error
  }

  get outcome(): HandlingOutcome {
    return this.#failure || this.#error ? "failed" : "done"
  }

  /** The writes of the error handlers, and the end of the values about earlier attempts. */
  get writes(): readonly StateWrite[] | undefined {
    const { writes } = this.#options.handling
    return this.#hasKnown ? [...(writes ?? []), this.#known.removal] : writes
  }

  /** Aborts the call. */
  abort(reason: Error): void {
    this.#options.handling.abort(reason)
  }

  /** Makes the call. Never rejects. */
  async run(): Promise<void> {
    const { handling, report } = this.#options
    try {
      await this.#run()
    } catch (error) {
      this.#retry(backoffMs(handling.attempt - 1, backoff))
      const { update_id: updateId } = handling.update
      const about = { botId: handling.bot.id, updateId }
      report.log(`The promised call (update ${updateId}) failed: ${errorText(error)}`, about)
    } finally {
      handling.close()
    }
  }

  async #run(): Promise<void> {
    const { call, handling, maxCrashes } = this.#options
    const known = handling.attempt > 1 ? await this.#known.read() : { attempt: 0, unsure: 0 }
    this.#hasKnown = known.attempt > 0
    const crashes = handling.attempt - 1 - known.attempt
    if (crashes > 0) {
      this.#announceUnsure()
      if (call.unsure === "skip") return this.#setAside("outbox-unsure")
      if (crashes >= maxCrashes) return this.#end(new AttemptsSpent(handling.update, crashes))
    }
    try {
      await this.#send()
    } catch (error) {
      await this.#judge(error, known)
    }
  }

  /** Makes the call, and once more in the supergroup if the group was upgraded. */
  async #send(): Promise<void> {
    const { call, handling } = this.#options
    const { bot, signal } = handling
    const params = restoredParameters(call)
    // A long wait for `retry_after` takes place in the queue, where it occupies no worker. The defaults were added
    // when the call was promised.
    const options = { signal, maxWaitMs: 0, defaults: false }
    try {
      await bot.call(call.method, params, options)
    } catch (error) {
      if (!(error instanceof ChatMigrated)) throw error
      await bot.call(call.method, { ...params, chat_id: error.migrateToChatId }, options)
    }
  }

  async #judge(error: unknown, known: Pick<KnownAttempts, "unsure">): Promise<void> {
    const { call, handling } = this.#options
    const { attempt } = handling
    // The next attempt finds an attempt with an unknown outcome, as after a crash.
    if (handling.isAbortError(error)) return this.#retry(0)
    const outcome = outcomeOf(error)
    if (outcome.kind === "failed") return this.#setAside("outbox-failed", error)
    if (outcome.kind === "refused") return this.#drop(error)
    const minDelayMs = outcome.kind === "not-sent" ? outcome.minDelayMs : 0
    const unsure = known.unsure + (outcome.kind === "unsure" ? 1 : 0)
    if (outcome.kind === "unsure") {
      this.#announceUnsure()
      if (call.unsure === "skip" || unsure > maxUnsure)
        return this.#setAside("outbox-unsure", error)
    }
    await this.#known.write({ attempt, unsure })
    this.#retry(minDelayMs > 0 ? minDelayMs : backoffMs(attempt - 1, backoff))
  }

  #retry(retryInMs: number): void {
    const { attempt } = this.#options.handling
    this.#failure = { attempt, isLast: false, next: "retry", retryInMs }
  }

  /** Drops a call that Telegram has refused: a repetition would be refused, too. */
  async #drop(cause: unknown): Promise<void> {
    const { bot, update, attempt } = this.#options.handling
    const { method } = this.#options.call
    if (outboxRefused.hasSubscribers) {
      outboxRefused.publish({ botId: bot.id, update, method, error: cause })
    }
    this.#error = new OutboxError(update, { code: "outbox-refused", method, cause })
    await this.#report({ attempt, isLast: true, next: "done" })
  }

  #setAside(code: OutboxErrorCode, cause?: unknown): Promise<void> {
    const { handling, call } = this.#options
    return this.#end(new OutboxError(handling.update, { code, method: call.method, cause }))
  }

  /** Sets the own update of the call aside. */
  async #end(error: HandlerError): Promise<void> {
    this.#error = error
    this.#failure = setAsideFailure(this.#options.handling.attempt)
    await this.#report(this.#failure)
  }

  async #report(failure: Failure): Promise<void> {
    const { report, root } = this.#options
    if (this.#error)
      await report.report({ error: this.#error, contexts: this.#contexts, failure }, [root])
  }

  #announceUnsure(): void {
    if (!outboxUnsure.hasSubscribers) return
    const { bot, update } = this.#options.handling
    const { method, unsure: rule } = this.#options.call
    outboxUnsure.publish({ botId: bot.id, update, method, rule })
  }
}
