/** A Bot API call that can be sent as the body of the response to a webhook request. */
export interface ResponseCall {
  /** The method and its parameters as JSON, in the form that Telegram reads from a response. */
  readonly json: string
  /** Makes the same call as an ordinary request, if the response could not carry it. Never throws. */
  readonly makeSeparately: () => void
}

/**
 * The unsent response to the webhook request that brought an update. The response carries at most one
 * call, and only if the update is acknowledged: an update that Telegram sends again brings its call
 * again.
 */
export interface ResponseSlot {
  /**
   * Puts a call into the response. Returns false if the response already carries a call or has been
   * sent.
   */
  offer(call: ResponseCall): boolean
  /**
   * Removes the call from the response, because the update is handled again. Does nothing once the response
   * is sent.
   */
  withdraw(): void
}
