import type { CallbackQuery, KeyboardButton, Location, Message } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import type { Conversation } from "../world/conversation.js"
import { isEphemeral } from "../world/ephemeral-messages.js"
import { gameMessage } from "../world/game-book.js"
import type { PressAnswer, ShownKeyboard } from "../world/person.js"
import { newPoll, type PollTraits } from "../world/polls.js"
import type { MessageContent, World } from "../world/world.js"
import { nameOf, type Actor } from "./actor.js"
import { post } from "./messages.js"
import { textContent } from "./message-content.js"

/** A pending button press. */
export interface Press {
  /** The id of the callback query. */
  readonly id: string
  /** Resolves when the bot has called `answerCallbackQuery`. */
  readonly answered: Promise<PressAnswer>
}

/** Presses a button of an inline keyboard, identified by its text or its data. */
export function press(actor: Actor, message: Message, button: string): Press {
  const { person, world } = actor
  const bot = senderOf(actor, message)
  const where = world.conversation(bot, message.chat.id)
  const shown = shownTo(actor, where, message)
  const asked = pressed(actor, bot, { message: shown, button })
  const id = world.newId()
  const answered = world.callbackQueries.opened(id, {
    ...{ botId: bot.me.id, userId: person.user.id, chatId: message.chat.id, at: world.now },
  })
  const inlineId = inlineIdOf(actor, shown)
  const query: CallbackQuery = {
    id,
    from: person.user,
    ...(inlineId === undefined ? { message: shown } : { inline_message_id: inlineId }),
    chat_instance: String(message.chat.id * 7919),
    ...asked,
  }
  bot.push("callback_query", query)
  return { id, answered }
}

/** The data that a person shares if a key requests it. */
export interface TapOptions {
  /** The location for a key that requests one. Default: a place in Berlin. */
  readonly location?: Location
  /** The number for a key that requests the phone number. Default: a generated one. */
  readonly phone_number?: string
  /** The shared users, for a key that requests users or bots. */
  readonly users?: readonly { readonly id: number }[]
  /** The shared chat, for a key that requests a chat. */
  readonly chat?: { readonly id: number }
  /** The data that the Web App returns, for a key that opens one. */
  readonly data?: string
  /** The poll, for a key that requests one. */
  readonly poll?: PollTraits
}

/**
 * Taps a key of the latest reply keyboard, identified by its text.
 *
 * @param options.in restricts the search to keyboards of this chat
 */
export function tap(
  actor: Actor,
  label: string,
  options: TapOptions & { readonly in?: Conversation },
): Message {
  const { keyboard, button } = buttonOf(actor, label, options.in)
  const bot = actor.world.bots.get(keyboard.botId)
  const where = bot && actor.world.conversation(bot, keyboard.message.chat.id)
  if (where === undefined) throw new TypeError("The chat of this keyboard no longer exists")
  const isReply = where.chat.type !== "private"
  const reply = isReply ? { reply_to: keyboard.message } : {}
  return post(actor, where, tapped(actor, button, options), reply)
}

/** Returns a message as the person sees it now. An ephemeral message is seen by its receiver only. */
function shownTo(actor: Actor, where: Conversation | undefined, message: Message): Message {
  if (!isEphemeral(message)) return where?.messages.get(message.message_id) ?? message
  if (message.receiver_user.id !== actor.person.user.id) {
    throw new TypeError(`${nameOf(actor)} cannot see this message`)
  }
  return where?.ephemeral.get(message.ephemeral_message_id) ?? message
}

function senderOf({ world }: Actor, message: Message): BotAccount {
  const author = world.group(message.chat.id)?.authors.get(message.message_id)
  const sender = message.via_bot ?? message.from
  const bot = author ?? world.bots.get(sender?.id ?? 0)
  if (bot === undefined) throw new TypeError("Expected a message of a bot, with buttons")
  return bot
}

function inlineIdOf({ world }: Actor, message: Message): string | undefined {
  if (message.via_bot === undefined) return undefined
  for (const [id, { where, messageId }] of world.inline.messages) {
    if (messageId === message.message_id && where.chat.id === message.chat.id) return id
  }
  return undefined
}

function pressed(
  { world }: Actor,
  bot: BotAccount,
  { message, button }: { message: Message; button: string },
): Pick<CallbackQuery, "data" | "game_short_name"> {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
  for (const each of buttons) {
    if ("callback_game" in each && each.text === button) {
      const name = gameMessage(bot.me.id, message.chat.id, message.message_id)
      return { game_short_name: world.games.of(name) ?? "" }
    }
    if (each.text === button) refuseDeviceButton(each)
    const data = "callback_data" in each ? each.callback_data : undefined
    if (data !== undefined && (each.text === button || data === button)) return { data }
  }
  const shown = buttons.map(({ text }) => JSON.stringify(text)).join(", ") || "none"
  throw new TypeError(`Expected a button ${JSON.stringify(button)}; the message has ${shown}`)
}

