import type { BusinessBotRights, BusinessConnection } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import { Conversation, type MessageIds } from "./conversation.js"
import { privateChatOf } from "./identity.js"
import type { Person } from "./person.js"

/** A bot that a person has connected to their account, to answer in their private chats. */
export interface Connected {
  readonly id: string
  readonly person: Person
  readonly bot: BotAccount
  readonly rights: BusinessBotRights
  readonly isEnabled: boolean
  /** Unix time in seconds. */
  readonly date: number
}

/** The business accounts of a world: their connected bots, and their private chats with people. */
export class BusinessAccounts {
  readonly #connections = new Map<number, Connected>()
  readonly #chats = new Map<string, Conversation>()
  readonly #ids = new Map<number, MessageIds>()

  /** Sets the bot of an account, in place of the one before. */
  connect(connection: Connected): void {
    this.#connections.set(connection.person.user.id, connection)
  }

  /** Returns the connection of an account; `undefined` if the person has never connected a bot. */
  of(person: Person): Connected | undefined {
    return this.#connections.get(person.user.id)
  }

  /** Returns the connection of an id; `undefined` if the bot has none. */
  find(id: string, bot: BotAccount): Connected | undefined {
    return this.connections().find((each) => each.id === id && each.bot === bot)
  }

  /** Returns all connections. */
  connections(): Connected[] {
    return [...this.#connections.values()]
  }

  /** Iterates over the chats of all accounts. */
  chats(): Iterable<Conversation> {
    return this.#chats.values()
  }

  /** Returns the chat of an account with another person; `undefined` if there is none. */
  chat(owner: Person, otherId: number): Conversation | undefined {
    return this.#chats.get(`${owner.user.id}:${otherId}`)
  }

  /** Returns the chat of an account with another person; creates it if there is none. */
  openChat(owner: Person, other: Person): Conversation {
    const existing = this.chat(owner, other.user.id)
    if (existing !== undefined) return existing
    const ids = this.#ids.get(owner.user.id) ?? { last: 0 }
    this.#ids.set(owner.user.id, ids)
    const conversation = new Conversation(privateChatOf(other.user), ids)
    conversation.owner = owner
    conversation.people.add(owner)
    conversation.people.add(other)
    this.#chats.set(`${owner.user.id}:${other.user.id}`, conversation)
    return conversation
  }
}

/** Returns a connection as bots see it. */
export function connectionView(connection: Connected): BusinessConnection {
  const { id, person, rights, isEnabled, date } = connection
  return {
    id,
    user: person.user,
    user_chat_id: person.user.id,
    date,
    ...(isEnabled && { rights }),
    is_enabled: isEnabled,
  }
}
