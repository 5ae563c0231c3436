import { errorCause, errorName, isError } from "../../ground/error-text.js"
import type { Bot } from "../../bot/index.js"
import type { DeliveryTransaction, QueueTransaction } from "../../queue/update-queue.js"
import type { ResponseSlot } from "../../queue/response-slot.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"
import type { CommandText } from "./command-text.js"
import { ObservedPromise } from "./observed-promise.js"

/** Facts about a delivered update that its queue knows. */
interface DeliveryFacts {
  readonly attempt: number
  readonly receivedAt: number
  /** Aborts when the queue takes the update away. */
  readonly signal?: AbortSignal
  /** The transaction in which the update ends, where the queue has one. */
  readonly transaction?: DeliveryTransaction
}

/** Per-update state shared by the handlers. */
export class Handling {
  readonly bot: Bot
  readonly update: Update
  readonly type: UpdateType | undefined
  /** 1 the first time, then one more after each retry. */
  readonly attempt: number
  /** The time of receipt, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The command at the beginning of the message, if it is meant for this bot. */
  command: CommandText | undefined
  /** The match of the running handler's pattern. */
  match: RegExpExecArray | undefined
  /** The answer to the request that brought the update, where it can carry a call. */
  response: ResponseSlot | undefined
  /** Called with the error of a call that nothing awaits. */
  lost: ((error: unknown, method?: string) => void) | undefined
  /** The calls of the handlers that have not been settled. */
  #calls: ObservedPromise<unknown>[] | undefined
  #isClosed = false
  #args: readonly string[] | undefined
  /** Whether a handler has called `ctx.stop()`. */
  isStopped = false
  readonly #taken: AbortSignal | undefined
  readonly #transaction: DeliveryTransaction | undefined
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  /** @param delivery facts of the queue, where the update comes from one */
  constructor(bot: Bot, update: Update, delivery?: DeliveryFacts) {
    this.bot = bot
    this.update = update
    this.type = updateType(update)
    this.attempt = delivery?.attempt ?? 1
    this.receivedAt = delivery?.receivedAt ?? Date.now()
    this.#taken = delivery?.signal
    this.#transaction = delivery?.transaction
  }

  /** The text behind the command, without the space around it. */
  get argument(): string | undefined {
    return this.command?.text.slice(this.command.end).trim()
  }

  /** The words behind the command. */
  get args(): readonly string[] | undefined {
    const { argument } = this
    if (argument !== undefined) this.#args ??= argument.split(/\s+/).filter((word) => word !== "")
    return this.#args
  }

  /** Returns the promise of a call. The handler's end waits for the call if nothing else does. */
  watch<T>(call: Promise<T>): Promise<T> {
    const observed = ObservedPromise.around(call)
    if (this.#isClosed) void this.#tellIfLost(observed)
    else (this.#calls ??= []).push(observed)
    return observed
  }

  /** Whether there are calls that {@link settleCalls} has not waited for. */
  get hasCalls(): boolean {
    return this.#calls !== undefined
  }

  /** Waits for the calls that nothing awaits. Rejects with the first error. */
  async settleCalls(): Promise<void> {
    for (let calls = this.#calls; calls; calls = this.#calls) {
      this.#calls = undefined
      const unobserved = calls.filter(({ isObserved }) => !isObserved)
      await Promise.all(unobserved.map((call) => call.settled()))
    }
  }

  /** Waits for the calls left over by a handler that has failed, and reports their errors. */
  async endCalls(): Promise<void> {
    const calls = this.#calls ?? []
    this.#calls = undefined
    await Promise.all(calls.map((call) => this.#tellIfLost(call)))
  }

  /** Begins the transaction that the end of the update commits; rejects where the queue has none. */
  async transaction(): Promise<QueueTransaction> {
    if (this.#transaction) return this.#transaction.begin()
    throw new TypeError(
      "Expected the update to come from a queue with transactions, as a PostgresQueue is: there is " +
        "none that `ctx.transaction()` could answer.",
    )
  }

  /** Undoes the handlers' writes in the transaction. */
  async rollBack(): Promise<void> {
    await this.#transaction?.rollBack()
  }

  /** Aborts when the handling is to end. Made when it is first read. */
  get signal(): AbortSignal {
    return (this.#controller ??= this.#open()).signal
  }

  /** Whether the handling was aborted. */
  get isAborted(): boolean {
    return this.#aborted !== undefined || this.#taken?.aborted === true
  }

  /** Aborts the handlers. The first reason stays. */
  abort(reason: Error): void {
    if (this.isAborted) return
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }

  /** Throws the reason where the handling was aborted. */
  expectRunning(): void {
    if (this.isAborted) this.signal.throwIfAborted()
  }

  /** Returns whether an error only repeats that the handling was aborted. */
  isEcho(error: unknown): boolean {
    if (!this.isAborted) return false
    const reason = this.#aborted ? this.#aborted.reason : this.#taken?.reason
    if (error === reason) return true
    return errorName(error) === "AbortError" || (isError(error) && errorCause(error) === reason)
  }

  /** Stops listening: called when the handlers have ended. */
  close(): void {
    this.#isClosed = true
    if (this.#controller) this.#taken?.removeEventListener("abort", this)
  }

  /** Called by the queue's signal. */
  handleEvent(): void {
    this.#controller?.abort(this.#taken?.reason)
  }

  async #tellIfLost(call: ObservedPromise<unknown>): Promise<void> {
    await call.settled().catch((error: unknown) => this.lost?.(error))
  }

  #open(): AbortController {
    const controller = new AbortController()
    if (this.#aborted) controller.abort(this.#aborted.reason)
    else if (this.#taken?.aborted) controller.abort(this.#taken.reason)
    else this.#taken?.addEventListener("abort", this)
    return controller
  }
}
