import type { BotAccount } from "../delivery/bot-account.js"
import type { Chat, ChatInviteLink, ChatMember, Message, User } from "@grammyjs/types"
import { left } from "./members.js"
import { usualPermissions, type Permissions } from "./permissions.js"
import type { Person } from "./person.js"
import type { Reactions } from "./reactions.js"
import type { StoredFile } from "./file-store.js"
import { generalTopic, type Topic } from "./topic.js"

/** The upper bound of kept messages of one chat; older ones count as deleted. */
export const keptMessages = 5000

/** Gives the ids of messages. */
export interface MessageIds {
  last: number
}

/** One chat with everything that was written in it. */
export class Conversation {
  /** As bots see it: a private chat is the person's. */
  chat: Chat
  /** The people who are in it. */
  readonly people = new Set<Person>()
  /** The bots that are in it. */
  readonly bots = new Set<BotAccount>()
  /** Who is in it, or was, by id: an ordinary group's people and bots too. */
  readonly members = new Map<number, ChatMember>()
  /** By id, the oldest first. */
  readonly messages = new Map<number, Message>()
  /** By the id of their thread; in a forum there is always the general one. */
  readonly topics = new Map<number, Topic>()
  /** The pinned messages' ids, the last one pinned last. */
  readonly pinned = new Set<number>()
  /** By the address. */
  readonly links = new Map<string, ChatInviteLink>()
  /** The ids of people who ask to be let in, with the link they used. */
  readonly joinRequests = new Map<number, ChatInviteLink | undefined>()
  /** By the id of the message. */
  readonly reactions = new Map<number, Reactions>()
  /** Which bot wrote a post of a channel, by the id of the message. */
  readonly authors = new Map<number, BotAccount>()
  /** The permissions of ordinary members. */
  permissions: Permissions = usualPermissions()
  /** The description of the chat. */
  description = ""
  photo: StoredFile | undefined
  /** The supergroup that a basic group has become: nobody writes in the group after that. */
  upgradedTo: number | undefined
  /** The bot that wrote last: in a group it gets the commands that name no bot. */
  lastBot: BotAccount | undefined
  readonly #ids: MessageIds

  constructor(chat: Chat, ids: MessageIds) {
    this.chat = chat
    this.#ids = ids
    const general = generalTopic()
    if (chat.is_forum === true) this.topics.set(general.id, general)
  }

  /** The id of the next message. */
  nextId(): number {
    this.#ids.last += 1
    return this.#ids.last
  }

  /** The id that the next message will have. */
  peekId(): number {
    return this.#ids.last + 1
  }

  /** Later messages get ids above this one. */
  continueAfter(id: number): void {
    this.#ids.last = Math.max(this.#ids.last, id)
  }

  /** Returns the status of a user in this chat. */
  memberOf(user: User): ChatMember {
    return this.members.get(user.id) ?? left(user)
  }

  /** Keeps a message; the oldest one goes where there are too many. */
  keep(message: Message): void {
    this.messages.set(message.message_id, message)
    if (this.messages.size <= keptMessages) return
    for (const id of this.messages.keys()) {
      this.forget(id)
      return
    }
  }

  /** Forgets a message; false where there is none. */
  forget(messageId: number): boolean {
    this.pinned.delete(messageId)
    this.reactions.delete(messageId)
    this.authors.delete(messageId)
    return this.messages.delete(messageId)
  }
}
