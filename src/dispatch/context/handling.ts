import { errorCause, errorName, isError } from "../../ground/error-text.js"
import { ObservedPromise } from "../../ground/observed-promise.js"
import type { Bot } from "../../bot/index.js"
import type { DeliveryTransaction, QueueTransaction } from "../../queue/update-queue.js"
import type { ResponseSlot } from "../../queue/response-slot.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"
import type { CommandText } from "./command-text.js"

/** The members of a queue's `Delivery` that a handling uses. */
interface DeliveryFacts {
  readonly attempt: number
  readonly receivedAt: number
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
  /** The command at the beginning of the message, if it is addressed to this bot. */
  command: CommandText | undefined
  /** The match of the running handler's pattern. */
  match: RegExpExecArray | undefined
  /** The HTTP response to the request that brought the update, if it can carry a call. */
  response: ResponseSlot | undefined
  /** Called with the error of a call that no code awaits, if the error can no longer fail the update. */
  onUnawaitedError: ((error: unknown, method?: string) => void) | undefined
  /** The calls of the handlers since the last {@link settleCalls}; `undefined` for none. */
  #calls: ObservedPromise<unknown>[] | undefined
  #isClosed = false
  #args: readonly string[] | undefined
  /** Whether the HTTP response to the webhook request carries the answer to the update's query. */
  isAnswered = false
  /** Whether a handler has called `ctx.stop()`. */
  isStopped = false
  readonly #revoked: AbortSignal | undefined
  readonly #transaction: DeliveryTransaction | undefined
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  /** @param delivery `undefined` for an update that does not come from a queue */
  constructor(bot: Bot, update: Update, delivery?: DeliveryFacts) {
    this.bot = bot
    this.update = update
    this.type = updateType(update)
    this.attempt = delivery?.attempt ?? 1
    this.receivedAt = delivery?.receivedAt ?? Date.now()
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

  /** Begins the transaction that marks the update as done. Rejects if the queue has no transactions. */
  async transaction(): Promise<QueueTransaction> {
    if (this.#transaction) return this.#transaction.begin()
    throw new TypeError(
      "Expected the update to come from a queue with transactions, such as a PostgresQueue: " +
        "`ctx.transaction()` has no transaction to return.",
    )
  }

  /** Rolls back the handlers' writes in the transaction. Does nothing without one. */
  async rollBack(): Promise<void> {
    await this.#transaction?.rollBack()
  }

  /** Aborts with the handling, or when the delivery is revoked. Created on the first read. */
  get signal(): AbortSignal {
    return (this.#controller ??= this.#createController()).signal
  }

  /** Whether the handling was aborted, or its delivery revoked. */
  get isAborted(): boolean {
    return this.#aborted !== undefined || this.#revoked?.aborted === true
  }

  /** Aborts {@link signal}. Does nothing if the handling was aborted before. */
  abort(reason: Error): void {
    if (this.isAborted) return
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }

  /** Throws the reason of the abort if the handling was aborted. */
  expectRunning(): void {
    if (this.isAborted) this.signal.throwIfAborted()
  }

  /** Returns whether an error is a consequence of the abort: its reason, or an `AbortError`. */
  isAbortError(error: unknown): boolean {
    if (!this.isAborted) return false
    const reason = this.#aborted ? this.#aborted.reason : this.#revoked?.reason
    if (error === reason) return true
    return errorName(error) === "AbortError" || (isError(error) && errorCause(error) === reason)
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
