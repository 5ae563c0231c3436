/** One call of the bot, ready to ride in the answer to a request. */
export interface ResponseCall {
  /** The method and its parameters, as Telegram reads them from an answer. */
  readonly json: string
  /** Makes it as an ordinary call, for an answer that could not carry it. Does not throw. */
  readonly makeOtherwise: () => void
}

/**
 * The answer to the request that brought an update, while it has not been sent. It carries one call
 * at most, and only if the update is taken: an update that comes again brings its call again.
 */
export interface ResponseSlot {
  /** Answers `true` where the call rides along, `false` where the answer has one or has been sent. */
  offer(call: ResponseCall): boolean
}
