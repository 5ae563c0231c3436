/** The fields that Telegram adds to some errors. */
export interface ErrorParameters {
  readonly retry_after?: number
  readonly migrate_to_chat_id?: number
}

/** A call that is answered with an error. */
export class CallError extends Error {
  /** Telegram's error code, which is also the HTTP status. */
  readonly errorCode: number
  /** The fields that Telegram adds to some errors. */
  readonly parameters: ErrorParameters | undefined

  /** @param description in Telegram's words */
  constructor(errorCode: number, description: string, parameters?: ErrorParameters) {
    super(description)
    this.errorCode = errorCode
    this.parameters = parameters
  }

  /** 429, with the seconds to wait. */
  static tooManyRequests(seconds: number): CallError {
    const parameters = { retry_after: seconds }
    return new CallError(429, `Too Many Requests: retry after ${seconds}`, parameters)
  }

  /** 400. */
  static badRequest(description: string): CallError {
    return new CallError(400, `Bad Request: ${description}`)
  }
}
