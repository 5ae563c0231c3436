/** Where what is written goes. */
export interface WritingPlace {
  /** The key of the chat. */
  readonly chat: string
  /** The topic; the general one by default. */
  readonly topic?: number
}
