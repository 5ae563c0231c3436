import type { Context } from "../context/context.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { Cursor, PlacedEntry, PlacedRoute } from "./handler-plan.js"
import type { Handling } from "../context/handling.js"
import type { UpdateContexts } from "./update-contexts.js"
import { ObservedPromise } from "../../ground/observed-promise.js"
import { isThenable } from "../../ground/thenable.js"

/** The handling of one update by the handlers of one group. Each handler may call the next with `next()`. */
export class GroupRun {
  readonly #handling: Handling
  readonly #contexts: UpdateContexts
  readonly #keys: readonly string[]
  #cursor: Cursor
  /** The cursors to return to after the handlers of a chosen router; `undefined` for none. */
  #outer: Cursor[] | undefined
  /** Whether a handler was called. */
  isMatched = false
  /** Whether a handler was called that names the type of the update. */
  #isNamed = false
  /** Whether no handler is left, because each one that was called has called `next()`. */
  #isExhausted = false
  #called: PlacedEntry | undefined
  #current: PlacedEntry | undefined
  #lastError: { readonly error: unknown; readonly placed: PlacedEntry | undefined } | undefined

  /** @param keys the keys of the update, by which the handlers of chosen routers are found */
  constructor(
    handling: Handling,
    contexts: UpdateContexts,
    cursor: Cursor,
    keys: readonly string[],
  ) {
    this.#handling = handling
    this.#contexts = contexts
    this.#cursor = cursor
    this.#keys = keys
  }

  /** The handler that runs; `undefined` after the last handler has called `next()`. */
  get current(): PlacedEntry | undefined {
    return this.#current
  }

  /** The handler that was called last, even if it has called `next()` and no further handler matched. */
  get called(): PlacedEntry | undefined {
    return this.#called
  }

  /**
   * Whether the update has reached its handler: one that names the update's type, or one that has not called
   * `next()`.
   */
  get hasReachedHandler(): boolean {
    return this.#isNamed || (this.isMatched && !this.#isExhausted)
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
      while ((placed = this.#current = this.#next())) {
        const { route } = placed
        if (!route && matches(placed.entry, this.#handling)) return this.#call(placed)
        const entered = route && this.#enter(placed, route)
        if (entered) return this.#runAfter(entered, placed)
      }
    } catch (error) {
      this.#recordThrower(error, placed)
      throw error
    }
    this.#isExhausted = true
    return undefined
  }

  #next(): PlacedEntry | undefined {
    let placed = this.#cursor.next()
    while (!placed && this.#outer?.length) {
      this.#cursor = this.#outer.pop() ?? this.#cursor
      placed = this.#cursor.next()
    }
    return placed
  }

  /** Continues with the handlers of the chosen router. Returns `undefined` if nothing is pending. */
  #enter({ derived, group }: PlacedEntry, route: PlacedRoute): Promise<void> | undefined {
    const choose = (ctx: Context) => this.#contexts.chosenName(route, ctx)
    const enter = (name: string | undefined) => {
      if (name === undefined) return
      const cursor = route.plans.get(name)?.group(group)?.find(this.#handling.type, this.#keys)
      if (!cursor) return
      ;(this.#outer ??= []).push(this.#cursor)
      this.#cursor = cursor
    }
    const ctx = derived ? this.#contexts.of(derived) : this.#contexts.plain
    const name = ctx instanceof Promise ? ctx.then(choose) : choose(ctx)
    if (isThenable(name)) return Promise.resolve(name).then(enter)
    enter(name)
    return undefined
  }

  /** Runs the handlers of a chosen router, and the handlers after them, when the router is known. */
  async #runAfter(entered: Promise<void>, placed: PlacedEntry): Promise<void> {
    try {
      await entered
      this.#handling.expectRunning()
    } catch (error) {
      this.#recordThrower(error, placed)
      throw error
    }
    await this.run()
  }

  #call(placed: PlacedEntry): Promise<void> | undefined {
    this.isMatched = true
    this.#isNamed ||= placed.entry.types !== undefined
    this.#called = placed
    const { derived } = placed
    const ctx = derived ? this.#contexts.ofHandler(derived) : this.#contexts.plain
    return ctx instanceof Promise ? this.#callAfter(ctx, placed) : this.#callWith(ctx, placed)
  }

  /** Calls a handler when its context has been derived. */
  async #callAfter(derived: Promise<Context>, placed: PlacedEntry): Promise<void> {
    try {
      const ctx = await derived
      this.#handling.expectRunning()
      await this.#callWith(ctx, placed)
    } catch (error) {
      this.#recordThrower(error, placed)
      throw error
    }
  }

  #callWith(ctx: Context, placed: PlacedEntry): Promise<void> | undefined {
    const call: HandlerCall = { nextRun: undefined }
    const next = () => (call.nextRun ??= ObservedPromise.around(this.#runNext()))
    const result = placed.entry.handler(ctx, next)
    const isOver = !call.nextRun && !this.#handling.hasCalls && !isThenable(result)
    return isOver ? undefined : this.#settle(placed, call, result)
  }

  async #settle(placed: PlacedEntry, call: HandlerCall, result: unknown): Promise<void> {
    try {
      await result
      // The update is done only after `next()` and all calls, including calls that the handler did not await.
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
