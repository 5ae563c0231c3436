/** An error that ends a command with an exit code, and prints its message if there is one. */
export class ExitError extends Error {
  override readonly name = "ExitError"
  /** The exit code. */
  readonly exitCode: number

  constructor(exitCode: number, message = "", options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
