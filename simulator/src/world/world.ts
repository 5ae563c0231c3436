import type { BotAccount } from "../delivery/bot-account.js"
import type { Chat, Message, User } from "@grammyjs/types"
import { unixTime, type Environment } from "../ground/environment.js"
import { BotProfiles } from "./bot-profile.js"
import { BusinessAccounts } from "./business-accounts.js"
import { CallbackQueries } from "./callback-queries.js"
import { Conversation, type MessageIds } from "./conversation.js"
import { channelOf, isSeenBy } from "./direct-messages.js"
import type { EphemeralMessage } from "./ephemeral-messages.js"
import { FileStore } from "./file-store.js"
import { GameBook } from "./game-book.js"
import { isVisibleTo } from "./group-privacy.js"
import { privateChatOf, userOfBot, type BotTraits } from "./identity.js"
import { InlineMode } from "./inline-mode.js"
import { JoinQueries } from "./join-queries.js"
import { withMentions } from "./mentions.js"
import { RateLimits } from "./rate-limits.js"
import { Renewals } from "./renewals.js"
import { Payments } from "./payments.js"
import type { Person } from "./person.js"
import { PollBook } from "./poll-book.js"
import { isService, isToldToActor } from "./service-messages.js"
import { StarBooks } from "./star-book.js"
import { StickerBook } from "./sticker-book.js"
import { MiniApps } from "./mini-apps.js"
import { Verifications } from "./verifications.js"
import { WidgetBook } from "./widget-book.js"
import { WorldChanges } from "./world-changes.js"

/** The content of a message: all fields except id, chat, date and sender. */
export type MessageContent = Omit<Partial<Message>, "message_id" | "chat" | "date" | "from">

/** An ephemeral message with its sender and its receiver. */
interface Whisper {
  readonly from: User
  readonly receiver: User
  readonly content: MessageContent
}

/** The author of messages that are written in the name of a channel. */
const channelBot: User = {
  id: 136_817_688,
  is_bot: true,
  first_name: "Channel",
  username: "Channel_Bot",
}

const inlineAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/** The people, the bots and their chats. */
export class World {
  readonly environment: Environment
  /** Creates and adds a bot. */
  readonly makeBot: (options: BotTraits) => BotAccount
  readonly bots = new Map<number, BotAccount>()
  readonly people = new Map<number, Person>()
  /** Names, descriptions, commands and menu buttons of the bots. */
  readonly profiles = new BotProfiles()
  readonly files: FileStore
  readonly business = new BusinessAccounts()
  readonly callbackQueries = new CallbackQueries()
  readonly joinQueries = new JoinQueries()
  readonly polls = new PollBook()
  readonly inline = new InlineMode()
  readonly payments = new Payments()
  readonly stars = new StarBooks()
  readonly renewals = new Renewals()
  readonly stickers = new StickerBook()
  readonly games = new GameBook()
  readonly widgets = new WidgetBook()
  readonly verifications = new Verifications()
  readonly miniApps = new MiniApps()
  /** The rate limits for bots; `undefined` without limits. */
  readonly rateLimits: RateLimits | undefined
  /** The listeners to changes in this world. */
  readonly changes = new WorldChanges()
  readonly #groups = new Map<number, Conversation>()
  readonly #private = new Map<string, Conversation>()
  readonly #ids = new Map<number, MessageIds>()

  /** @param makeBot the function that creates and adds a bot */
  constructor(environment: Environment, makeBot: (options: BotTraits) => BotAccount) {
    this.environment = environment
    this.makeBot = makeBot
    this.files = new FileStore(environment.random)
    this.rateLimits = environment.limits ? new RateLimits(environment.clock) : undefined
  }

  /** Unix time in seconds. */
  get now(): number {
    return unixTime(this.environment)
  }

  /** Returns a random number with as many digits as Telegram's ids of queries. */
  newId(): string {
    return String(this.environment.random.integer(1, Number.MAX_SAFE_INTEGER))
  }

  /** Returns a random `inline_message_id`. */
  newInlineId(): string {
    return this.environment.random.text(27, inlineAlphabet)
  }

  /** Adds a bot. */
  addBot(bot: BotAccount): void {
    this.bots.set(bot.me.id, bot)
    this.changes.announce({ kind: "bot", bot })
  }

  /** Adds a person. */
  addPerson(person: Person): void {
    this.people.set(person.user.id, person)
    this.changes.announce({ kind: "person", person })
  }

  /** Returns the bot with a token. */
  botOf(token: string): BotAccount | undefined {
    const bot = this.bots.get(Number.parseInt(token, 10))
    return bot?.token === token ? bot : undefined
  }

  /** Returns a person or bot by id, as others see them. */
  userOf(id: number): User | undefined {
    const bot = this.bots.get(id)
    return bot === undefined ? this.people.get(id)?.user : userOfBot(bot.me)
  }

