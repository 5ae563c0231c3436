import type {
  ForceReply,
  InlineKeyboardMarkup,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "@grammyjs/types"
import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { checkInlineButton } from "./inline-button.js"
import { isObject, objectArgument, type Fields } from "./json-argument.js"

/** A keyboard that appears below a person's text field instead of below the message. */
export type PeoplesMarkup = ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply

/** Returns the inline keyboard of a message; `undefined` for any other keyboard, and for none. */
export function markupArgument(args: Arguments): InlineKeyboardMarkup | undefined {
  const markup = objectArgument(args, "reply_markup", "reply markup", "reply keyboard markup")
  if (markup === undefined || !("inline_keyboard" in markup)) return undefined
  return inlineKeyboard(markup)
}

/** Returns the checked keyboard for people's text fields; `undefined` without one. */
export function peoplesMarkup(args: Arguments): PeoplesMarkup | undefined {
  const markup = objectArgument(args, "reply_markup", "reply markup", "reply keyboard markup")
  if (markup === undefined || "inline_keyboard" in markup) return undefined
  checkFlags(markup)
  if ("keyboard" in markup) checkKeyboard(markup["keyboard"])
  const isOne = "keyboard" in markup || "remove_keyboard" in markup || "force_reply" in markup
  // The checks are the same as Telegram's.
  return isOne ? (markup as unknown as PeoplesMarkup) : undefined
}

/** Parses an inline keyboard. Throws Telegram's error for an invalid one. */
export function inlineKeyboard(markup: Fields): InlineKeyboardMarkup | undefined {
  const rows: unknown = markup["inline_keyboard"]
  if (!Array.isArray(rows)) {
    throw CallError.badRequest('field "inline_keyboard" must be of type Array')
  }
  checkFlags(markup)
  const keyboard = rows.map((row) => rowOf(row)).filter((row) => row.length > 0)
  if (keyboard.length === 0) return undefined
  return { inline_keyboard: keyboard, ...(markup["force_reply"] === true && { force_reply: true }) }
}

type Button = InlineKeyboardMarkup["inline_keyboard"][number][number]

function rowOf(row: unknown): Button[] {
  if (!Array.isArray(row)) {
    throw CallError.badRequest("inline keyboard row must be of type Array")
  }
  return row.map((button) => checkInlineButton(button))
}

const flags = [
  "resize_keyboard",
  "one_time_keyboard",
  "is_persistent",
  "selective",
  "remove_keyboard",
  "force_reply",
]

function checkFlags(markup: Fields): void {
  const wrong = flags.find((flag) => flag in markup && typeof markup[flag] !== "boolean")
  if (wrong !== undefined) {
    throw CallError.badRequest(`field "${wrong}" must be of type Boolean`)
  }
}

function checkKeyboard(rows: unknown): void {
  if (!Array.isArray(rows)) throw CallError.badRequest('field "keyboard" must be of type Array')
  for (const row of rows) {
    if (!Array.isArray(row)) throw CallError.badRequest("keyboard row must be of type Array")
    for (const button of row) checkKey(button)
  }
}

function checkKey(button: unknown): void {
  if (typeof button === "string") return
  const text = isObject(button) ? button["text"] : undefined
  if (typeof text !== "string") {
    throw CallError.badRequest("can't parse keyboard button: Can't find field \"text\"")
  }
  if (text === "") throw CallError.badRequest("keyboard button text must be non-empty")
}
