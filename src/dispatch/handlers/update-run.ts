import { errorClause, errorStack, isError } from "../../ground/error-text.js"
import type { HandlingOutcome } from "../../events/index.js"
import type { StateWrite } from "../../queue/state-store.js"
import { HandlerError } from "../../telegram/errors.js"
import { ownContent } from "../../telegram/own-update.js"
import { updateMessage } from "../../telegram/update-facts.js"
import { commandKey, type CommandText, commandText } from "../context/command-text.js"
import { recordMigration } from "../context/chat-alias.js"
import type { Interrupted } from "../context/interrupted.js"
import type { ErrorReport } from "./error-report.js"
import { HandlerTimeout } from "./handler-timeout.js"
import type { BackgroundWork } from "./background-work.js"
import { GroupRun } from "./group-run.js"
import { AttemptsSpent } from "./attempts-spent.js"
import {
  type Failure,
  type FailureRule,
  setAsideFailure,
  lastFailure,
  unlessDone,
} from "./failure-rule.js"
import type { HandlerEntry } from "./handler-entry.js"
import { asHandlerError } from "./as-handler-error.js"
import type { UpdateRunOptions } from "./update-run-options.js"
import type { HandlerPlan } from "./handler-plan.js"
import type { ErrorScope } from "./scope.js"
import { UpdateContexts } from "./update-contexts.js"
import { updateKeys } from "./update-keys.js"
import type { Handling } from "../context/handling.js"
import type { OutsideWrite } from "../context/outside-write.js"
import { storeCommand } from "./store-command.js"
import { unmatchedKey } from "./press-key.js"
import { isUnmatchedPress } from "./unmatched-press.js"
import { undo } from "./undo.js"
import { Unhandleable } from "./unhandleable.js"

/** The handling of one update by the handlers of all groups, with its errors and its outcome. */
export class UpdateRun {
  /** The index of all handlers. */
  readonly plan: HandlerPlan
  readonly #handling: Handling
  readonly #report: ErrorReport
  readonly #rule: FailureRule | undefined
  readonly #root: ErrorScope
  readonly #contexts: UpdateContexts
  readonly #background: BackgroundWork
  #group: GroupRun | undefined
  /** Whether an abort ended a handler early. */
  #isCutShort = false
  /** Whether the time limit was exceeded. */
  #isExpired = false
  #isMatched = false
  #hasReachedHandler = false
  #hasRunUnmatched = false
  #failure: Failure | undefined
  #error: HandlerError | undefined

  constructor({ plan, handling, report, rule, root, background }: UpdateRunOptions) {
    this.plan = plan
    this.#handling = handling
    this.#report = report
    this.#rule = rule
    this.#root = root
    this.#contexts = new UpdateContexts(handling)
    this.#background = background
    handling.background = this
  }

