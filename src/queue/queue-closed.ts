import { SounderError } from "../telegram/errors.js"

/** The queue has been closed: nothing can be taken from it any more. */
export class QueueClosed extends SounderError {
  override readonly name = "QueueClosed"

  constructor() {
    super("queue-closed", "The queue has been closed: nothing can be taken from it any more")
  }
}
