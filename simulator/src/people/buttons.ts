import type { CallbackQuery, KeyboardButton, Message } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import type { Conversation } from "../world/conversation.js"
import { isEphemeral } from "../world/ephemeral-messages.js"
import { gameMessage } from "../world/game-book.js"
import type { PressAnswer, ShownKeyboard } from "../world/person.js"
import { richButtons } from "../world/rich/rich-buttons.js"
import { nameOf, type Actor } from "./actor.js"
import { appAddressWith, initDataOf } from "./init-data.js"
import { businessPlaceOf, post } from "./messages.js"
import { tapped, type TapOptions } from "./keys.js"

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
  const where = businessPlaceOf(world, message) ?? world.conversation(bot, message.chat.id)
  const shown = shownTo(actor, where, message)
  const asked = pressed(actor, bot, { message: shown, button })
  const id = world.newId()
  const answered = world.callbackQueries.opened(id, {
    ...{ botId: bot.me.id, userId: person.user.id, chatId: message.chat.id, at: world.now },
  })
  const inlineId = inlineIdOf(actor, bot, shown)
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
  return post(actor, where, tapped(actor, button, { ...options, botId: keyboard.botId }), reply)
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
  const sender = message.via_bot ?? message.sender_business_bot ?? message.from
  const bot = author ?? world.bots.get(sender?.id ?? 0)
  if (bot === undefined) throw new TypeError("Expected a message of a bot, with buttons")
  return bot
}

function inlineIdOf({ world }: Actor, bot: BotAccount, message: Message): string | undefined {
  const isInline = world.profiles.of(bot.me.id).hasInlinePresses
  if (message.via_bot === undefined && !isInline) return undefined
  for (const [id, { where, messageId }] of world.inline.messages) {
    if (messageId === message.message_id && where.chat.id === message.chat.id) return id
  }
  const where = world.conversation(bot, message.chat.id)
  if (!isInline || where === undefined) return undefined
  const id = world.newInlineId()
  const { message_id: messageId } = message
  world.inline.messages.set(id, { botId: bot.me.id, where, messageId })
  return id
}

function pressed(
  { world }: Actor,
  bot: BotAccount,
  { message, button }: { message: Message; button: string },
): Pick<CallbackQuery, "data" | "game_short_name"> {
  const buttons = [...(message.reply_markup?.inline_keyboard.flat() ?? []), ...richButtons(message)]
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
  | { url: string }
  | { copied: string }
  /**
   * The initial data of the Mini App are signed with the token of its bot. They contain the id of the query in the
   * private chat with the bot.
   */
  | { webApp: string; initData: string; queryId?: string }
  | { query: string; isHere: boolean }
>

/** Presses a button, identified by its text, whose press does not notify the bot. */
export function open(actor: Actor, message: Message, text: string): OpenedButton {
  const { world } = actor
  const shown = world.group(message.chat.id)?.messages.get(message.message_id) ?? message
  const buttons = [...(shown.reply_markup?.inline_keyboard.flat() ?? []), ...richButtons(shown)]
  const button = buttons.find((each) => each.text === text)
  if (button === undefined) throw new TypeError(`The message has no button ${JSON.stringify(text)}`)
  if ("url" in button) return { url: button.url }
  if ("copy_text" in button) return { copied: button.copy_text.text }
  if ("web_app" in button) return { webApp: button.web_app.url, ...webAppQuery(actor, message) }
  if ("switch_inline_query_current_chat" in button) {
    return { query: button.switch_inline_query_current_chat, isHere: true }
  }
  if ("switch_inline_query" in button) return { query: button.switch_inline_query, isHere: false }
  throw new TypeError("This button notifies the bot: use `press`")
}

function webAppQuery(
  actor: Actor,
  message: Message,
): { readonly initData: string; readonly queryId?: string } {
  const { person, world } = actor
  const bot = senderOf(actor, message)
  const where = world.privateChat(bot, person.user.id)
  if (where === undefined || message.chat.type !== "private") {
    return { initData: initDataOf(actor, bot) }
  }
  const queryId = world.newId()
  world.miniApps.queries.set(queryId, { botId: bot.me.id, person, where })
  return { initData: initDataOf(actor, bot, queryId), queryId }
}

/** Opens the Mini App of a key of the latest reply keyboard. Returns its address, which has no initial data. */
export function openAppOfKey(actor: Actor, label: string, where: Conversation): string {
  const { button } = buttonOf(actor, label, where)
  if (typeof button === "string" || !("web_app" in button)) {
    throw new TypeError("This key opens no Web App")
  }
  return appAddressWith(button.web_app.url)
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

function textOf(button: KeyboardButton): string {
  return typeof button === "string" ? button : button.text
}
