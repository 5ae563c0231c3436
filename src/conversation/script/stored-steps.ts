import type { Context } from "../../dispatch/context/context.js"
import type { StatePlace } from "../../dispatch/context/update-state.js"
import type { Steps } from "./segment.js"

/** The steps of the update that is being handled, which are stored at once. */
export class StoredSteps {
  readonly #ctx: Context
  readonly #place: StatePlace
  /** The results of each run. */
  #runs: readonly Steps[]
  /** Whether a value is stored. */
  #exists: boolean

  /** @param text the stored text; `undefined` for none */
  constructor(ctx: Context, place: StatePlace, text: string | undefined) {
    this.#ctx = ctx
    this.#place = place
    this.#exists = text !== undefined
    // The text is one that `store` has written.
    this.#runs = text === undefined ? [] : (JSON.parse(text) as Steps[])
  }

  /** Returns the results of an earlier attempt, for a run of the script in this update. */
  of(run: number): Steps {
    return this.#runs[run] ?? {}
  }

  /** Stores the results of a run at once. */
  async store(run: number, steps: Steps): Promise<void> {
    const runs = Math.max(this.#runs.length, run + 1)
    this.#runs = Array.from({ length: runs }, (_, index) =>
      index === run ? steps : this.of(index),
    )
    this.#exists = true
    await this.#ctx.state.writeAtOnce(this.#place, JSON.stringify(this.#runs))
  }

  /** Deletes the stored steps with the end of the update, because the dialog's record has them. */
  clear(): void {
    if (this.#exists) this.#ctx.state.delete(this.#place.space, this.#place.key)
  }
}
