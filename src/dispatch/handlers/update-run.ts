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
import { type Failure, type FailureRule, spent } from "./failure-rule.js"
import type { ErrorScope, HandlerPlan, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "../context/handling.js"

/** The parts of an {@link UpdateRun}. */
export interface UpdateRunOptions {
  readonly plan: HandlerPlan
  readonly handling: Handling
  readonly report: ErrorReport
  /** The rule that judges failures; without it, the update is done whatever happens. */
  readonly rule: FailureRule | undefined
  /** The error handlers for errors that no handler is to blame for. */
  readonly root: ErrorScope
}

/** One update on its way through all its handlers. */
export class UpdateRun {
  readonly #plan: HandlerPlan
  readonly #handling: Handling
  readonly #report: ErrorReport
  readonly #rule: FailureRule | undefined
  readonly #root: ErrorScope
  readonly #ctx: Context
  #group: GroupRun | undefined
  #isInterrupted = false
  #isExpired = false
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

  /** Whether a handler was ended early by an abort, with its work undone and no error reported. */
  get isInterrupted(): boolean {
    return this.#isInterrupted && !this.#isExpired
  }

  /** The consequence of a failure; of several failures, the first that is not `done`. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** The error to store with the update: the cause thrown by the first handler that failed. */
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

  /** The error of the first handler that failed, as the error handlers got it. */
  get error(): HandlerError | undefined {
    return this.#error
  }

  /** Runs the groups, the lowest first. Never rejects: errors go to the error handlers. */
  async run(): Promise<void> {
    const handling = this.#handling
    try {
      if (this.#rule && handling.attempt > this.#rule.max) return await this.#spend()
      const isKnown = this.#readCommand()
      if (isKnown && !(await isKnown)) return
      const { command } = handling
      const key = command
        ? commandKey(command.name, command.isCaption)
        : handling.update.callback_query?.data
      for (const group of this.#plan.groups) {
        const cursor = group.find(handling.type, key)
        if (!cursor) continue
        const run = (this.#group = new GroupRun(handling, this.#ctx, cursor))
        const ended = this.#ask(run)
        if (ended) await ended
        this.#isMatched ||= run.isMatched
        if (handling.isStopped || handling.isAborted || ending(this.#failure)) break
      }
      if (handling.hasCalls) await handling.endCalls()
    } catch (error) {
      this.#breakOff(error)
    } finally {
      handling.close()
    }
  }

  /** Aborts the handlers. */
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
    await this.#tell(error, this.#group?.current)
  }

  /** Fails an update whose earlier attempts all ended with their process. */
  async #spend(): Promise<void> {
    const { update, attempt } = this.#handling
    this.#failure = spent(attempt)
    await this.#tell(new AttemptsSpent(update, attempt - 1), undefined)
  }

  /** Asks the handlers of one group; returns nothing where there is nothing to wait for. */
  #ask(run: GroupRun): Promise<void> | undefined {
    try {
      return run.run()?.catch((error: unknown) => this.#fail(error, run))
    } catch (error) {
      return this.#fail(error, run)
    }
  }

  /** Sets an update aside that cannot even be read; no handler is to blame. */
  #breakOff(error: unknown): void {
    const { bot, update, attempt } = this.#handling
    this.#error ??= new HandlerError(update, error)
    this.#failure = ending(this.#failure) ?? spent(attempt)
    const about = { botId: bot.id, updateId: update.update_id }
    this.#report.log(`Update ${about.updateId} could not be handled: ${errorStack(error)}`, about)
  }

  async #fail(error: unknown, run: GroupRun): Promise<void> {
    if (this.#handling.isEcho(error)) this.#isInterrupted = true
    else await this.#tell(asHandlerError(error, this.#handling), run.blamed(error))
  }

  async #tell(error: HandlerError, placed: PlacedEntry | undefined): Promise<void> {
    this.#error ??= error
    const failure = ending(this.#failure) ?? this.#judge(error)
    this.#failure = failure
    await this.#report.tried("roll back the transaction", this.#handling.update, () =>
      this.#handling.rollBack(),
    )
    await this.#report.tell({ error, ctx: this.#ctx, failure }, placed?.scopes ?? [this.#root])
  }

  #judge(error: HandlerError): Failure {
    const { attempt } = this.#handling
    return this.#rule?.judge(error, this.#ctx) ?? { attempt, isLast: true, next: "done" }
  }

  /**
   * Finds the command. Returns a promise only where the bot's name has to be learnt first; it resolves
   * with `false` where that has failed, and the handlers cannot be chosen.
   */
  #readCommand(): Promise<boolean> | undefined {
    const { bot, update, type } = this.#handling
    const command = commandText(updateMessage(update))
    if (!command || !type) return undefined
    const key = commandKey(command.name, command.isCaption)
    const isUnclear = command.addressee !== undefined && !bot.me
    if (isUnclear && this.#plan.wantsCommand(type, key)) return this.#askName(command)
    this.#takeCommand(command)
    return undefined
  }

  async #askName(command: CommandText): Promise<boolean> {
    const { bot, update, attempt } = this.#handling
    try {
      await bot.init()
    } catch (cause) {
      const message = `the bot's name could not be learnt: ${errorClause(cause)}`
      const error = new HandlerError(update, new Error(message, { cause }))
      // No handler has seen the update, so that nothing is done twice.
      this.#failure = this.#rule?.retryUnseen(error, attempt)
      await this.#tell(error, undefined)
      return false
    }
    this.#takeCommand(command)
    return true
  }

  #takeCommand(command: CommandText): void {
    const { addressee } = command
    const name = addressee && this.#handling.bot.me?.username.toLowerCase()
    if (name === addressee) this.#handling.command = command
  }
}

/** Returns a failure that ends this attempt; `undefined` where the next groups may still run. */
function ending(failure: Failure | undefined): Failure | undefined {
  return failure?.next === "done" ? undefined : failure
}

function asHandlerError(error: unknown, { update }: Handling): HandlerError {
  const isOwn = isError(error) && error instanceof HandlerError && error.update === update
  return isOwn ? error : new HandlerError(update, error)
}
