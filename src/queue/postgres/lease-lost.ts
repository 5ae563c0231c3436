import { SounderError } from "../../telegram/errors.js"

/**
 * The error of an ending that was refused, because the worker's lease has ended and another worker may
 * have the update. Nothing of the handler's transaction was written.
 */
export class LeaseLost extends SounderError {
  override readonly name = "LeaseLost"

  constructor() {
    super(
      "lease-lost",
      "The lease of this worker has ended, and another worker may handle its updates: the process " +
        "was frozen, too busy to renew the lease, or cut off from the database",
    )
  }
}
