import type { Context } from "../context/context.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { Cursor, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "../context/handling.js"
import { ObservedPromise } from "../context/observed-promise.js"

/** One update on its way through the handlers of one group. */
export class GroupRun {
  readonly #handling: Handling
  readonly #ctx: Context
  readonly #cursor: Cursor
  /** Whether a handler has been called. */
  isMatched = false
  #current: PlacedEntry | undefined
  #failed: { readonly error: unknown; readonly placed: PlacedEntry | undefined } | undefined

  constructor(handling: Handling, ctx: Context, cursor: Cursor) {
    this.#handling = handling
    this.#ctx = ctx
    this.#cursor = cursor
  }

  /** The handler that was called last. */
  get current(): PlacedEntry | undefined {
    return this.#current
  }

  /** Returns the handler that threw this error. */
  blamed(error: unknown): PlacedEntry | undefined {
    return this.#failed?.error === error ? this.#failed?.placed : this.#current
  }

  /**
   * Gives the update to the next handler that wants it. Throws, or returns a promise that rejects,
   * when that handler does; returns nothing where there is nothing to wait for.
   */
  run(): Promise<void> | undefined {
    let placed: PlacedEntry | undefined
    try {
      while ((placed = this.#current = this.#cursor.next())) {
        if (wants(placed.entry, this.#handling)) return this.#call(placed)
      }
    } catch (error) {
      this.#blame(error, placed)
      throw error
    }
    return undefined
  }

  #call(placed: PlacedEntry): Promise<void> | undefined {
    const call: Call = { passed: undefined }
    const next = () => (call.passed ??= ObservedPromise.around(this.#passOn()))
    this.isMatched = true
    const result = placed.entry.handler(this.#ctx, next)
    const isOver = !call.passed && !this.#handling.hasCalls && !isThenable(result)
    return isOver ? undefined : this.#settle(placed, call, result)
  }

  async #settle(placed: PlacedEntry, call: Call, result: unknown): Promise<void> {
    try {
      await result
      // Nothing of this update may go on once it counts as handled.
      await call.passed?.settled()
      if (this.#handling.hasCalls) await this.#handling.settleCalls()
    } catch (error) {
      this.#blame(error, placed)
      throw error
    }
  }

  /** Blames the handler that threw an error first, also where the error comes through `next()`. */
  #blame(error: unknown, placed: PlacedEntry | undefined): void {
    if (this.#failed?.error !== error) this.#failed = { error, placed }
  }

  async #passOn(): Promise<void> {
    this.#handling.expectRunning()
    const { match } = this.#handling
    try {
      await this.run()
    } finally {
      this.#handling.match = match
    }
  }
}

/** One call of a handler. */
interface Call {
  passed: ObservedPromise<void> | undefined
}

function wants(entry: HandlerEntry, handling: Handling): boolean {
  if (entry.accepts && !entry.accepts(handling.update)) return false
  const match = entry.find?.(handling.update, handling.command)
  if (match === null) return false
  handling.match = match
  return true
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value
}
