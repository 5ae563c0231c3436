import { errorCause, errorName, isError } from "../../ground/error-text.js"
import type { Bot } from "../../bot/index.js"
import type { DeliveryTransaction, QueueTransaction } from "../../queue/update-queue.js"
import type { ResponseSlot } from "../../queue/response-slot.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"
import type { CommandText } from "./command-text.js"
import { ObservedPromise } from "./observed-promise.js"

/** What a queue says of an update that it delivers. */
interface DeliveryFacts {
  readonly attempt: number
  readonly receivedAt: number
  /** Aborts when the queue takes the update away. */
  readonly signal?: AbortSignal
  /** What the handlers can write together with the end of the update. */
  readonly transaction?: DeliveryTransaction
}

/** What is known of one update beside itself while its handlers run. */
export class Handling {
  readonly bot: Bot
  readonly update: Update
  readonly type: UpdateType | undefined
  /** 1 the first time, then one more after each retry. */
  readonly attempt: number
  /** When it was received, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The command at the beginning of the message, if it is meant for this bot. */
  command: CommandText | undefined
  /** What the pattern of the running handler has found. */
  match: RegExpExecArray | undefined
  /** The answer to the request that brought the update, where it can carry a call. */
  response: ResponseSlot | undefined
  /** Told of a call that nobody waits for and that has failed. */
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

  /** @param delivery what the queue says of the update, where it comes from one */
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

  /** Returns the promise of a call, for whose end the handlers' end waits where nothing else does. */
  watch<T>(call: Promise<T>): Promise<T> {
    const observed = ObservedPromise.around(call)
    if (this.#isClosed) void this.#tellIfLost(observed)
    else (this.#calls ??= []).push(observed)
    return observed
  }

  /** Whether calls have been made that {@link settleCalls} has not waited for. */
  get hasCalls(): boolean {
    return this.#calls !== undefined
  }

  /** Waits for the calls that nothing waits for. Rejects with the error of the first that fails. */
  async settleCalls(): Promise<void> {
    for (let calls = this.#calls; calls; calls = this.#calls) {
      this.#calls = undefined
      const unobserved = calls.filter(({ isObserved }) => !isObserved)
      await Promise.all(unobserved.map((call) => call.settled()))
    }
  }

  /** Waits for the calls that are left where a handler has failed, and tells of those that fail, too. */
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

  /** Undoes what the handlers have written in the transaction. */
  async rollBack(): Promise<void> {
    await this.#transaction?.rollBack()
  }

  /** Aborts when the handling is to end. Made when it is first read. */
  get signal(): AbortSignal {
    return (this.#controller ??= this.#open()).signal
  }

  /** Whether the handling was told to end before its handlers had. */
  get isAborted(): boolean {
    return this.#aborted !== undefined || this.#taken?.aborted === true
  }

  /** Tells the handlers to end. The first reason stays. */
  abort(reason: Error): void {
    if (this.isAborted) return
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }

  /** Throws the reason where the handling was told to end. */
  expectRunning(): void {
    if (this.isAborted) this.signal.throwIfAborted()
  }

  /** Whether an error only says that the handling was told to end. */
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
