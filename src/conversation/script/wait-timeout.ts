import { SounderError } from "../../telegram/errors.js"

/** The error of a script's wait whose time is over. A script that does not catch the error ends. */
export class WaitTimeout extends SounderError {
  override readonly name = "WaitTimeout"
  /** The time at which the wait was over. After an outage, the error comes later. */
  readonly dueAt: Date

  constructor(dueAt: Date) {
    super("wait-timeout", `No answer has come until ${dueAt.toISOString()}`)
    this.dueAt = dueAt
  }
}
