import { expectStateKey, expectWrites } from "../expect-writes.js"
import type { StateEntry, StateKey, StateStore, StateWrite } from "../state-store.js"
import { makeWrites } from "./make-writes.js"
import type { TurnWriter } from "./turn-writer.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/** The state of a `SqliteQueue`, in the queue's file. */
export class SqliteState implements StateStore {
  readonly #store: UpdateStore
  readonly #writer: TurnWriter
  readonly #expectOpen: () => void
  readonly #added: (places: readonly StoredPlace[]) => void

  /**
   * @param queue.expectOpen throws if the queue is closed
   * @param queue.added called with the places of own updates when their transaction is on disk
   */
  constructor(
    store: UpdateStore,
    writer: TurnWriter,
    queue: {
      readonly expectOpen: () => void
      readonly added: (places: readonly StoredPlace[]) => void
    },
  ) {
    this.#store = store
    this.#writer = writer
    this.#expectOpen = queue.expectOpen
    this.#added = queue.added
  }

  async read(keys: readonly StateKey[]): Promise<(StateEntry | undefined)[]> {
    return this.readNow(keys)
  }

  readNow(keys: readonly StateKey[]): (StateEntry | undefined)[] {
    for (const key of keys) expectStateKey(key)
    this.#expectOpen()
    return this.#store.readState(keys, Date.now())
  }

  async write(writes: readonly StateWrite[]): Promise<void> {
    expectWrites(writes)
    this.#expectOpen()
    if (writes.length === 0) return
    let added: StoredPlace[] = []
    const conflict = await this.#writer.change(
      (rows, now) => {
        added = []
        return makeWrites(rows, writes, { now, added })
      },
      () => this.#added(added),
    )
    if (conflict) throw conflict
  }
}
