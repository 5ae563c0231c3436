import type { Context } from "./context.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { Cursor, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "./handling.js"
import { PassedOn } from "./passed-on.js"

/** One update on its way through the handlers of one group. */
export class GroupRun {
  readonly #handling: Handling
  readonly #ctx: Context
  readonly #cursor: Cursor
  #current: PlacedEntry | undefined
  #failed: { readonly error: unknown; readonly placed: PlacedEntry | undefined } | undefined

  constructor(handling: Handling, ctx: Context, cursor: Cursor) {
    this.#handling = handling
    this.#ctx = ctx
    this.#cursor = cursor
  }

  /** The handler that was asked last. */
  get current(): PlacedEntry | undefined {
    return this.#current
  }

  /** The handler that threw this error. */
  blamed(error: unknown): PlacedEntry | undefined {
    return this.#failed?.error === error ? this.#failed?.placed : this.#current
  }

  /** Gives the update to the next handler that wants it. Rejects when that one throws. */
  async run(): Promise<void> {
    let placed: PlacedEntry | undefined
    try {
      while ((placed = this.#current = this.#cursor.next())) {
        if (wants(placed.entry, this.#handling)) return await this.#call(placed)
      }
    } catch (error) {
      // An error that comes through `next()` is that of the handler that threw it first.
      if (this.#failed?.error !== error) this.#failed = { error, placed }
      throw error
    }
  }

  async #call({ entry }: PlacedEntry): Promise<void> {
    let passed: PassedOn | undefined
    await entry.handler(this.#ctx, () => (passed ??= new PassedOn(this.#passOn())))
    // Nothing of this update may go on once it counts as handled.
    await passed?.settled()
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

function wants(entry: HandlerEntry, handling: Handling): boolean {
  if (entry.accepts && !entry.accepts(handling.update)) return false
  const match = entry.find?.(handling.update)
  if (match === null) return false
  handling.match = match
  return true
}
