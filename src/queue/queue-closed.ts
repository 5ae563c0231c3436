import { SounderError } from "../telegram/errors.js"

/** The error of a call to a queue that has been closed. */
export class QueueClosed extends SounderError {
  override readonly name = "QueueClosed"

  constructor() {
    super("queue-closed", "The queue has been closed: it accepts and delivers no updates")
  }
}
