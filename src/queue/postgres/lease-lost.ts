import { SounderError } from "../../telegram/errors.js"

/** A worker's lease has ended, and another worker may have its updates: nothing of it was written. */
export class LeaseLost extends SounderError {
  override readonly name = "LeaseLost"

  constructor() {
    super(
      "lease-lost",
      "The lease of this worker has ended, and another may handle its updates: it was not heard of " +
        "for too long (frozen, busy without a pause, or cut off from the database)",
    )
  }
}
