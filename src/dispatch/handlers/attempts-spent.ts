import { type ErrorCode, HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/** The error of an update whose attempts are spent, none of which has come to an end. */
export class AttemptsSpent extends HandlerError {
  override readonly name = "AttemptsSpent"
  override readonly code: ErrorCode = "attempts-spent"
  /** The number of attempts. */
  readonly begun: number

  constructor(update: Update, begun: number) {
    const often = begun === 1 ? "once" : `${begun} times`
    super(update, `it was begun ${often} and never ended; it may be what ends the process`)
    this.begun = begun
  }
}