  /** Returns the private chat of a bot and a person; `undefined` if they have none. */
  privateChat(bot: BotAccount, personId: number): Conversation | undefined {
    return this.#private.get(`${bot.me.id}:${personId}`)
  }

  /** Returns the private chat of a bot and a person; creates it if they have none. */
  openPrivateChat(bot: BotAccount, person: Person): Conversation {
    const existing = this.privateChat(bot, person.user.id)
    if (existing !== undefined) return existing
    const conversation = new Conversation(privateChatOf(person.user), this.#idsOf(bot.me.id))
    conversation.people.add(person)
    conversation.bots.add(bot)
    this.#private.set(`${bot.me.id}:${person.user.id}`, conversation)
    this.changes.announce({ kind: "chat", where: conversation })
    return conversation
  }

  /** Returns the chat of a business account with another person; creates it if there is none. */
  openBusinessChat(owner: Person, other: Person): Conversation {
    const existing = this.business.chat(owner, other.user.id)
    if (existing !== undefined) return existing
    const conversation = this.business.openChat(owner, other)
    this.changes.announce({ kind: "chat", where: conversation })
    return conversation
  }

  /** Adds a group, supergroup or channel. */
  addGroup(chat: Chat): Conversation {
    const conversation = new Conversation(chat, this.#idsOf(chat.id))
    this.#groups.set(chat.id, conversation)
    this.changes.announce({ kind: "chat", where: conversation })
    return conversation
  }

  /** Iterates over all chats, in no particular order. */
  *conversations(): Iterable<Conversation> {
    yield* this.#private.values()
    yield* this.#groups.values()
  }

  /** Returns a group, supergroup or channel by its id. */
  group(id: number): Conversation | undefined {
    return this.#groups.get(id)
  }

  /** Returns a supergroup or channel by its username, without the `@`. */
  publicChat(username: string): Conversation | undefined {
    const name = username.toLowerCase()
    for (const where of this.#groups.values()) {
      if (where.chat.username?.toLowerCase() === name) return where
    }
    return undefined
  }

  /** Returns a chat by the id under which a bot knows it. */
  conversation(bot: BotAccount, id: number): Conversation | undefined {
    return id > 0 ? this.privateChat(bot, id) : this.#groups.get(id)
  }

  /** Sends a person's message; bots in the chat that may see it get an update. */
  write(person: Person, where: Conversation, content: MessageContent): Message {
    const { owner } = where
    if (owner !== undefined) return this.#writeBusiness(owner, where, { from: person, content })
    const message = this.#store(where, person.user, content)
    this.#tell(where, message, undefined)
    return message
  }

  // The bot of the account gets the messages of both people.
  #writeBusiness(
    owner: Person,
    where: Conversation,
    written: { readonly from: Person; readonly content: MessageContent },
  ): Message {
    const { from, content } = written
    const connection = this.business.of(owner)
    const named = connection && { business_connection_id: connection.id }
    const message = this.#store(where, from.user, { ...named, ...content })
    if (connection?.isEnabled === true) connection.bot.push("business_message", message)
    for (const person of where.people) if (person !== from) person.messages.add(message)
    return message
  }

  /** Sends a bot's message to the people in the chat. */
  writeAs(bot: BotAccount, where: Conversation, content: MessageContent): Message {
    const said = withMentions((id) => this.userOf(id), content)
    const { owner } = where
    if (owner !== undefined) return this.#writeFor(owner, bot, { where, content: said })
    const message = this.#store(where, userOfBot(bot.me), said)
    where.lastBot = bot
    const isPost = where.chat.type === "channel"
    if (isPost) where.authors.set(message.message_id, bot)
    if (isPost || isToldToActor(message)) this.#tell(where, message, bot)
    if (isService(message)) return message
    const channel = channelOf(this, where)
    for (const person of where.people) {
      if (isSeenBy(channel, message, person)) person.messages.add(message)
    }
    return message
  }

  // The owner of a business account is the sender; the bot gets no update of its own message.
  #writeFor(
    owner: Person,
    bot: BotAccount,
    { where, content }: { readonly where: Conversation; readonly content: MessageContent },
  ): Message {
    const connection = this.business.of(owner)
    const message = this.#store(where, owner.user, {
      ...(connection && { business_connection_id: connection.id }),
      sender_business_bot: userOfBot(bot.me),
      ...content,
    })
    for (const person of where.people) if (person !== owner) person.messages.add(message)
    return message
  }

  /** Sends a message that only its receiver sees: a person, or a bot, which gets an update. */
  writeEphemeral(where: Conversation, { from, receiver, content }: Whisper): EphemeralMessage {
    const message: EphemeralMessage = {
      message_id: 0,
      ephemeral_message_id: where.ephemeral.nextId(),
      from,
      receiver_user: receiver,
      chat: where.chat,
      date: this.now,
      ...withMentions((id) => this.userOf(id), content),
    }
    where.ephemeral.add(message, where.peekId() - 1)
    this.changes.announce({ kind: "ephemeral", step: "message", where, message })
    this.people.get(receiver.id)?.messages.add(message)
    this.bots.get(receiver.id)?.push("message", message)
    return message
  }

  /** Replaces an ephemeral message that a bot has edited, and notifies its receiver. */
  editEphemeral(where: Conversation, message: EphemeralMessage): void {
    where.ephemeral.keep(message)
    this.changes.announce({ kind: "ephemeral", step: "edit", where, message })
    this.people.get(message.receiver_user.id)?.edits.add(message)
  }

  /** Deletes an ephemeral message; has no effect if it does not exist. */
  removeEphemeral(where: Conversation, message: EphemeralMessage): void {
    if (!where.ephemeral.forget(message.ephemeral_message_id)) return
    this.changes.announce({ kind: "ephemeral", step: "delete", where, message })
  }

  /** Replaces a message that a bot has edited, and notifies the people in the chat. */
  edit(where: Conversation, message: Message): Message {
    this.refresh(where, message)
    const channel = channelOf(this, where)
    for (const person of where.people) {
      if (isSeenBy(channel, message, person)) person.edits.add(message)
    }
    return message
  }

  /** Announces a message whose appearance has changed without an edit. */
  refresh(where: Conversation, message: Message): void {
    where.messages.set(message.message_id, message)
    this.changes.announce({ kind: "edit", where, message })
  }

  /** Replaces a message that a person has edited; bots that saw it get an update. */
  rewrite(where: Conversation, changed: Message): void {
    const message = { ...changed, edit_date: this.now }
    this.refresh(where, message)
    const connection = where.owner && this.business.of(where.owner)
    if (connection?.isEnabled === true) connection.bot.push("edited_business_message", message)
    const type = where.chat.type === "channel" ? "edited_channel_post" : "edited_message"
    for (const bot of where.bots) {
      if (isVisibleTo(bot, message, where)) pushTo(bot, where, { type, message })
    }
    this.changes.announce({ kind: "receipt", where, messageId: message.message_id })
  }

  /** Deletes a message for everybody; has no effect if it does not exist. */
  remove(where: Conversation, messageId: number): void {
    if (!where.forget(messageId)) return
    this.changes.announce({ kind: "delete", where, messageId })
  }

  /** Replaces the data of a chat: its title, username or type. */
  redescribe(where: Conversation, chat: Chat): void {
    where.chat = chat
    this.changes.announce({ kind: "chat", where })
  }

  /** Closes polls, payments and inboxes, and rejects pending waits. */
  close(): void {
    for (const bot of this.bots.values()) bot.close()
    for (const person of this.people.values()) person.close("The simulator was closed")
    this.payments.close()
    this.renewals.close()
    this.polls.close()
  }

  // A bot gets no update of its own actions, except for a few service messages.
  #tell(where: Conversation, message: Message, author: BotAccount | undefined): void {
    const type = where.chat.type === "channel" ? "channel_post" : "message"
    for (const bot of where.bots) {
      const isOwn = bot === author && !isToldToActor(message)
      if (isOwn) continue
      if (isVisibleTo(bot, message, where)) pushTo(bot, where, { type, message })
      else if (author === undefined) this.#withhold(bot, message)
    }
    if (author !== undefined) return
    this.changes.announce({ kind: "receipt", where, messageId: message.message_id })
  }

  #withhold(bot: BotAccount, message: Message): void {
    const what = { botId: bot.me.id, type: "message", payload: message }
    this.changes.announce({ kind: "withheld", ...what, reason: "privacy mode" })
  }

  #store(where: Conversation, from: User, content: MessageContent): Message {
    const { chat } = where
    const author = content.sender_chat === undefined ? from : channelBot
    const sender = chat.type === "channel" ? { sender_chat: chat } : { from: author }
    const message: Message = {
      message_id: where.nextId(),
      ...sender,
      chat,
      date: this.now,
      ...content,
    }
    where.keep(message)
    this.changes.announce({ kind: "message", where, message })
    return message
  }

  #idsOf(owner: number): MessageIds {
    const existing = this.#ids.get(owner)
    if (existing !== undefined) return existing
    const ids = { last: 0 }
    this.#ids.set(owner, ids)
    return ids
  }
}

function pushTo(
  bot: BotAccount,
  where: Conversation,
  { type, message }: { type: string; message: Message },
): void {
  const event = bot.push(type, message)
  if (event === undefined) return
  const updates = where.updates.get(message.message_id)
  if (updates === undefined) where.updates.set(message.message_id, new Map([[bot.me.id, event.id]]))
  else updates.set(bot.me.id, event.id)
}
