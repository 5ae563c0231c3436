import type { ForceReply, Message, MessageEntity, ReplyKeyboardMarkup, User } from "@grammyjs/types"
import type { StoredFile } from "./file-store.js"
import { Inbox } from "./inbox.js"

/** A call of `answerCallbackQuery`, as the person sees it. */
export interface PressAnswer {
  /** The text; empty if the bot only ended the spinner. */
  readonly text: string
  /** Whether the text is an alert that has to be closed, instead of a short notification. */
  readonly showAlert: boolean
  /** A link that the client opens instead. */
  readonly url?: string
}

/** A keyboard below a person's text field, or a request to reply to a message. */
export interface ShownKeyboard {
  readonly markup: ReplyKeyboardMarkup | ForceReply
  /** The message that brought the keyboard. */
  readonly message: Message
  /** The id of the bot that sent the keyboard. */
  readonly botId: number
}

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
  /** The topic of the message. */
  readonly threadId?: number
}

/** A person who uses Telegram. */
export class Person {
  readonly user: User
  /** The ids of the bots that are blocked. */
  readonly blocked = new Set<number>()
  /** Unread messages of bots. */
  readonly messages = new Inbox<Message>()
  /** Unread edits of bots' messages. */
  readonly edits = new Inbox<Message>()
  /** Unread states of messages that bots are writing. */
  readonly drafts = new Inbox<MessageDraft>()
  /** The visible keyboards by bot and chat, the newest last. */
  readonly keyboards = new Map<string, ShownKeyboard>()
  /** The profile photos, the newest first. */
  readonly photos: StoredFile[] = []

  constructor(user: User) {
    this.user = user
  }

  /** Rejects all pending waits. */
  close(error: Error): void {
    this.messages.close(error)
    this.edits.close(error)
    this.drafts.close(error)
  }
}
