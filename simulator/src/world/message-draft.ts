import type { MessageEntity, RichMessage } from "@grammyjs/types"

/** The current state of a message that a bot is writing. */
export interface MessageDraft {
  /** The id of the draft; drafts with the same id are states of one message. */
  readonly id: number
  /** The id of the bot. */
  readonly botId: number
  /** The text; empty if the bot only shows that it is thinking. */
  readonly text: string
  /** The formatting of the text; `undefined` without any. */
  readonly entities?: readonly MessageEntity[]
  /** The content of a rich message, whose `text` has no formatting; `undefined` for any other message. */
  readonly richMessage?: RichMessage
  /** The topic of the message. */
  readonly threadId?: number
  /** Whether the person can stop the bot from writing on. */
  readonly canStop?: true
  /** Whether the draft stays for a moment when it is stopped. */
  readonly staysOnStop?: true
}
