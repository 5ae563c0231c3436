import { errorClause, errorStack, isError } from "../../ground/error-text.js"
import type { HandlingFacts } from "../../events/announce-handling.js"
import type { HandlingOutcome } from "../../events/index.js"
import { HandlerError } from "../../telegram/errors.js"
import { updateMessage } from "../../telegram/update-facts.js"
import { commandKey, type CommandText, commandText } from "../context/command-text.js"
import { Context } from "../context/context.js"
import type { ErrorReport } from "./error-report.js"
import { HandlerTimeout } from "./handler-timeout.js"
import { GroupRun } from "./group-run.js"
import { AttemptsSpent } from "./attempts-spent.js"
import { type Failure, type FailureRule, setAsideFailure } from "./failure-rule.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { ErrorScope, HandlerPlan, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "../context/handling.js"

/** Options of an {@link UpdateRun}. */
export interface UpdateRunOptions {
  readonly plan: HandlerPlan
  readonly handling: Handling
  readonly report: ErrorReport
  /**
   * The rule for failures; `undefined` for an update without a queue, which is done after any failure.
   */
  readonly rule: FailureRule | undefined
  /** The dispatcher's error handlers, for errors that no handler has thrown. */
  readonly root: ErrorScope
}

/** The handling of one update by the handlers of all groups, with its errors and its outcome. */
export class UpdateRun {
  readonly #plan: HandlerPlan
  readonly #handling: Handling
  readonly #report: ErrorReport
  readonly #rule: FailureRule | undefined
  readonly #root: ErrorScope
  readonly #ctx: Context
  #group: GroupRun | undefined
  /** Whether an abort ended a handler early. */
  #isInterrupted = false
  /** Whether the time limit was exceeded. */
  #isExpired = false
  /** Whether a handler was called. */
  #isMatched = false
  #failure: Failure | undefined
  #error: HandlerError | undefined

  constructor({ plan, handling, report, rule, root }: UpdateRunOptions) {
    this.#plan = plan
    this.#handling = handling
    this.#report = report
    this.#rule = rule
    this.#root = root
    this.#ctx = new Context(handling)
  }

  /** Whether an abort ended a handler early. Such an update is handed back, and no error is reported. */
  get isInterrupted(): boolean {
    return this.#isInterrupted && !this.#isExpired
  }

  /** The consequence of a failure. Of several failures, the first one whose consequence is not `done`. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** The error to store with the update: the value thrown by the first handler that failed. */
  get thrown(): unknown {
    const error = this.#error
    return error?.code === "handler-error" && isError(error.cause) ? error.cause : error
  }

  /** Facts about the update, for events. */
  get handling(): HandlingFacts {
    return this.#handling
  }

