import { SounderError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/** The reason of the abort of a handler that an update of its lane has interrupted. */
export class Interrupted extends SounderError {
  override readonly name = "Interrupted"
  /** The update that has interrupted the handler, and that is handled when the handler has ended. */
  readonly update: Update

  constructor(update: Update) {
    super("interrupted", `Update ${update.update_id} has interrupted the handler`)
    this.update = update
  }
}
