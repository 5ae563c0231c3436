import { type ErrorCode, HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/**
 * The error of an update that gets no further attempt, because none of its attempts has ended: the process
 * crashed or was killed during each of them.
 */
export class AttemptsSpent extends HandlerError {
  override readonly name = "AttemptsSpent"
  override readonly code: ErrorCode = "attempts-spent"
  /** The number of attempts that were begun. */
  readonly begun: number

  constructor(update: Update, begun: number) {
    const often = begun === 1 ? "once" : `${begun} times`
    const message = `The handling of update ${update.update_id} was started ${often} and never ended: the update may crash the process`
    super(update, undefined, message)
    this.begun = begun
  }
}
