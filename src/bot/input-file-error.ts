import { SounderError } from "../telegram/errors.js"

/**
 * The error of a file that this program could not send: the file is missing or has changed, or its stream
 * failed or was sent before. Telegram has not carried out the call.
 */
export class InputFileError extends SounderError {
  override readonly name = "InputFileError"

  constructor(message: string, options?: ErrorOptions) {
    super("input-file", message, options)
  }
}
