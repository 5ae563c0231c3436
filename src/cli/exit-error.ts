/** Ends a command with an exit code, and with a line that says why where there is a message. */
export class ExitError extends Error {
  override readonly name = "ExitError"
  /** The exit code. */
  readonly exitCode: number

  constructor(exitCode: number, message = "", options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
