import type { BotAccount } from "../delivery/bot-account.js"
import type { Chat, ChatInviteLink, ChatMember, Message, User } from "@grammyjs/types"
import { newExtras } from "./chat-extras.js"
import { EphemeralMessages } from "./ephemeral-messages.js"
import { left } from "./members.js"
import { usualPermissions, type Permissions } from "./permissions.js"
import type { Person } from "./person.js"
import type { Reactions } from "./reactions.js"
import type { StoredFile } from "./file-store.js"
import { generalTopic, type Topic } from "./topic.js"

/** The maximum number of stored messages per chat; older ones count as deleted. */
export const keptMessages = 5000

/** A source of message ids. */
export interface MessageIds {
  last: number
}

/** A chat with its members and messages. */
export class Conversation {
  /** The chat as bots see it: a private chat has the person's data. */
  chat: Chat
  /** The person in whose business account the chat is; bots see the chat as this person does. */
  owner: Person | undefined
  /** The people who are in it. */
  readonly people = new Set<Person>()
  /** The bots that are in it. */
  readonly bots = new Set<BotAccount>()
  /** The status of current and former members, by id. */
  readonly members = new Map<number, ChatMember>()
  /** The messages by id, the oldest first. */
  readonly messages = new Map<number, Message>()
  /** The messages that only one person and one bot see. */
  readonly ephemeral = new EphemeralMessages()
  /** The topics by thread id; a forum always has the general one. */
  readonly topics = new Map<number, Topic>()
  /** The pinned messages' ids, the last one pinned last. */
  readonly pinned = new Set<number>()
  /** The invite links by their address. */
  readonly links = new Map<string, ChatInviteLink>()
  /** The ids of people who ask to join, with the link they used. */
  readonly joinRequests = new Map<number, ChatInviteLink | undefined>()
  /** The reactions by the id of the message. */
  readonly reactions = new Map<number, Reactions>()
  /** The updates of people's messages: their ids by the id of the message, then of the bot. */
  readonly updates = new Map<number, Map<number, number>>()
  /** The bot that wrote a post of a channel, by the id of the message. */
  readonly authors = new Map<number, BotAccount>()
  /** The permissions of ordinary members. */
  permissions: Permissions = usualPermissions()
  /** The description of the chat. */
  description = ""
  photo: StoredFile | undefined
  /** Its boosts, gifts and other parts that most chats do not have. */
  readonly extras = newExtras()
  /**
   * The id of the supergroup that a basic group was upgraded to; nobody can write in the group
   * afterwards.
   */
  upgradedTo: number | undefined
  /** The bot that wrote last: in a group it gets commands without a bot's name. */
  lastBot: BotAccount | undefined
  readonly #ids: MessageIds

  constructor(chat: Chat, ids: MessageIds) {
    this.chat = chat
    this.#ids = ids
    const general = generalTopic()
    if (chat.is_forum === true) this.topics.set(general.id, general)
  }

  /** Returns the id of the next message, and increments the counter. */
  nextId(): number {
    this.#ids.last += 1
    return this.#ids.last
  }

  /** Returns the id of the next message without using it up. */
  peekId(): number {
    return this.#ids.last + 1
  }

  /** Makes later messages get ids above this one. */
  continueAfter(id: number): void {
    this.#ids.last = Math.max(this.#ids.last, id)
  }

  /** Returns the status of a user in this chat. */
  memberOf(user: User): ChatMember {
    return this.members.get(user.id) ?? left(user)
  }

  /** Stores a message; removes the oldest one beyond the maximum. */
  keep(message: Message): void {
    this.messages.set(message.message_id, message)
    if (this.messages.size <= keptMessages) return
    for (const id of this.messages.keys()) {
      this.forget(id)
      return
    }
  }

  /** Removes a message; returns false if there is none. */
  forget(messageId: number): boolean {
    this.pinned.delete(messageId)
    this.reactions.delete(messageId)
    this.authors.delete(messageId)
    this.updates.delete(messageId)
    return this.messages.delete(messageId)
  }
}
