/** The destination of a message. */
export interface WritingPlace {
  /** The key of the chat. */
  readonly chat: string
  /** The topic. Default: the general one. */
  readonly topic?: number
}
