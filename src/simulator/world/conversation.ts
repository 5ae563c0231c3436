import type { BotAccount } from "../account/bot-account.js"
import type { Chat, Message } from "../../telegram/types.js"
import type { Person } from "./person.js"

/** Gives the ids of messages. */
export interface MessageIds {
  last: number
}

/** One chat with everything that was written in it. */
export class Conversation {
  /** As bots see it: a private chat is the person's. */
  readonly chat: Chat
  readonly people = new Set<Person>()
  readonly bots = new Set<BotAccount>()
  readonly messages = new Map<number, Message>()
  /** The bot that wrote last: in a group it gets the commands that name no bot. */
  lastBot: BotAccount | undefined
  readonly #ids: MessageIds

  constructor(chat: Chat, ids: MessageIds) {
    this.chat = chat
    this.#ids = ids
  }

  /** The id of the next message. */
  nextId(): number {
    this.#ids.last += 1
    return this.#ids.last
  }
}