// Other buttons only act on the person's device.
function refuseDeviceButton(button: object): void {
  const opened = Object.keys(deviceEffects).find((name) => name in button)
  if (opened === undefined) return
  throw new TypeError(
    `This button ${deviceEffects[opened]}, and the bot is not notified: use \`open\` for its content`,
  )
}

const deviceEffects: Readonly<Record<string, string>> = {
  url: "opens a link",
  copy_text: "copies a text",
  web_app: "opens a Web App",
  switch_inline_query: "begins an inline query",
  switch_inline_query_current_chat: "begins an inline query",
  switch_inline_query_chosen_chat: "begins an inline query",
}

/** The effect of a button that only acts on the person's device. */
export type OpenedButton = Readonly<
  { url: string } | { copied: string } | { webApp: string } | { query: string; isHere: boolean }
>

/** Presses a button, identified by its text, whose press does not notify the bot. */
export function open({ world }: Actor, message: Message, text: string): OpenedButton {
  const shown = world.group(message.chat.id)?.messages.get(message.message_id) ?? message
  const button = shown.reply_markup?.inline_keyboard.flat().find((each) => each.text === text)
  if (button === undefined) throw new TypeError(`The message has no button ${JSON.stringify(text)}`)
  if ("url" in button) return { url: button.url }
  if ("copy_text" in button) return { copied: button.copy_text.text }
  if ("web_app" in button) return { webApp: button.web_app.url }
  if ("switch_inline_query_current_chat" in button) {
    return { query: button.switch_inline_query_current_chat, isHere: true }
  }
  if ("switch_inline_query" in button) return { query: button.switch_inline_query, isHere: false }
  throw new TypeError("This button notifies the bot: use `press`")
}

function buttonOf(
  actor: Actor,
  label: string,
  chat: Conversation | undefined,
): { keyboard: ShownKeyboard; button: KeyboardButton } {
  const everywhere = [...actor.person.keyboards.values()].toReversed()
  const shown = chat ? everywhere.filter((keyboard) => isIn(chat, keyboard)) : everywhere
  for (const keyboard of shown) {
    const rows = "keyboard" in keyboard.markup ? keyboard.markup.keyboard : []
    const button = rows.flat().find((each) => textOf(each) === label)
    if (button !== undefined) return { keyboard, button }
  }
  const rows = shown.flatMap(({ markup }) => ("keyboard" in markup ? markup.keyboard.flat() : []))
  const texts = rows.map((each) => JSON.stringify(textOf(each))).join(", ") || "none"
  throw new TypeError(
    `${nameOf(actor)} expected a key ${JSON.stringify(label)}; the keyboards have ${texts}`,
  )
}

function isIn(chat: Conversation, { message, botId }: ShownKeyboard): boolean {
  const isSame = chat.chat.id === message.chat.id
  return isSame && [...chat.bots].some(({ me }) => me.id === botId)
}

function tapped(
  { person, world }: Actor,
  button: KeyboardButton,
  options: TapOptions,
): MessageContent {
  const { id, first_name, last_name } = person.user
  if (typeof button === "string") return textContent(button)
  if ("request_contact" in button && button.request_contact) {
    const phone_number = options.phone_number ?? `49151${String(id).padStart(7, "0")}`
    const name = { first_name, ...(last_name !== undefined && { last_name }) }
    return { contact: { phone_number, ...name, user_id: id } }
  }
  if ("request_location" in button && button.request_location) {
    return { location: options.location ?? { latitude: 52.52, longitude: 13.405 } }
  }
  const shared = sharedContent(world, button, options)
  if (shared !== undefined) return shared
  const asks = Object.keys(button).find((key) => key.startsWith("request_") || key === "web_app")
  if (asks !== undefined) {
    const given = askedFor[asks]
    throw new TypeError(
      given === undefined
        ? `The simulator does not support keys with \`${asks}\``
        : `Expected the option \`${given}\` of \`tap\`: the key has \`${asks}\``,
    )
  }
  return textContent(button.text)
}

// The option of `tap` that a key requires.
const askedFor: Readonly<Record<string, keyof TapOptions>> = {
  request_users: "users",
  request_chat: "chat",
  web_app: "data",
  request_poll: "poll",
}

function sharedContent(
  world: World,
  button: Exclude<KeyboardButton, string>,
  { users, chat, data, poll }: TapOptions,
): MessageContent | undefined {
  if ("request_users" in button && users !== undefined) {
    const { request_id } = button.request_users
    const known = users.map(({ id }) => ({ user_id: id }))
    return { users_shared: { request_id, users: known } }
  }
  if ("request_chat" in button && chat !== undefined) {
    return { chat_shared: { request_id: button.request_chat.request_id, chat_id: chat.id } }
  }
  if ("web_app" in button && data !== undefined) {
    return { web_app_data: { data, button_text: button.text } }
  }
  if ("request_poll" in button && poll !== undefined) return { poll: newPoll(world, poll) }
  return undefined
}

function textOf(button: KeyboardButton): string {
  return typeof button === "string" ? button : button.text
}
