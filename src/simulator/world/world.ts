import type { BotAccount } from "../account/bot-account.js"
import type { Chat, Message } from "../../telegram/types.js"
import { unixTime, type Environment } from "../environment.js"
import { CallbackQueries } from "./callback-queries.js"
import { Conversation, type MessageIds } from "./conversation.js"
import { FileStore } from "./file-store.js"
import { isVisibleTo } from "./group-privacy.js"
import type { Person } from "./person.js"
import { WorldChanges } from "./world-changes.js"

/** What a message holds beside its id, chat, date and sender. */
export type MessageContent = Omit<Partial<Message>, "message_id" | "chat" | "date" | "from">

/** The people, the bots, and what they have written to each other. */
export class World {
  readonly environment: Environment
  readonly bots = new Map<number, BotAccount>()
  readonly people = new Map<number, Person>()
  readonly files: FileStore
  readonly callbackQueries = new CallbackQueries()
  /** Tells whoever watches what happens here. */
  readonly changes = new WorldChanges()
  readonly #groups = new Map<number, Conversation>()
  readonly #private = new Map<string, Conversation>()
  readonly #ids = new Map<number, MessageIds>()

  constructor(environment: Environment) {
    this.environment = environment
    this.files = new FileStore(environment.random)
  }

  /** One more bot. */
  addBot(bot: BotAccount): void {
    this.bots.set(bot.me.id, bot)
    this.changes.announce({ kind: "bot", bot })
  }

  /** One more person. */
  addPerson(person: Person): void {
    this.people.set(person.user.id, person)
    this.changes.announce({ kind: "person", person })
  }

  /** The bot of a token. */
  botOf(token: string): BotAccount | undefined {
    const bot = this.bots.get(Number.parseInt(token, 10))
    return bot?.token === token ? bot : undefined
  }

  /** The private chat of a bot and a person, if they have met. */
  privateChat(bot: BotAccount, personId: number): Conversation | undefined {
    return this.#private.get(`${bot.me.id}:${personId}`)
  }

  /** The private chat of a bot and a person, who meet now if they have not before. */
  openPrivateChat(bot: BotAccount, person: Person): Conversation {
    const known = this.privateChat(bot, person.user.id)
    if (known !== undefined) return known
    const conversation = new Conversation(privateChatOf(person), this.#idsOf(bot.me.id))
    conversation.people.add(person)
    conversation.bots.add(bot)
    this.#private.set(`${bot.me.id}:${person.user.id}`, conversation)
    this.changes.announce({ kind: "chat", where: conversation })
    return conversation
  }

  /** A new group. */
  addGroup(chat: Chat): Conversation {
    const conversation = new Conversation(chat, this.#idsOf(chat.id))
    this.#groups.set(chat.id, conversation)
    this.changes.announce({ kind: "chat", where: conversation })
    return conversation
  }

  /** Every chat there is, in no order. */
  *conversations(): Iterable<Conversation> {
    yield* this.#private.values()
    yield* this.#groups.values()
  }

  /** A group by its id. */
  group(id: number): Conversation | undefined {
    return this.#groups.get(id)
  }

  /** A chat that a bot can see, by the id it knows it by. */
  conversation(bot: BotAccount, id: number): Conversation | undefined {
    return id > 0 ? this.privateChat(bot, id) : this.#groups.get(id)
  }

  /** A person writes: the bots of the chat that may see it get an update. */
  write(person: Person, where: Conversation, content: MessageContent): Message {
    const message = this.#store(where, person.user, content)
    for (const bot of where.bots) if (isVisibleTo(bot, message, where)) bot.push("message", message)
    return message
  }

  /** A bot writes: the people of the chat hear it. */
  writeAs(bot: BotAccount, where: Conversation, content: MessageContent): Message {
    const { id, is_bot, first_name, username } = bot.me
    const message = this.#store(where, { id, is_bot, first_name, username }, content)
    where.lastBot = bot
    for (const person of where.people) person.messages.add(message)
    return message
  }

  /** A bot has changed a message: the people of the chat see it. */
  edit(where: Conversation, message: Message): Message {
    where.messages.set(message.message_id, message)
    for (const person of where.people) person.edits.add(message)
    this.changes.announce({ kind: "edit", where, message })
    return message
  }

  /** A person changes a message of theirs: the bots that saw it get an update. */
  rewrite(where: Conversation, changed: Message): void {
    const message = { ...changed, edit_date: unixTime(this.environment) }
    where.messages.set(message.message_id, message)
    this.changes.announce({ kind: "edit", where, message })
    for (const bot of where.bots) {
      if (isVisibleTo(bot, message, where)) bot.push("edited_message", message)
    }
  }

  /** A message is deleted for everybody; harmless where there is none. */
  remove(where: Conversation, messageId: number): void {
    if (!where.messages.delete(messageId)) return
    this.changes.announce({ kind: "delete", where, messageId })
  }

  /** Ends everything that waits. */
  close(): void {
    const error = new Error("The simulator was closed")
    for (const bot of this.bots.values()) bot.close()
    for (const person of this.people.values()) person.close(error)
  }

  #store(
    where: Conversation,
    from: NonNullable<Message["from"]>,
    content: MessageContent,
  ): Message {
    const message_id = where.nextId()
    const date = unixTime(this.environment)
    const message: Message = { message_id, from, chat: where.chat, date, ...content }
    where.messages.set(message_id, message)
    this.changes.announce({ kind: "message", where, message })
    return message
  }

  #idsOf(owner: number): MessageIds {
    const known = this.#ids.get(owner)
    if (known !== undefined) return known
    const ids = { last: 0 }
    this.#ids.set(owner, ids)
    return ids
  }
}

function privateChatOf({ user }: Person): Chat {
  const { id, first_name, last_name, username } = user
  return {
    id,
    first_name,
    ...(last_name !== undefined && { last_name }),
    ...(username !== undefined && { username }),
    type: "private",
  }
}
