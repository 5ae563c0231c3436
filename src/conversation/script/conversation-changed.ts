import { SounderError } from "../../telegram/errors.js"

/**
 * The error for a stored dialog whose record does not fit the script of this program: the script no longer arrives at
 * the recorded wait. The error is thrown before the script calls Telegram.
 */
export class ConversationChanged extends SounderError {
  override readonly name = "ConversationChanged"
  /** The name of the conversation. */
  readonly conversation: string

  constructor(conversation: string, reason: string, options?: ErrorOptions) {
    super(
      "conversation-changed",
      `A stored dialog of the conversation ${conversation} does not fit its script: ${reason}`,
      options,
    )
    this.conversation = conversation
  }
}