  /** The outcome of the handling, for events. */
  get outcome(): HandlingOutcome {
    if (this.#isExpired) return "timed-out"
    if (this.#error) return "failed"
    if (this.#isInterrupted) return "interrupted"
    return this.#isMatched ? "done" : "unmatched"
  }

  /** The handler that was called last. */
  get handler(): HandlerEntry | undefined {
    return this.#group?.called?.entry
  }

  /** The file and line that registered {@link handler}; `undefined` outside of development. */
  get line(): string | undefined {
    return this.handler?.place?.line
  }

  /** Whether the HTTP response to the webhook request carries the answer to the update's query. */
  get isAnswered(): boolean {
    return this.#handling.isAnswered
  }

  /** The error of the first handler that failed, as it was passed to the error handlers. */
  get error(): HandlerError | undefined {
    return this.#error
  }

  /** Runs the groups, the lowest first. Never rejects: errors are passed to the error handlers. */
  async run(): Promise<void> {
    const handling = this.#handling
    try {
      if (this.#rule && handling.attempt > this.#rule.max) return await this.#failWithoutHandlers()
      const commandRead = this.#readCommand()
      if (commandRead && !(await commandRead)) return
      const { command } = handling
      const key = command
        ? commandKey(command.name, command.isCaption)
        : handling.update.callback_query?.data
      for (const group of this.#plan.groups) {
        const cursor = group.find(handling.type, key)
        if (!cursor) continue
        const run = (this.#group = new GroupRun(handling, this.#ctx, cursor))
        const ended = this.#runGroup(run)
        if (ended) await ended
        this.#isMatched ||= run.isMatched
        if (handling.isStopped || handling.isAborted || unlessDone(this.#failure)) break
      }
      if (handling.hasCalls) await handling.settleLeftoverCalls()
    } catch (error) {
      this.#onUnexpectedError(error)
    } finally {
      handling.close()
    }
  }

  /** Aborts `ctx.signal` of the handlers. */
  abort(reason: Error): void {
    this.#handling.abort(reason)
  }

  /** Aborts the handlers at their time limit, and reports a `HandlerTimeout`. */
  async expire(timeoutMs: number): Promise<void> {
    const handling = this.#handling
    if (handling.isAborted) return
    const error = new HandlerTimeout(handling.update, timeoutMs)
    handling.abort(error)
    this.#isExpired = true
    await this.#reportError(error, this.#group?.current)
  }

  /** Fails an update that has no attempts left, because the process crashed during the last one. */
  async #failWithoutHandlers(): Promise<void> {
    const { update, attempt } = this.#handling
    this.#failure = setAsideFailure(attempt)
    await this.#reportError(new AttemptsSpent(update, attempt - 1), undefined)
  }

  /**
   * Runs the handlers of one group. Never throws or rejects. Returns `undefined` if nothing is pending.
   */
  #runGroup(run: GroupRun): Promise<void> | undefined {
    try {
      return run.run()?.catch((error: unknown) => this.#fail(error, run))
    } catch (error) {
      return this.#fail(error, run)
    }
  }

  /**
   * Sets the update aside after an error outside of handlers, as with an update of an unexpected shape.
   */
  #onUnexpectedError(error: unknown): void {
    const { bot, update, attempt } = this.#handling
    this.#error ??= new HandlerError(update, error)
    this.#failure = unlessDone(this.#failure) ?? setAsideFailure(attempt)
    const about = { botId: bot.id, updateId: update.update_id }
    this.#report.log(`Update ${about.updateId} could not be handled: ${errorStack(error)}`, about)
  }

  async #fail(error: unknown, run: GroupRun): Promise<void> {
    if (this.#handling.isAbortError(error)) this.#isInterrupted = true
    else await this.#reportError(asHandlerError(error, this.#handling), run.throwerOf(error))
  }

  /** Judges an error, rolls back the transaction, and calls the error handlers. Never rejects. */
  async #reportError(error: HandlerError, thrower: PlacedEntry | undefined): Promise<void> {
    this.#error ??= error
    const failure = unlessDone(this.#failure) ?? this.#judge(error)
    this.#failure = failure
    await this.#report.runLogged("roll back the transaction", this.#handling.update, () =>
      this.#handling.rollBack(),
    )
    await this.#report.report({ error, ctx: this.#ctx, failure }, thrower?.scopes ?? [this.#root])
  }

  #judge(error: HandlerError): Failure {
    const { attempt } = this.#handling
    return this.#rule?.judge(error, this.#ctx) ?? { attempt, isLast: true, next: "done" }
  }

  /**
   * Stores the command of the message in the handling, if it is addressed to this bot. Returns a promise
   * if the bot's username must be fetched first to decide that; the promise resolves with `false` if the
   * fetch has failed: the error is then reported, and no handler may run.
   */
  #readCommand(): Promise<boolean> | undefined {
    const { bot, update, type } = this.#handling
    const command = commandText(updateMessage(update))
    if (!command || !type) return undefined
    const key = commandKey(command.name, command.isCaption)
    const needsUsername = command.addressee !== undefined && !bot.me
    if (needsUsername && this.#plan.mayHandleCommand(type, key)) return this.#fetchUsername(command)
    this.#storeCommand(command)
    return undefined
  }

  async #fetchUsername(command: CommandText): Promise<boolean> {
    const { bot, update, attempt } = this.#handling
    try {
      await bot.init()
    } catch (cause) {
      const message = `the bot's username could not be fetched: ${errorClause(cause)}`
      const error = new HandlerError(update, new Error(message, { cause }))
      this.#failure = this.#rule?.judgeUnhandled(error, attempt)
      await this.#reportError(error, undefined)
      return false
    }
    this.#storeCommand(command)
    return true
  }

  #storeCommand(command: CommandText): void {
    const { addressee } = command
    // Without an addressee both are `undefined`: the command is for every bot of the chat.
    const username = addressee && this.#handling.bot.me?.username.toLowerCase()
    if (username === addressee) this.#handling.command = command
  }
}

/**
 * Returns a failure whose consequence ends this attempt (retry or set aside); `undefined` if the later
 * groups may still run.
 */
function unlessDone(failure: Failure | undefined): Failure | undefined {
  return failure?.next === "done" ? undefined : failure
}

function asHandlerError(error: unknown, { update }: Handling): HandlerError {
  const isOwn = isError(error) && error instanceof HandlerError && error.update === update
  return isOwn ? error : new HandlerError(update, error)
}
