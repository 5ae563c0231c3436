import type { Context } from "../dispatch/context/context.js"
import type { UpdateState } from "../dispatch/context/update-state.js"
import type { StateKey } from "../queue/state-store.js"
import type { FencedValues, SeenValue } from "./fenced-values.js"
import type { SessionEntry } from "./session-entry.js"

/** An entry in a store outside of the queue. */
export class StoreEntry implements SessionEntry {
  readonly #values: FencedValues
  readonly #state: UpdateState
  readonly #key: StateKey
  readonly #update: string
  readonly #seen: SeenValue

  private constructor(
    values: FencedValues,
    { state, key, update }: { state: UpdateState; key: StateKey; update: string },
    seen: SeenValue,
  ) {
    this.#values = values
    this.#state = state
    this.#key = key
    this.#update = update
    this.#seen = seen
  }

  /** Reads the text of a place, without a change that an earlier, crashed attempt of this update has stored. */
  static async read(values: FencedValues, ctx: Context, key: StateKey): Promise<StoreEntry> {
    const { state } = ctx
    const update = uniqueIdOf(ctx)
    return new StoreEntry(values, { state, key, update }, await values.read(key, update))
  }

  get text(): string | undefined {
    return this.#seen.text
  }

  get expiresAt(): number | undefined {
    return this.#seen.expiresAt
  }

  set(text: string | undefined, expiresAt: number | undefined): boolean {
    // The stored data already contain the change of this update, and later changes.
    if (this.#seen.isChanged) return true
    const key = this.#key
    const store = () => this.#values.change(key, this.#seen, { text, expiresAt }, this.#update)
    return this.#state.addOutside({ key, store })
  }
}

/**
 * Returns a string that is unique to an update of the bot. The ids of own updates of a queue in memory begin
 * again after a restart, so the string also contains the time of receipt.
 */
function uniqueIdOf({ update, receivedAt }: Context): string {
  const id = update.update_id
  return id < 0 ? `${id}@${receivedAt.getTime()}` : `${id}`
}
