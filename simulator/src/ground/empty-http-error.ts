/** A request that cannot even be read: answered with a bare status, an empty body, and a close. */
export class EmptyHttpError extends Error {
  /** The HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
