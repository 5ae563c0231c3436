import type { ChatPermissions, Message, Poll } from "@grammyjs/types"
import { choose, typeInline, type TypedQuery, type TypeOptions } from "./inline-queries.js"
import type { Actor, Place } from "./actor.js"
import * as membership from "./membership.js"
import * as administration from "./administration.js"
import { pay, type Payment, type PayOptions } from "./payments.js"
import { open, press, tap, type Press, type TapOptions, type OpenedButton } from "./buttons.js"
import { answerPoll, endPoll, react } from "./reactions.js"
import * as messages from "./messages.js"
import type { Written, WrittenFile } from "./message-content.js"
import type { SimulatedBot } from "./simulated-bot.js"
import type { SimulatedGroup } from "./simulated-group.js"
import type { QueryAnswer } from "../world/inline-mode.js"
import type { Right } from "../world/members.js"
import type { MessageDraft, Person } from "../world/person.js"
import type { Topic } from "../world/topic.js"
import type { World } from "../world/world.js"

/** Options of a wait for a bot. */
export interface WaitOptions {
  /** Real milliseconds; 5,000 by default. */
  readonly timeoutMs?: number
}

/**
 * Somebody who uses Telegram. What a person cannot do (write where they may not, press a button
 * that is not there) is a `TypeError`: it is a mistake of the test.
 */
export class SimulatedUser {
  readonly #actor: Actor

  /**
   * Made by `telegram.user()`.
   *
   * @internal
   */
  constructor(person: Person, world: World) {
    this.#actor = { person, world }
  }

  /** The id of the user, and of their private chats. */
  get id(): number {
    return this.#actor.person.user.id
  }

  /** The name that others see. */
  get firstName(): string {
    return this.#actor.person.user.first_name
  }

