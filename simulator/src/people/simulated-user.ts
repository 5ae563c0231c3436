import type { ChatPermissions, Message, PaidMedia, Poll } from "@grammyjs/types"
import { patienceMs } from "../ground/patience.js"
import { choose, typeInline, type TypedQuery, type TypeOptions } from "./inline-queries.js"
import type { Actor, Place } from "./actor.js"
import * as membership from "./membership.js"
import * as administration from "./administration.js"
import { deleteMessages } from "./business.js"
import { queryWidget, type WidgetRequest } from "./widgets.js"
import { pay, setSubscription, type Payment, type PayOptions } from "./payments.js"
import { open, press, tap, type Press, type OpenedButton } from "./buttons.js"
import type { TapOptions } from "./keys.js"
import { checkTasks } from "./checklists.js"
import * as miniApps from "./mini-apps.js"
import { buyMedia } from "./paid-media.js"
import { stopDraft } from "./drafts.js"
import { addPollOption, answerPoll, deletePollOption, endPoll } from "./polls.js"
import * as posts from "./suggested-posts.js"
import { react } from "./reactions.js"
import * as messages from "./messages.js"
import * as videoChats from "./video-chats.js"
import type { Written, WrittenFile } from "./message-content.js"
import type { SimulatedBot } from "./simulated-bot.js"
import { SimulatedAccount } from "./simulated-account.js"
import type { SimulatedGroup } from "./simulated-group.js"
import type { QueryAnswer } from "../world/inline-mode.js"
import type { Right } from "../world/members.js"
import type { MessageDraft } from "../world/message-draft.js"
import type { Person } from "../world/person.js"
import type { Topic } from "../world/topic.js"
import type { World } from "../world/world.js"

/** Options of a wait for a bot's action. */
export interface WaitOptions {
  /** The time-out in real milliseconds. Default: 5,000, or `TELEGRAM_SIMULATOR_WAIT_MS`. */
  readonly timeoutMs?: number
}

/**
 * A person who uses Telegram. An impossible action, such as writing without permission or pressing
 * a missing button, throws a `TypeError`, because it is a mistake of the test.
 */
export class SimulatedUser extends SimulatedAccount {
  readonly #actor: Actor

  /**
   * Created by `telegram.user()`.
   *
   * @internal
   */
  constructor(person: Person, world: World) {
    super(person, world)
    this.#actor = { person, world }
  }

