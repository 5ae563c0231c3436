import { SounderError } from "../../telegram/errors.js"

/**
 * The error of an update that no further attempt can handle. The update is set aside, regardless of the
 * option `attempts`, so that it can be replayed with a fixed program.
 */
export class Unhandleable extends SounderError {
  override readonly name = "Unhandleable"

  constructor(message: string, options?: ErrorOptions) {
    super("unhandleable", message, options)
  }
}
