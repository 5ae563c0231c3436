import { SounderError } from "../../telegram/errors.js"

/**
 * The error of a stored dialog that the script of this program does not lead to the place where the dialog
 * waits. It is thrown before the script calls Telegram.
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
