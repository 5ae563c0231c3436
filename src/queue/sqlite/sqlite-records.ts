import type { BotRecords } from "../update-queue.js"
import type { TurnWriter } from "./turn-writer.js"
import type { UpdateStore } from "./update-store.js"

/** The counts and deletions for single bots of a `SqliteQueue`. */
export class SqliteRecords implements BotRecords {
  readonly #store: UpdateStore
  readonly #writer: TurnWriter
  readonly #expectOpen: () => void

  /** @param expectOpen throws an error if the queue is closed */
  constructor(store: UpdateStore, writer: TurnWriter, expectOpen: () => void) {
    this.#store = store
    this.#writer = writer
    this.#expectOpen = expectOpen
  }

  /** Resolves with the depth of the queue for each bot. Rejects with a `StorageError`. */
  async depths(botIds: readonly number[]): Promise<number[]> {
    this.#expectOpen()
    return this.#store.depths(botIds)
  }

  /** Deletes the records of a bot. Rejects with a `StorageError`, and has then changed nothing. */
  async delete(botId: number): Promise<void> {
    this.#expectOpen()
    await this.#writer.change(({ bots, state }) => {
      bots.delete(botId)
      state.forgetKnown()
    })
  }
}
