import { isError } from "../../ground/error-text.js"
import type { OutsideWrite } from "../context/outside-write.js"

/** The writes of one update to stores outside of the queue. */
export class OutsideCommit {
  readonly #writes: readonly OutsideWrite[]
  readonly #undos: (() => Promise<void>)[] = []

  constructor(writes: readonly OutsideWrite[]) {
    this.#writes = writes
  }

  /** Makes the writes. If one of them fails, undoes the others and resolves with the error. Never rejects. */
  async storeUnlessFailed(): Promise<Error | undefined> {
    try {
      for (const write of this.#writes) this.#undos.push(await write.store())
      return undefined
    } catch (error) {
      await this.undo()
      return isError(error) ? error : new Error("The store has failed", { cause: error })
    }
  }

  /**
   * Undoes the writes. Never rejects: if the store fails here, the value keeps the update's change until the
   * update reads the value again.
   */
  async undo(): Promise<void> {
    for (const undo of this.#undos.splice(0).toReversed()) await undo().catch(() => {})
  }
}
