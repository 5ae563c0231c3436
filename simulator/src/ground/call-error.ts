/** The additional fields of some errors of the Bot API. */
export interface ErrorParameters {
  readonly retry_after?: number
  readonly migrate_to_chat_id?: number
}

/** The error of a failed call of the Bot API. */
export class CallError extends Error {
  /** Telegram's error code, which is also the HTTP status. */
  readonly errorCode: number
  /** The additional fields of the error. */
  readonly parameters: ErrorParameters | undefined

  /** @param description Telegram's error text */
  constructor(errorCode: number, description: string, parameters?: ErrorParameters) {
    super(description)
    this.errorCode = errorCode
    this.parameters = parameters
  }

  /** Returns the error 429, with the wait in seconds. */
  static tooManyRequests(seconds: number): CallError {
    const parameters = { retry_after: seconds }
    return new CallError(429, `Too Many Requests: retry after ${seconds}`, parameters)
  }

  /** Returns the error 400. */
  static badRequest(description: string): CallError {
    return new CallError(400, `Bad Request: ${description}`)
  }
}
