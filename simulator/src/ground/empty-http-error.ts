/**
 * The error of an unreadable request: the response is a status without a body, and the connection
 * closes.
 */
export class EmptyHttpError extends Error {
  /** The HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