  /**
   * Sends a message to a bot, a group or another person. Resolves with the message once the update exists. A command with
   * `is_ephemeral` in the menu of a bot of the group, and an answer to an ephemeral message, reach only that bot.
   */
  async send(to: Place, written: Written, options: messages.SendOptions = {}): Promise<Message> {
    return messages.send(this.#actor, to, written, options)
  }

  /** Sends 2 to 10 files as an album. */
  async sendAlbum(
    to: Place,
    files: readonly WrittenFile[],
    options: messages.SendOptions = {},
  ): Promise<Message[]> {
    return messages.sendAlbum(this.#actor, to, files, options)
  }

  /** Edits the text or caption of the person's own message. Resolves with the edited message. */
  async edit(message: Message, text: string): Promise<Message> {
    return messages.edit(this.#actor, message, text)
  }

  /** Forwards a message to another chat. */
  async forward(message: Message, to: Place): Promise<Message> {
    const [forwarded = message] = messages.forward(this.#actor, [message], to)
    return forwarded
  }

  /** Forwards several messages to another chat. Those of an album form an album again. */
  async forwardAll(forwarded: readonly Message[], to: Place): Promise<Message[]> {
    return messages.forward(this.#actor, forwarded, to)
  }

  /**
   * Resolves with the next unread message of a bot, in any chat of this person. Rejects after the
   * time-out.
   */
  hears(options: WaitOptions = {}): Promise<Message> {
    const expected = `${this.firstName} expected to hear a message`
    return this.#actor.person.messages.next(expected, options.timeoutMs ?? patienceMs)
  }

  /** Resolves with the next unread edit of a bot's message. Rejects after the time-out. */
  seesEdit(options: WaitOptions = {}): Promise<Message> {
    const expected = `${this.firstName} expected to see an edit`
    return this.#actor.person.edits.next(expected, options.timeoutMs ?? patienceMs)
  }

  /**
   * Resolves with the next state of a message that a bot is still writing with `sendMessageDraft`.
   * Rejects after the time-out.
   */
  seesDraft(options: WaitOptions = {}): Promise<MessageDraft> {
    const expected = `${this.firstName} expected to see a draft`
    return this.#actor.person.drafts.next(expected, options.timeoutMs ?? patienceMs)
  }

  /**
   * Stops a message that a bot is writing with `can_stop`. The bot gets `stopped_message_generation`.
   */
  async stop(draft: MessageDraft): Promise<void> {
    stopDraft(this.#actor, draft)
  }

  /**
   * Presses a button, identified by its text, that opens a link or a Web App, copies a text or
   * starts an inline query. The bot is not notified. Returns the content of the button.
   */
  open(message: Message, button: string): OpenedButton {
    return open(this.#actor, message, button)
  }

  /**
   * Presses a button of an inline keyboard, identified by its text or its `callback_data`. Resolves
   * once the callback query exists; rejects if there is no such button.
   */
  async press(message: Message, button: string): Promise<Press> {
    return press(this.#actor, message, button)
  }

  /**
   * Taps a key of the latest reply keyboard, identified by its text. A key that requests the phone
   * number or the location sends it.
   */
  async tap(label: string, options: TapOptions = {}): Promise<Message> {
    return tap(this.#actor, label, options)
  }

  /** Types `@bot query`, for a bot created with `supports_inline_queries`. */
  async type(text: string, options: TypeOptions = {}): Promise<TypedQuery> {
    return typeInline(this.#actor, text, options)
  }

  /**
   * Sends a result of an inline query, identified by its id or its position, to a chat. A bot
   * created with `inline_feedback` is notified.
   */
  async choose(answer: QueryAnswer, result: string | number, to: Place): Promise<Message> {
    return choose(this.#actor, answer, result, to)
  }

  /** Sets the person's reactions to a message; without emoji, removes them. */
  async react(message: Message, ...emoji: string[]): Promise<void> {
    react(this.#actor, message, emoji)
  }

  /** Votes in a poll for options given by text or position; without options, retracts the vote. */
  async vote(message: Message, ...options: (string | number)[]): Promise<Poll> {
    return answerPoll(this.#actor, message, options)
  }

  /** Adds an option to a poll that was sent with `allow_adding_options`. */
  async addOption(message: Message, text: string): Promise<Poll> {
    return addPollOption(this.#actor, message, text)
  }

  /** Deletes an option that the person has added to a poll, given by text or position. */
  async deleteOption(message: Message, option: string | number): Promise<Poll> {
    return deletePollOption(this.#actor, message, option)
  }

  /** Ends a poll of the person's own. */
  async endPoll(message: Message): Promise<void> {
    endPoll(this.#actor, message)
  }

  /**
   * Lets the widget of a message send a query to its bot, which gets a `widget_query`. Rejects with a `TypeError` for a
   * widget without `allow_queries`, for data of more than 64 bytes, and for a sixth query within 5 seconds.
   */
  async queryWidget(message: Message, data: string): Promise<WidgetRequest> {
    return queryWidget(this.#actor, message, data)
  }

  /** Sends a message that a bot has prepared with `savePreparedInlineMessage`, by its id. */
  async sendPrepared(id: string, to: Place): Promise<Message> {
    return miniApps.sendPrepared(this.#actor, id, to)
  }

  /** Taps a key that a bot has prepared with `savePreparedKeyboardButton`, by its id. */
  async tapPrepared(id: string, options: TapOptions = {}): Promise<Message> {
    return miniApps.tapPrepared(this.#actor, id, options)
  }

  /** Mentions a bot in a group of which it is no member. The bot gets `guest_message`. */
  async summon(group: SimulatedGroup, bot: SimulatedBot, text: string): Promise<Message> {
    return miniApps.summon(this.#actor, group, { bot, text })
  }

  /** Returns the address of the Mini App that a bot shows for the person's request to join. */
  joinApp(group: SimulatedGroup): string {
    return miniApps.joinApp(this.#actor, group)
  }

  /** Marks tasks of a checklist as done, given by their ids; the account's bot is notified. */
  async check(message: Message, ...tasks: number[]): Promise<Message> {
    return checkTasks(this.#actor, message, { tasks, isDone: true })
  }

  /** Marks tasks of a checklist as not done. */
  async uncheck(message: Message, ...tasks: number[]): Promise<Message> {
    return checkTasks(this.#actor, message, { tasks, isDone: false })
  }

  /**
   * Suggests a post to a channel, in its direct messages. The bots among the administrators get the message with
   * `suggested_post_info`.
   */
  async suggest(
    to: SimulatedGroup,
    written: Written,
    options: posts.SuggestOptions = {},
  ): Promise<Message> {
    return posts.suggest(this.#actor, to, written, options)
  }

  /** Buys the paid media of a message. Returns the media; a bot gets `purchased_paid_media`. */
  async buy(message: Message): Promise<readonly PaidMedia[]> {
    return buyMedia(this.#actor, message)
  }

  /**
   * Pays an invoice, given as a message or a link. Resolves once the bot has answered the queries,
   * or 10 seconds after an unanswered pre-checkout query.
   */
  pay(invoice: Message | string, options: PayOptions = {}): Promise<Payment> {
    return pay(this.#actor, invoice, options)
  }

  /**
   * Cancels the extension of a subscription, given by the message of its first payment. The bot gets
   * `subscription`; the subscription ends with the period that is paid.
   */
  async cancelSubscription(payment: Message): Promise<void> {
    setSubscription(this.#actor, payment, "canceled")
  }

  /** Takes the cancellation of a subscription back. The bot gets `subscription`. */
  async resumeSubscription(payment: Message): Promise<void> {
    setSubscription(this.#actor, payment, "active")
  }

  /** Joins a group or channel; asks to join if the link requires approval. */
  async join(group: SimulatedGroup, options: membership.JoinOptions = {}): Promise<void> {
    membership.join(this.#actor, group, options)
  }

  /** Asks to join a supergroup or channel. */
  async requestToJoin(group: SimulatedGroup, options: membership.JoinOptions = {}): Promise<void> {
    membership.requestToJoin(this.#actor, group, options)
  }

  /** Leaves a group or channel. */
  async leave(group: SimulatedGroup): Promise<void> {
    membership.leave(this.#actor, group)
  }

  /** Adds a user to a group; in a channel, a bot becomes an administrator. */
  async add(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "add" })
  }

  /** Removes a user from a group that the person administrates. */
  async remove(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "remove" })
  }

  /** Bans a user from a group that the person administrates. */
  async ban(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "ban" })
  }

  /** Lifts a ban. */
  async unban(group: SimulatedGroup, who: membership.Somebody): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "unban" })
  }

  /**
   * Makes a user an administrator.
   * @param rights the rights. Default: all.
   */
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

  /** Restricts a user to the given permissions. */
  async restrict(
    group: SimulatedGroup,
    who: membership.Somebody,
    permissions: ChatPermissions,
  ): Promise<void> {
    membership.setMember(this.#actor, group, who, { kind: "restrict", permissions })
  }

  /** Creates a topic in a forum. */
  async createTopic(group: SimulatedGroup, name: string): Promise<Topic> {
    return administration.openTopic(this.#actor, group, name)
  }

  /** Closes or reopens a topic. */
  async closeTopic(group: SimulatedGroup, id: number, isClosed = true): Promise<void> {
    administration.closeTopic(this.#actor, group, { id, isClosed })
  }

  /** Changes the title of a group that the person administrates. */
  async rename(group: SimulatedGroup, title: string): Promise<void> {
    administration.rename(this.#actor, group, title)
  }

  /** Sets the seconds after which people's apps delete messages of a group; 0 keeps them. */
  async setAutoDelete(group: SimulatedGroup, seconds: number): Promise<void> {
    administration.setAutoDelete(this.#actor, group, seconds)
  }

  /** Announces a video chat in a group or channel, for a time in Unix seconds. */
  async scheduleVideoChat(group: SimulatedGroup, startDate: number): Promise<void> {
    videoChats.scheduleVideoChat(this.#actor, group, startDate)
  }

  /** Starts a video chat in a group or channel. */
  async startVideoChat(group: SimulatedGroup): Promise<void> {
    videoChats.startVideoChat(this.#actor, group)
  }

  /** Invites users to the video chat of a group. */
  async inviteToVideoChat(group: SimulatedGroup, ...who: membership.Somebody[]): Promise<void> {
    videoChats.inviteToVideoChat(this.#actor, group, who)
  }

  /** Ends the video chat of a group or channel. */
  async endVideoChat(group: SimulatedGroup): Promise<void> {
    videoChats.endVideoChat(this.#actor, group)
  }

  /**
   * Upgrades a basic group that the person administrates. Returns the supergroup. Calls for the old
   * group are answered with `migrate_to_chat_id`.
   */
  async upgrade(group: SimulatedGroup): Promise<SimulatedGroup> {
    return administration.upgradeGroup(this.#actor, group)
  }

  /** Deletes messages of one chat. Only the bot of a business account is notified. */
  async delete(...deleted: readonly Message[]): Promise<void> {
    deleteMessages(this.#actor, deleted)
  }

  /** Pins a message. */
  async pin(message: Message): Promise<void> {
    administration.pinMessage(this.#actor, message)
  }

  /** Unpins a message. Bots are not notified. */
  async unpin(message: Message): Promise<void> {
    administration.unpinMessage(this.#actor, message)
  }
}
