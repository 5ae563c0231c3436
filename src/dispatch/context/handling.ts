import { callerError } from "../../ground/call-place.js"
import { errorCause, errorClass, errorName, isError } from "../../ground/error-text.js"
import { ObservedPromise } from "../../ground/observed-promise.js"
import type { Bot } from "../../bot/index.js"
import type { DeliveryTransaction, QueueTransaction } from "../../queue/update-queue.js"
import type { ResponseSlot } from "../../queue/response-slot.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"
import type { StateStore, StateWrite } from "../../queue/state-store.js"
import type { CommandText } from "./command-text.js"
import type { Interrupted } from "./interrupted.js"
import type { OutsideWrite } from "./outside-write.js"
import { UpdateState } from "./update-state.js"

/** The members of a queue's `Delivery` that a handling uses. */
interface DeliveryFacts {
  readonly attempt: number
  readonly receivedAt: number
  /** The lane of the update. */
  readonly lane: string
  /** Aborts when the queue revokes the delivery, as when another worker has taken over the update. */
  readonly signal?: AbortSignal
  /** The transaction that marks the update as done, if the queue has transactions. */
  readonly transaction?: DeliveryTransaction
}

/** The state of one update's handling, shared by its handlers. */
export class Handling {
  readonly bot: Bot
  readonly update: Update
  readonly type: UpdateType | undefined
  /** The number of this attempt, from 1. */
  readonly attempt: number
  /** The time of receipt, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The lane of the update; empty for an update that does not come from a queue. */
  readonly lane: string
  /** The command at the beginning of the message, if it is addressed to this bot. */
  command: CommandText | undefined
  /** The match of the running handler's pattern. */
  match: RegExpExecArray | undefined
  /** The HTTP response to the request that brought the update, if it can carry a call. */
  response: ResponseSlot | undefined
  /** Called with the error of a call that no code awaits, if the error can no longer fail the update. */
  onUnawaitedError: ((error: unknown, method?: string) => void) | undefined
  /** The receiver of promises that outlive the handling. */
  background: { runInBackground(promise: PromiseLike<unknown>): void } | undefined
  /** The queue of the update, whose state the handlers read and write. */
  queue: { readonly state?: StateStore } | undefined
  #state: UpdateState | undefined
  /** The calls of the handlers since the last {@link settleCalls}; `undefined` for none. */
  #calls: ObservedPromise<unknown>[] | undefined
  /** The tasks to run before the update is marked as done; `undefined` for none. */
  #tasksBeforeDone: (() => unknown)[] | undefined
  /** The last task of {@link inOrder}; `undefined` if none is running. Never rejects. */
  #lastInOrder: Promise<void> | undefined
  #isClosed = false
  /** Whether the state accepts writes after an abort. */
  #acceptsWrites = false
  #args: readonly string[] | undefined
  /** Whether the HTTP response to the webhook request carries the answer to the update's query. */
  isAnswered = false
  /** Whether a handler has called `ctx.stop()`. */
  isStopped = false
  /** The drafts that the handlers stream, each under `draftKey`; `undefined` for none. */
  drafts: Set<string> | undefined
  readonly #revoked: AbortSignal | undefined
  readonly #transaction: DeliveryTransaction | undefined
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined
  #interruption: Interrupted | undefined
  /** Whether the writes of interrupted handlers were dropped. */
  #isUndone = false

  /**
   * @param type the type of the update
   * @param delivery `undefined` for an update that does not come from a queue
   */
  constructor(bot: Bot, update: Update, type = updateType(update), delivery?: DeliveryFacts) {
    this.bot = bot
    this.update = update
    this.type = type
    this.attempt = delivery?.attempt ?? 1
    this.receivedAt = delivery?.receivedAt ?? Date.now()
    this.lane = delivery?.lane ?? ""
    this.#revoked = delivery?.signal
    this.#transaction = delivery?.transaction
  }