  /**
   * Whether an abort ended a handler early, so that the update is handed back. No error is reported. An update
   * whose handlers were interrupted by another update is done instead.
   */
  get isHandedBack(): boolean {
    return this.#isCutShort && !this.#isExpired && !this.#handling.isInterrupted
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
  get handling(): Handling {
    return this.#handling
  }

  /** The outcome of the handling, for events. */
  get outcome(): HandlingOutcome {
    if (this.#isExpired) return "timed-out"
    if (this.#error) return "failed"
    if (this.#handling.isInterrupted) return "interrupted"
    if (this.#isCutShort) return "stopped"
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

  /** The writes to commit with the end of the update; `undefined` for none. */
  get writes(): readonly StateWrite[] | undefined {
    return this.#handling.writes
  }

  /** The writes to make in other stores before {@link writes} are committed; `undefined` for none. */
  get outsideWrites(): readonly OutsideWrite[] | undefined {
    return this.#handling.outsideWrites
  }

  /** Whether the update has reached a handler that is not only a middleware, or has failed before. */
  get hasReachedHandler(): boolean {
    return this.#hasReachedHandler || this.#error !== undefined
  }

  /** Whether the HTTP response to the webhook request carries the answer to the update's query. */
  get isAnswered(): boolean {
    return this.#handling.isAnswered
  }

  /** The error of the first handler that failed, as it was passed to the error handlers. */
  get error(): HandlerError | undefined {
    return this.#error
  }

  /**
   * Runs the groups, the lowest first. Never throws or rejects: errors are passed to the error handlers.
   * Returns `undefined` if all handlers have ended already, because a promise for each update of a
   * synchronous handler costs measurable time.
   */
  run(): Promise<void> | undefined {
    try {
      const pending = this.#runHandlers()
      if (pending) return this.#closeAfter(pending)
    } catch (error) {
      this.#onUnexpectedError(error)
    }
    this.#handling.close()
    return undefined
  }

  /** Aborts `ctx.signal` of the handlers. */
  abort(reason: Error): void {
    this.#handling.abort(reason)
  }

  /**
   * Interrupts the handlers, unless one of them has failed or all have ended. Returns whether they are
   * interrupted.
   */
  interrupt(reason: Interrupted): boolean {
    if (!this.#failure) this.#handling.interrupt(reason)
    return this.#handling.isInterrupted
  }

  /** Returns whether a handler streams this draft; `undefined` if no handler streams any. */
  streams(draft: string): boolean | undefined {
    const { drafts } = this.#handling
    return drafts && drafts.size > 0 ? drafts.has(draft) : undefined
  }

  /** Fails the handling after its end, as if a handler had thrown. Never rejects. */
  fail(error: unknown): Promise<void> {
    return this.#reportError(asHandlerError(error, this.#handling), this.#group?.called?.scopes)
  }

  /**
   * Aborts the handlers at their time limit, and reports a `HandlerTimeout`. If the handlers were interrupted
   * before, only drops their writes.
   */
  async expire(timeoutMs: number): Promise<void> {
    const handling = this.#handling
    if (handling.isInterrupted) return this.#cutShort()
    if (handling.isAborted) return
    const error = new HandlerTimeout(handling.update, timeoutMs)
    handling.abort(error)
    this.#isExpired = true
    await this.#reportError(error, this.#group?.current?.scopes)
  }

  /** Passes the error of a promise to the error handlers of the handler that runs now. */
  runInBackground(promise: PromiseLike<unknown>): void {
    const [handling, report, contexts] = [this.#handling, this.#report, this.#contexts]
    const scopes = this.#group?.current?.scopes ?? [this.#root]
    this.#background.run(promise, { handling, report, contexts, scopes })
  }

  /** Runs the tasks of `beforeDone` in order, up to the first that fails. Never rejects. */
  async #runTasksBeforeDone(tasks: readonly (() => unknown)[]): Promise<void> {
    for (const task of tasks) {
      if (this.#failure || this.#isCutShort) return
      // The update is not done without its tasks, so an abort before one of them ends it early.
      if (!this.#handling.isCommittable) return void (this.#isCutShort = true)
      try {
        await task()
        if (this.#handling.hasCalls) await this.#handling.settleCalls()
      } catch (error) {
        await this.#failIn(this.#contexts.scopesOfTask(task), error)
      }
    }
  }

  async #closeAfter(pending: Promise<void>): Promise<void> {
    try {
      await pending
    } catch (error) {
      this.#onUnexpectedError(error)
    } finally {
      this.#handling.close()
    }
  }

  /** Returns `undefined` if nothing is pending. */
  #runHandlers(): Promise<void> | undefined {
    if (this.#rule && this.#handling.attempt > this.#rule.max) return this.#failWithoutHandlers()
    const commandRead = this.#readCommand()
    return commandRead
      ? commandRead.then((isRead) => (isRead ? this.#runPlan() : undefined))
      : this.#runPlan()
  }

  #runPlan(): Promise<void> | undefined {
    const own = ownContent(this.#handling.update)
    if (own && !this.plan.handlesOwn(own.name)) return this.#failUnknownEvent(own.name)
    const { command, update } = this.#handling
    const { hasTextKeys } = this.plan
    return this.#runGroups(updateKeys(update, { command, ownName: own?.name, hasTextKeys }), 0)
  }

  /** Runs the groups from an index on. Returns `undefined` if nothing is pending. */
  #runGroups(keys: readonly string[], from: number): Promise<void> | undefined {
    const handling = this.#handling
    const { groups } = this.plan
    for (let index = from; index < groups.length; index += 1) {
      const cursor = groups[index]?.find(handling.type, keys)
      if (!cursor) continue
      const run = (this.#group = new GroupRun(handling, this.#contexts, cursor, keys))
      const ended = this.#runGroup(run)
      if (ended) return this.#runGroupsAfter(ended, run, () => this.#runGroups(keys, index + 1))
      if (this.#isLast(run)) break
    }
    return this.#endGroups()
  }

  async #runGroupsAfter(
    ended: Promise<void>,
    run: GroupRun,
    next: () => Promise<void> | undefined,
  ): Promise<void> {
    await ended
    await (this.#isLast(run) ? this.#endGroups() : next())
  }

  /** Records whether the group had a matching handler. Returns whether no further group may run. */
  #isLast({ isMatched, hasReachedHandler }: GroupRun): boolean {
    this.#isMatched ||= isMatched
    this.#hasReachedHandler ||= hasReachedHandler
    const { isStopped, isAborted } = this.#handling
    return isStopped || isAborted || unlessDone(this.#failure) !== undefined
  }

  /** Returns `undefined` if nothing is pending. */
  #endGroups(): Promise<void> | undefined {
    const handling = this.#handling
    if (
      !this.#hasRunUnmatched &&
      isUnmatchedPress(this) &&
      !handling.isStopped &&
      !handling.isAborted
    ) {
      this.#hasRunUnmatched = true
      return this.#runGroups([unmatchedKey], 0)
    }
    if (handling.tasksBeforeDone || handling.hasCalls) return this.#settleGroups()
    if (handling.isCommittable) recordMigration(handling)
    return undefined
  }

  async #settleGroups(): Promise<void> {
    const handling = this.#handling
    if (handling.tasksBeforeDone) await this.#runTasksBeforeDone(handling.tasksBeforeDone)
    if (handling.hasCalls) await handling.settleLeftoverCalls()
    if (handling.isCommittable) recordMigration(handling)
  }

  /** Fails an update that has no attempts left, because the process crashed during the last one. */
  async #failWithoutHandlers(): Promise<void> {
    const { update, attempt } = this.#handling
    this.#failure = lastFailure(update, attempt)
    await this.#reportError(new AttemptsSpent(update, attempt - 1), undefined)
  }

  /** Sets aside an own update for whose name no handler is registered, as after a deployment was rolled back. */
  async #failUnknownEvent(name: string): Promise<void> {
    const problem = `No handler of the event ${JSON.stringify(name)} is registered`
    const error = new Unhandleable(`${problem}. Register it, then replay the update`)
    await this.#reportError(asHandlerError(error, this.#handling))
  }

  /** Runs the handlers of one group. Never throws or rejects. Returns `undefined` if nothing is pending. */
  #runGroup(run: GroupRun): Promise<void> | undefined {
    try {
      return run.run()?.catch((error: unknown) => this.#failIn(run.throwerOf(error)?.scopes, error))
    } catch (error) {
      return this.#failIn(run.throwerOf(error)?.scopes, error)
    }
  }

  /** Sets the update aside after an error outside of handlers, as with an update of an unexpected shape. */
  #onUnexpectedError(error: unknown): void {
    const { bot, update, attempt } = this.#handling
    this.#error ??= new HandlerError(update, error)
    this.#failure = unlessDone(this.#failure) ?? setAsideFailure(attempt)
    const about = { botId: bot.id, updateId: update.update_id }
    this.#report.log(`Update ${about.updateId} could not be handled: ${errorStack(error)}`, about)
  }

  /** @param scopes the routers around the function that threw; `undefined` for the dispatcher alone */
  async #failIn(scopes: readonly ErrorScope[] | undefined, error: unknown): Promise<void> {
    if (this.#handling.isInterrupted) await this.#cutShort(error)
    else if (this.#handling.isAbortError(error)) this.#isCutShort = true
    else await this.#reportError(asHandlerError(error, this.#handling), scopes)
  }

  /**
   * Undoes the writes of interrupted handlers, because one of them has thrown or has exceeded its time.
   *
   * @param error the thrown value; logged unless it is a consequence of the abort
   */
  async #cutShort(error?: unknown): Promise<void> {
    const { bot, update } = this.#handling
    if (error !== undefined && !this.#handling.isAbortError(error)) {
      const about = { botId: bot.id, updateId: update.update_id }
      const text = `The handler of update ${about.updateId} has failed after its interrupt`
      this.#report.log(`${text}: ${errorStack(error)}`, about)
    }
    if (this.#isCutShort) return
    this.#isCutShort = true
    await undo(this.#handling, this.#contexts, this.#report)
  }

  /** Judges an error, undoes the writes of the handlers, and calls the error handlers. Never rejects. */
  async #reportError(
    error: HandlerError,
    scopes: readonly ErrorScope[] = [this.#root],
  ): Promise<void> {
    this.#error ??= error
    const failure = unlessDone(this.#failure) ?? this.#judge(error)
    this.#failure = failure
    await undo(this.#handling, this.#contexts, this.#report, failure)
    await this.#report.report({ error, contexts: this.#contexts, failure }, scopes)
  }

  #judge(error: HandlerError): Failure {
    const { attempt } = this.#handling
    return this.#rule?.judge(error, this.#contexts.plain) ?? { attempt, isLast: true, next: "done" }
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
    if (needsUsername && this.plan.mayHandleCommand(type, key)) return this.#fetchUsername(command)
    storeCommand(this.#handling, command)
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
    storeCommand(this.#handling, command)
    return true
  }
}
