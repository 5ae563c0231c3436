import { SounderError } from "../telegram/errors.js"

/**
 * A file could not be sent for a reason on this side: it is missing, it changed, its stream failed
 * or has been sent before. Telegram has not carried out the call.
 */
export class InputFileError extends SounderError {
  override readonly name = "InputFileError"

  constructor(message: string, options?: ErrorOptions) {
    super("input-file", message, options)
  }
}
