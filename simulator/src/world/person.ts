import type { ForceReply, Message, MessageEntity, ReplyKeyboardMarkup, User } from "@grammyjs/types"
import type { StoredFile } from "./file-store.js"
import { Inbox } from "./inbox.js"

/** A call of `answerCallbackQuery`, as the person sees it. */
export interface PressAnswer {
  /** Empty where the bot only ended the waiting. */
  readonly text: string
  /** Whether it is an alert to be closed rather than a note that passes. */
  readonly showAlert: boolean
  /** An address that the client opens instead. */
  readonly url?: string
}

/** A keyboard under the field in which a person writes, or the wish that they answer a message. */
export interface ShownKeyboard {
  readonly markup: ReplyKeyboardMarkup | ForceReply
  /** The message that it came with. */
  readonly message: Message
  /** The bot that it came from. */
  readonly botId: number
}

/** A message as far as a bot has written it. */
export interface MessageDraft {
  /** Drafts of one id are one message that grows. */
  readonly id: number
  /** The bot that writes it. */
  readonly botId: number
  /** Empty where the bot only shows that it thinks. */
  readonly text: string
  /** The formatting of the text; absent where there is none. */
  readonly entities?: readonly MessageEntity[]
  /** The topic. */
  readonly threadId?: number
}

/** Somebody who uses Telegram. */
export class Person {
  readonly user: User
  /** The ids of the bots that are blocked. */
  readonly blocked = new Set<number>()
  /** Messages of bots that the person has not looked at yet. */
  readonly messages = new Inbox<Message>()
  /** Edits of bots that the person has not looked at yet. */
  readonly edits = new Inbox<Message>()
  /** The messages that bots are writing, not looked at yet. */
  readonly drafts = new Inbox<MessageDraft>()
  /** The keyboards that are shown, by bot and chat: the one that came last is last. */
  readonly keyboards = new Map<string, ShownKeyboard>()
  /** The newest first. */
  readonly photos: StoredFile[] = []

  constructor(user: User) {
    this.user = user
  }

  /** Wakes whoever waits. */
  close(error: Error): void {
    this.messages.close(error)
    this.edits.close(error)
    this.drafts.close(error)
  }
}
