import { type ErrorCode, HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/**
 * The error of an update that is set aside because no attempt has ended: the process crashed or was killed
 * during each attempt.
 */
export class AttemptsSpent extends HandlerError {
  override readonly name = "AttemptsSpent"
  override readonly code: ErrorCode = "attempts-spent"
  /** The number of attempts that were begun. */
  readonly begun: number

  constructor(update: Update, begun: number) {
    const often = begun === 1 ? "once" : `${begun} times`
    const message = `Update ${update.update_id} was begun ${often} and never ended; it may be the cause of a crash`
    super(update, undefined, message)
    this.begun = begun
  }
}