  /** Writes to a bot, or into a group. Resolves with the message once the update exists. */
  async send(to: Place, written: Written, options: messages.SendOptions = {}): Promise<Message> {
    return messages.send(this.#actor, to, written, options)
  }

  /** Writes 2 to 10 files that belong together. */
  async sendAlbum(
    to: Place,
    files: readonly WrittenFile[],
    options: messages.SendOptions = {},
  ): Promise<Message[]> {
    return messages.sendAlbum(this.#actor, to, files, options)
  }

  /** Changes the text, or the caption, of a message of their own. Resolves with what it is now. */
  async edit(message: Message, text: string): Promise<Message> {
    return messages.edit(this.#actor, message, text)
  }

  /** Brings a message to another chat. */
  async forward(message: Message, to: Place): Promise<Message> {
    return messages.forward(this.#actor, message, to)
  }

  /** The next message of a bot, in any chat of this person, that was not heard yet. */
  hears(options: WaitOptions = {}): Promise<Message> {
    const expected = `${this.firstName} expected to hear a message`
    return this.#actor.person.messages.next(expected, options.timeoutMs ?? 5000)
  }

  /** The next change of a bot's message that was not seen yet. */
  seesEdit(options: WaitOptions = {}): Promise<Message> {
    const expected = `${this.firstName} expected to see an edit`
    return this.#actor.person.edits.next(expected, options.timeoutMs ?? 5000)
  }

  /** The next state of a message that a bot is still writing, as `sendMessageDraft` shows it. */
  seesDraft(options: WaitOptions = {}): Promise<MessageDraft> {
    const expected = `${this.firstName} expected to see a draft`
    return this.#actor.person.drafts.next(expected, options.timeoutMs ?? 5000)
  }

  /**
   * Presses a button that opens a link or a Web App, copies a text or begins an inline query, named
   * by its text. The bot is told nothing; returns what the button holds.
   */
  open(message: Message, button: string): OpenedButton {
    return open(this.#actor, message, button)
  }

  /**
   * Presses a button of an inline keyboard, named by its text or its `callback_data`. Resolves once
   * the callback query exists; rejects when there is no such button.
   */
  async press(message: Message, button: string): Promise<Press> {
    return press(this.#actor, message, button)
  }

  /**
   * Taps a key of the reply keyboard that was shown last, named by its text. Keys that ask for the
   * phone number or the place send them.
   */
  async tap(label: string, options: TapOptions = {}): Promise<Message> {
    return tap(this.#actor, label, options)
  }

  /** Types `@bot query`, to a bot made with `supports_inline_queries`. */
  async type(text: string, options: TypeOptions = {}): Promise<TypedQuery> {
    return typeInline(this.#actor, text, options)
  }

  /**
   * Sends a result of an inline query, named by its id or its place, to a chat. The bot is told
   * where it was made with `inline_feedback`.
   */
  async choose(answer: QueryAnswer, result: string | number, to: Place): Promise<Message> {
    return choose(this.#actor, answer, result, to)
  }

  /** Sets their reactions to a message; none takes them back. */
  async react(message: Message, ...emoji: string[]): Promise<void> {
    react(this.#actor, message, emoji)
  }

  /** Votes in a poll, options named by text or place; none takes the vote back. */
  async vote(message: Message, ...options: (string | number)[]): Promise<Poll> {
    return answerPoll(this.#actor, message, options)
  }

  /** Ends a poll of their own. */
  async endPoll(message: Message): Promise<void> {
    endPoll(this.#actor, message)
  }

  /**
   * Pays an invoice, named by its message or its link. Resolves once the bot has answered the
   * queries, or has let the 10 seconds for the last one pass.
   */
  pay(invoice: Message | string, options: PayOptions = {}): Promise<Payment> {
    return pay(this.#actor, invoice, options)
  }

  /** Comes into a group or channel, or asks to where the link says so. */
  async join(group: SimulatedGroup, options: membership.JoinOptions = {}): Promise<void> {
    membership.join(this.#actor, group, options)
  }

  /** Asks to be let into a supergroup or channel. */
  async requestToJoin(group: SimulatedGroup, options: membership.JoinOptions = {}): Promise<void> {
    membership.requestToJoin(this.#actor, group, options)
  }

  /** Goes out of a group or channel. */
  async leave(group: SimulatedGroup): Promise<void> {
    membership.leave(this.#actor, group)
  }

  /** Brings somebody into a group; a bot becomes administrator of a channel. */
  async add(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "add" })
  }

  /** Takes somebody out of a group that they lead. */
  async remove(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "remove" })
  }

  /** Takes somebody out of a group that they lead, for good. */
  async ban(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "ban" })
  }

  /** Lets somebody come back. */
  async unban(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "unban" })
  }

  /** Makes somebody an administrator. @param rights all of them by default */
  async promote(
    group: SimulatedGroup,
    who: membership.Somebody,
    rights?: readonly Right[],
  ): Promise<void> {
    const change = { kind: "promote", ...(rights && { rights }) } as const
    membership.setMember(this.#actor, group, who, change)
  }

  /** Makes an administrator an ordinary member again. */
  async demote(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "demote" })
  }

  /** Lets somebody do only what is named. */
  async restrict(
    group: SimulatedGroup,
    who: membership.Somebody,
    permissions: ChatPermissions,
  ): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "restrict", permissions })
  }

  /** Makes a topic in a supergroup that has topics. */
  async createTopic(group: SimulatedGroup, name: string): Promise<Topic> {
    return administration.openTopic(this.#actor, group, name)
  }

  /** Closes a topic, or opens it again. */
  async closeTopic(group: SimulatedGroup, id: number, isClosed = true): Promise<void> {
    administration.closeTopic(this.#actor, group, { id, isClosed })
  }

  /** Gives a group that they lead another title. */
  async rename(group: SimulatedGroup, title: string): Promise<void> {
    administration.rename(this.#actor, group, title)
  }

  /**
   * Makes a supergroup out of a basic group that they lead, and answers it. Calls for the old one are
   * answered with `migrate_to_chat_id`.
   */
  async upgrade(group: SimulatedGroup): Promise<SimulatedGroup> {
    return administration.upgradeGroup(this.#actor, group)
  }

  /** Pins a message. */
  async pin(message: Message): Promise<void> {
    administration.pinMessage(this.#actor, message)
  }

  /** Blocks a bot: it is told, and cannot write until it is unblocked. */
  block(bot: SimulatedBot): void {
    membership.setBlocked(this.#actor, bot, true)
  }

  /** Lets a bot write again: it is told. */
  unblock(bot: SimulatedBot): void {
    membership.setBlocked(this.#actor, bot, false)
  }

  /** Gives them a profile photo; `getUserProfilePhotos` lists the newest first. */
  setPhoto(bytes: Uint8Array): void {
    const { person, world } = this.#actor
    const file = { name: "photo.jpg", type: "image/jpeg", bytes: Buffer.from(bytes) }
    person.photos.unshift(world.files.add("profile_photos", file))
  }
}
