import type {
  ForceReply,
  KeyboardButton,
  KeyboardButtonPollType,
  KeyboardButtonRequestChat,
  KeyboardButtonRequestManagedBot,
  KeyboardButtonRequestUsers,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "../telegram/types.js"
import { ButtonRows } from "./button-rows.js"
import { expectLabel } from "./button-text.js"
import type { ButtonLook } from "./inline-buttons.js"
import { type Arrangement, arrangementMethods } from "./inline-keyboard.js"
import { plainBuilder } from "./plain-builder.js"

/**
 * A keyboard below the text field, under construction. The keyboard is a plain object of Telegram's type. Its methods
 * change the keyboard and return it.
 */
export interface ReplyKeyboard extends ReplyKeyboardMarkup, Arrangement<KeyboardButton> {
  /** Adds a key that sends its text as a message. */
  text(text: string, look?: ButtonLook): this
  /** Adds a key that lets the user share other users, in a private chat. */
  requestUsers(text: string, request: KeyboardButtonRequestUsers, look?: ButtonLook): this
  /** Adds a key that lets the user share a chat, in a private chat. */
  requestChat(text: string, request: KeyboardButtonRequestChat, look?: ButtonLook): this
  /** Adds a key that shares the user's phone number, in a private chat. */
  requestContact(text: string, look?: ButtonLook): this
  /** Adds a key that shares the user's location, in a private chat. */
  requestLocation(text: string, look?: ButtonLook): this
  /** Adds a key that lets the user create a poll, in a private chat. Default of `type`: any poll. */
  requestPoll(text: string, type?: KeyboardButtonPollType["type"], look?: ButtonLook): this
  /** Adds a key that lets the user create a bot that this bot manages, in a private chat. */
  requestManagedBot(text: string, request: KeyboardButtonRequestManagedBot, look?: ButtonLook): this
  /** Adds a key that opens a Web App, in a private chat. */
  webApp(text: string, url: string, look?: ButtonLook): this
}

/** The limits of Telegram's server for keyboards below the text field. */
const replyLimits = { columns: 12, buttons: 300 }

/**
 * Returns a new keyboard below the text field, whose keys send messages.
 *
 * A row has at most 12 keys; the next key begins a new row. A method throws a `TypeError` for an empty text, and
 * for more than 300 keys.
 *
 * @param options the other fields of Telegram's type, such as `resize_keyboard`
 * @see docs/guides/keyboards.md
 */
export function keyboard(options: Omit<ReplyKeyboardMarkup, "keyboard"> = {}): ReplyKeyboard {
  const rows = new ButtonRows<KeyboardButton>(replyLimits)
  const add = (text: unknown, fields: object, look: ButtonLook | undefined) =>
    rows.add({ text: expectLabel(text), ...fields, ...look })
  const made = plainBuilder(
    { keyboard: rows.rows, ...options },
    {
      ...arrangementMethods(rows, () => made),
      text: (text: string, look?: ButtonLook) => add(text, {}, look),
      requestUsers: (text: string, request_users: KeyboardButtonRequestUsers, look?: ButtonLook) =>
        add(text, { request_users }, look),
      requestChat: (text: string, request_chat: KeyboardButtonRequestChat, look?: ButtonLook) =>
        add(text, { request_chat }, look),
      requestContact: (text: string, look?: ButtonLook) =>
        add(text, { request_contact: true }, look),
      requestLocation: (text: string, look?: ButtonLook) =>
        add(text, { request_location: true }, look),
      requestPoll: (text: string, type?: KeyboardButtonPollType["type"], look?: ButtonLook) =>
        add(text, { request_poll: type === undefined ? {} : { type } }, look),
      requestManagedBot: (
        text: string,
        request_managed_bot: KeyboardButtonRequestManagedBot,
        look?: ButtonLook,
      ) => add(text, { request_managed_bot }, look),
      webApp: (text: string, url: string, look?: ButtonLook) =>
        add(text, { web_app: { url } }, look),
    },
  )
  // These are the members and methods of the type.
  return made as ReplyKeyboard
}

/** Returns the markup that removes the keyboard below the text field. */
export function removeKeyboard(
  options: Omit<ReplyKeyboardRemove, "remove_keyboard"> = {},
): ReplyKeyboardRemove {
  return { remove_keyboard: true, ...options }
}

/** Returns the markup that shows the reply interface, as if the user had chosen to reply to the message. */
export function forceReply(options: Omit<ForceReply, "force_reply"> = {}): ForceReply {
  return { force_reply: true, ...options }
}
