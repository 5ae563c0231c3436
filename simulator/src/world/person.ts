import type { ForceReply, Message, ReplyKeyboardMarkup, User } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"
import type { StoredFile } from "./file-store.js"
import { Inbox } from "./inbox.js"
import type { MessageDraft } from "./message-draft.js"
import { newProfile } from "./person-profile.js"

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

/** A person who uses Telegram. */
export class Person {
  /** The user as bots see it. */
  user: User
  /** The profile beyond the user. */
  readonly profile = newProfile()
  /** The ids of the bots that are blocked. */
  readonly blocked = new Set<number>()
  /** Unread messages of bots. */
  readonly messages = new Inbox<Message>()
  /** Unread edits of bots' messages. */
  readonly edits = new Inbox<Message>()
  /** Unread states of messages that bots are writing. */
  readonly drafts = new Inbox<MessageDraft>()
  /** The last states of the messages that bots are writing, by bot and draft. */
  readonly lastDrafts = new BoundedMap<string, MessageDraft>(100)
  /** The visible keyboards by bot and chat, the newest last. */
  readonly keyboards = new Map<string, ShownKeyboard>()
  /** Whether the person has no Stars and no TON for suggested posts. */
  cannotPay = false
  /** The profile photos, the newest first. */
  readonly photos: StoredFile[] = []

  constructor(user: User) {
    this.user = user
  }

  /** Shows a state of a message that a bot is writing. */
  seeDraft(draft: MessageDraft): void {
    this.drafts.add(draft)
    this.lastDrafts.set(`${draft.botId}:${draft.id}`, draft)
  }

  /** Rejects all pending waits. */
  close(reason: string): void {
    this.messages.close(reason)
    this.edits.close(reason)
    this.drafts.close(reason)
  }
}
