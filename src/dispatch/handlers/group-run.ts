import type { Context } from "../context/context.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { Cursor, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "../context/handling.js"
import { ObservedPromise } from "../../ground/observed-promise.js"

/** The handling of one update by the handlers of one group. Each handler may call the next with `next()`. */
export class GroupRun {
  readonly #handling: Handling
  readonly #ctx: Context
  readonly #cursor: Cursor
  /** Whether a handler was called. */
  isMatched = false
  #called: PlacedEntry | undefined
  #current: PlacedEntry | undefined
  #lastError: { readonly error: unknown; readonly placed: PlacedEntry | undefined } | undefined

  constructor(handling: Handling, ctx: Context, cursor: Cursor) {
    this.#handling = handling
    this.#ctx = ctx
    this.#cursor = cursor
  }

  /** The handler that runs; `undefined` after the last handler has called `next()`. */
  get current(): PlacedEntry | undefined {
    return this.#current
  }

  /** The handler that was called last, even if it has called `next()` and no further handler matched. */
  get called(): PlacedEntry | undefined {
    return this.#called
  }

  /** Returns the handler that threw an error: its router determines the error handlers to call. */
  throwerOf(error: unknown): PlacedEntry | undefined {
    return this.#lastError?.error === error ? this.#lastError?.placed : this.#current
  }

  /**
   * Calls the next handler that matches the update. Throws if the handler throws; the returned promise
   * rejects if the handler's promise rejects. Returns `undefined` if the handler has already ended, because a
   * promise for each update of a synchronous handler costs measurable time.
   */
  run(): Promise<void> | undefined {
    let placed: PlacedEntry | undefined
    try {
      while ((placed = this.#current = this.#cursor.next())) {
        if (matches(placed.entry, this.#handling)) return this.#call(placed)
      }
    } catch (error) {
      this.#recordThrower(error, placed)
      throw error
    }
    return undefined
  }

  #call(placed: PlacedEntry): Promise<void> | undefined {
    const call: HandlerCall = { nextRun: undefined }
    const next = () => (call.nextRun ??= ObservedPromise.around(this.#runNext()))
    this.isMatched = true
    this.#called = placed
    const result = placed.entry.handler(this.#ctx, next)
    const isOver = !call.nextRun && !this.#handling.hasCalls && !isThenable(result)
    return isOver ? undefined : this.#settle(placed, call, result)
  }

  async #settle(placed: PlacedEntry, call: HandlerCall, result: unknown): Promise<void> {
    try {
      await result
      // The update is done only after `next()` and all calls, also those that the handler did not await.
      await call.nextRun?.settled()
      if (this.#handling.hasCalls) await this.#handling.settleCalls()
    } catch (error) {
      this.#recordThrower(error, placed)
      throw error
    }
  }

  /**
   * Records the handler that threw an error. Outer handlers, which get the same error from `next()`, are not
   * recorded.
   */
  #recordThrower(error: unknown, placed: PlacedEntry | undefined): void {
    if (this.#lastError?.error !== error) this.#lastError = { error, placed }
  }

  async #runNext(): Promise<void> {
    this.#handling.expectRunning()
    const { match } = this.#handling
    try {
      await this.run()
    } finally {
      // The handler that called `next()` continues with its own `ctx.match`.
      this.#handling.match = match
    }
  }
}

/** One call of a handler. */
interface HandlerCall {
  /** The run of the following handlers, if the handler has called `next()`. */
  nextRun: ObservedPromise<void> | undefined
}

/**
 * Returns whether the filter and the pattern of a handler match, and stores the match for `ctx.match`.
 */
function matches(entry: HandlerEntry, handling: Handling): boolean {
  if (entry.accepts && !entry.accepts(handling.update)) return false
  const match = entry.matchPattern?.(handling.update, handling.command)
  if (match === null) return false
  handling.match = match
  return true
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value
}
