import type { CallbackQuery, Message } from "../telegram/types.js"
import type { BotAccount } from "./account/bot-account.js"
import { unixTime } from "./environment.js"
import { findEntities } from "./world/entities.js"
import type { Conversation } from "./world/conversation.js"
import type { CallbackAnswer, Person } from "./world/person.js"
import { documentOf, photoOf } from "./world/stored-media.js"
import type { MessageContent, World } from "./world/world.js"
import type { SimulatedBot } from "./simulated-bot.js"
import type { SimulatedGroup } from "./simulated-group.js"

/** What a person can write: a text, a file, or the fields of any other message as Telegram has them. */
export type Written =
  | string
  | { readonly photo: Uint8Array; readonly caption?: string }
  | { readonly document: Uint8Array; readonly file_name: string; readonly caption?: string }
  | { readonly message: MessageContent }

/** How long to wait for a bot. */
export interface WaitOptions {
  /** Real milliseconds; 5,000 by default. */
  readonly timeoutMs?: number
}

/** A press on a button that is under way. */
export interface Press {
  /** The id of the callback query. */
  readonly id: string
  /** Resolves when the bot has called `answerCallbackQuery`. */
  readonly answered: Promise<CallbackAnswer>
}

/** Somebody who uses Telegram. */
export class SimulatedUser {
  readonly #person: Person
  readonly #world: World

  /** Made by `telegram.user()`. */
  constructor(person: Person, world: World) {
    this.#person = person
    this.#world = world
  }

  /** The id of the user, and of their private chats. */
  get id(): number {
    return this.#person.user.id
  }

  /** What others see. */
  get firstName(): string {
    return this.#person.user.first_name
  }

  /** Writes to a bot, or into a group. Resolves with the message once the update exists. */
  async send(to: SimulatedBot | SimulatedGroup, written: Written): Promise<Message> {
    const where = this.#chatWith(to)
    return this.#world.write(this.#person, where, contentOf(written, this.#world))
  }

  /** The next message of a bot, in any chat of this person, that was not heard yet. */
  hears(options: WaitOptions = {}): Promise<Message> {
    const expected = `${this.firstName} expected to hear a message`
    return this.#person.messages.next(expected, options.timeoutMs ?? 5000)
  }

  /** The next change of a bot's message that was not seen yet. */
  seesEdit(options: WaitOptions = {}): Promise<Message> {
    const expected = `${this.firstName} expected to see an edit`
    return this.#person.edits.next(expected, options.timeoutMs ?? 5000)
  }

  /**
   * Presses a button of an inline keyboard, named by its text or its `callback_data`. Resolves once
   * the callback query exists; rejects when there is no such button.
   */
  async press(message: Message, button: string): Promise<Press> {
    const bot = this.#world.bots.get(message.from?.id ?? 0)
    if (bot === undefined) throw new TypeError("Expected a message of a bot, with buttons")
    const known = this.#world.conversation(bot, message.chat.id)?.messages.get(message.message_id)
    const shown = known ?? message
    const data = callbackData(shown, button)
    const id = String(this.#world.environment.random.integer(1, Number.MAX_SAFE_INTEGER))
    const answered = this.#world.callbackQueries.opened(id, bot.me.id)
    const query: CallbackQuery = {
      id,
      from: this.#person.user,
      message: shown,
      chat_instance: String(message.chat.id * 7919),
      data,
    }
    bot.push("callback_query", query)
    return { id, answered }
  }

  /** Blocks a bot: it is told, and can write no more. */
  block(bot: SimulatedBot): void {
    this.#setBlocked(bot, true)
  }

  /** Lets a bot write again: it is told. */
  unblock(bot: SimulatedBot): void {
    this.#setBlocked(bot, false)
  }

  #setBlocked(bot: SimulatedBot, blocked: boolean): void {
    const account = this.#account(bot)
    const { chat } = this.#world.openPrivateChat(account, this.#person)
    const { blocked: blockedBots, user } = this.#person
    if (blocked) blockedBots.add(bot.id)
    else blockedBots.delete(bot.id)
    const { id, is_bot, first_name, username } = account.me
    const self = { id, is_bot, first_name, username }
    const isMember = { user: self, status: "member" }
    const isKicked = { user: self, status: "kicked", until_date: 0 }
    account.push("my_chat_member", {
      chat,
      from: user,
      date: unixTime(this.#world.environment),
      old_chat_member: blocked ? isMember : isKicked,
      new_chat_member: blocked ? isKicked : isMember,
    })
  }

  #chatWith(to: SimulatedBot | SimulatedGroup): Conversation {
    if ("token" in to) return this.#privateChat(to)
    const group = this.#world.group(to.id)
    if (group?.people.has(this.#person)) return group
    throw new TypeError(`${this.firstName} is not in the group "${to.title}"`)
  }

  #privateChat(bot: SimulatedBot): Conversation {
    if (this.#person.blocked.has(bot.id)) {
      throw new TypeError(`${this.firstName} has blocked @${bot.username}: unblock it first`)
    }
    return this.#world.openPrivateChat(this.#account(bot), this.#person)
  }

  #account(bot: SimulatedBot): BotAccount {
    const account = this.#world.bots.get(bot.id)
    if (account === undefined) throw new TypeError(`@${bot.username} belongs to another simulator`)
    return account
  }
}

function contentOf(written: Written, world: World): MessageContent {
  if (typeof written === "string") return { text: written.trim(), ...withEntities(written.trim()) }
  if ("message" in written) return written.message
  const caption = written.caption === undefined ? {} : { caption: written.caption }
  if ("photo" in written) {
    const bytes = Buffer.from(written.photo)
    const file = world.files.add("photos", { name: "photo.jpg", type: "image/jpeg", bytes })
    return { photo: photoOf(file), ...caption }
  }
  const bytes = Buffer.from(written.document)
  const file = world.files.add("documents", { name: written.file_name, type: "", bytes })
  return { document: documentOf(file), ...caption }
}

function withEntities(text: string): MessageContent {
  const entities = findEntities(text)
  return entities.length > 0 ? { entities } : {}
}

function callbackData(message: Message, button: string): string {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
  for (const each of buttons) {
    const data = "callback_data" in each ? each.callback_data : undefined
    if (data !== undefined && (each.text === button || data === button)) return data
  }
  const shown = buttons.map(({ text }) => JSON.stringify(text)).join(", ") || "none"
  throw new TypeError(`Expected a button ${JSON.stringify(button)}; the message has ${shown}`)
}