  /** The text after the command, trimmed. */
  get argument(): string | undefined {
    return this.command?.text.slice(this.command.end).trim()
  }

  /** The words after the command. */
  get args(): readonly string[] | undefined {
    const { argument } = this
    if (argument !== undefined) this.#args ??= argument.split(/\s+/).filter((word) => word !== "")
    return this.#args
  }

  /**
   * Registers a call of a handler, and returns its promise. If the handler does not await the promise,
   * {@link settleCalls} does.
   */
  watch<T>(call: Promise<T>): Promise<T> {
    const observed = ObservedPromise.around(call)
    if (this.#isClosed) void this.#reportIfUnawaited(observed)
    else (this.#calls ??= []).push(observed)
    return observed
  }

  /**
   * Runs a task after the earlier tasks of this method that take time: at once if there are none. Rejects as
   * the task does.
   */
  async inOrder(task: () => Promise<void> | void): Promise<void> {
    const before = this.#lastInOrder
    if (!before) {
      const pending = task()
      return pending && this.#awaitInOrder(pending)
    }
    return this.#awaitInOrder(before.then(task))
  }

  async #awaitInOrder(pending: Promise<void>): Promise<void> {
    const settled = pending.catch(() => {})
    this.#lastInOrder = settled
    try {
      await pending
    } finally {
      if (this.#lastInOrder === settled) this.#lastInOrder = undefined
    }
  }

  /** Whether calls were registered since the last {@link settleCalls}. */
  get hasCalls(): boolean {
    return this.#calls !== undefined
  }

  /** Waits for the calls that no code awaits. Rejects with the first error. */
  async settleCalls(): Promise<void> {
    for (let calls = this.#calls; calls; calls = this.#calls) {
      this.#calls = undefined
      const unobserved = calls.filter(({ isObserved }) => !isObserved)
      await Promise.all(unobserved.map((call) => call.settled()))
    }
  }

  /** Waits for the calls of a handler that has thrown, and reports their errors. Never rejects. */
  async settleLeftoverCalls(): Promise<void> {
    const calls = this.#calls ?? []
    this.#calls = undefined
    await Promise.all(calls.map((call) => this.#reportIfUnawaited(call)))
  }

  /**
   * Registers a task to run when all handlers have succeeded, before the update is marked as done. Tasks run one
   * after the other, in the order of registration. An error of a task is a failure of the update. After a
   * failure, a time-out or an interruption no task runs.
   *
   * @throws TypeError if the handling has ended
   */
  beforeDone(task: () => unknown): void {
    if (this.#isClosed) throw callerError("Expected a running handler, got one that has ended.")
    ;(this.#tasksBeforeDone ??= []).push(task)
  }

  /** The tasks of {@link beforeDone}; `undefined` for none. */
  get tasksBeforeDone(): readonly (() => unknown)[] | undefined {
    return this.#tasksBeforeDone
  }

  /** Begins the transaction that marks the update as done. Rejects if the queue has no transactions. */
  async transaction(): Promise<QueueTransaction> {
    if (this.#transaction) return this.#transaction.begin()
    throw callerError(
      "Expected the update to come from a queue with transactions, such as a PostgresQueue: " +
        "`ctx.transaction()` has no transaction to return.",
    )
  }

  /**
   * The state as this update sees it.
   *
   * @throws TypeError if the update comes from no queue, or from a queue without state
   */
  get state(): UpdateState {
    return (this.#state ??= this.#openState())
  }

  /** The writes to commit with the end of the update; `undefined` if no handler has used the state. */
  get writes(): readonly StateWrite[] | undefined {
    return this.#state?.writes
  }

  /** The writes to make in other stores before {@link writes} are committed; `undefined` for none. */
  get outsideWrites(): readonly OutsideWrite[] | undefined {
    return this.#state?.outsideWrites
  }

  /** Drops the handlers' writes, and rolls back their transaction. */
  async rollBack(): Promise<void> {
    this.#isUndone = true
    this.#state = undefined
    await this.#transaction?.rollBack()
  }

  /** Calls a function whose writes to the state are accepted, although the handlers may have been aborted. */
  writeAfterFailure(task: () => void): void {
    this.#acceptsWrites = true
    try {
      task()
    } finally {
      this.#acceptsWrites = false
    }
  }

  /** A signal that aborts with the handling, or when the delivery is revoked. Created on the first read. */
  get signal(): AbortSignal {
    return (this.#controller ??= this.#createController()).signal
  }

  /** Whether the handling was aborted, or its delivery revoked. */
  get isAborted(): boolean {
    return this.#aborted !== undefined || this.isRevoked
  }

  /** Whether another worker has taken over the update. */
  get isRevoked(): boolean {
    return this.#revoked?.aborted === true
  }

  /** Aborts {@link signal}. Does nothing if the handling was aborted before. */
  abort(reason: Error): void {
    if (this.isAborted) return
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }

  /**
   * Aborts {@link signal} because another update interrupts the handlers. Their writes are still committed if
   * they end without an error. Does nothing if the handling was aborted before, or has ended.
   */
  interrupt(reason: Interrupted): void {
    if (this.#isClosed || this.isAborted) return
    this.#interruption = reason
    this.abort(reason)
  }

  /** Whether another update has interrupted the handlers, and no other worker has the update. */
  get isInterrupted(): boolean {
    return this.#interruption !== undefined && this.#revoked?.aborted !== true
  }

  /** Whether the writes of the handlers are committed if all goes well: after an interrupt, but no other abort. */
  get isCommittable(): boolean {
    return !this.isAborted || (this.isInterrupted && !this.#isUndone)
  }

  /** Throws the reason of the abort unless the handlers' writes are still committed. */
  expectCommittable(): void {
    if (!this.isCommittable) this.signal.throwIfAborted()
  }

  /** Throws the reason of the abort unless the state accepts writes of the handlers. */
  expectWritable(): void {
    if (!this.#acceptsWrites) this.expectCommittable()
  }

  /** Throws the reason of the abort if the handling was aborted. */
  expectRunning(): void {
    if (this.isAborted) this.signal.throwIfAborted()
  }

  /**
   * Returns whether an error is a consequence of the abort: its reason, an `AbortError`, or an error whose class
   * has such a name, as in the clients of language models.
   */
  isAbortError(error: unknown): boolean {
    if (!this.isAborted) return false
    const reason = this.#aborted ? this.#aborted.reason : this.#revoked?.reason
    if (error === reason) return true
    if (errorName(error) === "AbortError") return true
    return (
      isError(error) && (errorCause(error) === reason || errorClass(error).endsWith("AbortError"))
    )
  }

  /** Ends the handling: removes the listener, and reports the errors of later calls at once. */
  close(): void {
    this.#isClosed = true
    if (this.#controller) this.#revoked?.removeEventListener("abort", this)
  }

  /**
   * Forwards an abort of the delivery's signal. The handling itself is the listener, because a function
   * would have to be created for each update.
   */
  handleEvent(): void {
    this.#controller?.abort(this.#revoked?.reason)
  }

  #openState(): UpdateState {
    const store = this.queue?.state
    if (store)
      return new UpdateState(store, { botId: this.bot.id, lane: this.lane }, () =>
        this.expectWritable(),
      )
    throw callerError(
      "Expected the update to come from a queue that keeps state, such as a MemoryQueue or a " +
        "SqliteQueue: there is no place for the values of `ctx.state`.",
    )
  }

  async #reportIfUnawaited(call: ObservedPromise<unknown>): Promise<void> {
    await call.settled().catch((error: unknown) => this.onUnawaitedError?.(error))
  }

  #createController(): AbortController {
    const controller = new AbortController()
    if (this.#aborted) controller.abort(this.#aborted.reason)
    else if (this.#revoked?.aborted) controller.abort(this.#revoked.reason)
    else this.#revoked?.addEventListener("abort", this)
    return controller
  }
}
