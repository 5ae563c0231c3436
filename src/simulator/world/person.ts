import type { Message, User } from "../../telegram/types.js"
import { Inbox } from "./inbox.js"

/** A call of `answerCallbackQuery`, as the person sees it. */
export interface CallbackAnswer {
  /** Empty where the bot only ended the waiting. */
  readonly text: string
  /** Whether it is an alert to be closed rather than a note that passes. */
  readonly showAlert: boolean
  readonly url?: string
}

/** Somebody who uses Telegram. */
export class Person {
  readonly user: User
  /** The ids of the bots that are blocked. */
  readonly blocked = new Set<number>()
  /** What bots have written, not looked at yet. */
  readonly messages = new Inbox<Message>()
  /** What bots have changed, not looked at yet. */
  readonly edits = new Inbox<Message>()

  constructor(user: User) {
    this.user = user
  }

  /** Wakes whoever waits. */
  close(error: Error): void {
    this.messages.close(error)
    this.edits.close(error)
  }
}
