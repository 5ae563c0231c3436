import { SounderError } from "../../telegram/errors.js"

/** The error of a wait that has timed out. A script that does not catch the error ends. */
export class WaitTimeout extends SounderError {
  override readonly name = "WaitTimeout"
  /** The time at which the wait was over. After an outage, the error is thrown later. */
  readonly dueAt: Date

  constructor(dueAt: Date) {
    super("wait-timeout", `No answer came before ${dueAt.toISOString()}`)
    this.dueAt = dueAt
  }
}
