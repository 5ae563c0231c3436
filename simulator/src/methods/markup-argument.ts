import type {
  ForceReply,
  InlineKeyboardMarkup,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "@grammyjs/types"
import type { Arguments } from "../arguments/arguments.js"
import {
  arrayField,
  flagField,
  partError,
  reading,
  requiredArrayField,
  textField,
  type Fields,
} from "./fields.js"
import { checkInlineButton, type InlineButton } from "./inline-button.js"
import { objectArgument } from "./json-argument.js"
import { checkKey } from "./keyboard-key.js"

/** A keyboard that appears below a person's text field instead of below the message. */
export type PeoplesMarkup = ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply

/** Returns the inline keyboard of a message; `undefined` for any other keyboard, and for none. */
export function markupArgument(args: Arguments): InlineKeyboardMarkup | undefined {
  const markup = objectArgument(args, "reply_markup", "reply markup", "reply keyboard markup")
  if (markup === undefined) return undefined
  checkFlags(markup)
  return keysOf(markup).length > 0 ? undefined : inlineKeyboard(markup)
}

/** Returns the checked keyboard for people's text fields; `undefined` without one. */
export function peoplesMarkup(args: Arguments): PeoplesMarkup | undefined {
  const markup = objectArgument(args, "reply_markup", "reply markup", "reply keyboard markup")
  if (markup === undefined) return undefined
  checkFlags(markup)
  const hasKeys = keysOf(markup).length > 0
  if (!hasKeys && inlineKeyboard(markup) !== undefined) return undefined
  const isRemoved = flagField(markup, "remove_keyboard") || flagField(markup, "hide_keyboard")
  const asksReply = flagField(markup, "force_reply") || flagField(markup, "force_reply_keyboard")
  if (!hasKeys && !isRemoved && !asksReply) return undefined
  const selective = flagField(markup, "selective") || flagField(markup, "personal_keyboard")
  const kind = hasKeys || !isRemoved ? {} : { remove_keyboard: true }
  const request = asksReply && (hasKeys || !isRemoved) ? { force_reply: true } : {}
  // The checks are the same as Telegram's.
  return { ...markup, ...kind, ...request, selective } as unknown as PeoplesMarkup
}

/** Parses an inline keyboard. Returns `undefined` for an empty one. Throws Telegram's error for an invalid one. */
export function inlineKeyboard(markup: Fields): InlineKeyboardMarkup | undefined {
  const rows = arrayField(markup, "inline_keyboard") ?? []
  const keyboard = rows.map((row) => rowOf(row)).filter((row) => row.length > 0)
  if (keyboard.length === 0) return undefined
  return { inline_keyboard: keyboard, ...(markup["force_reply"] === true && { force_reply: true }) }
}

function rowOf(row: unknown): InlineButton[] {
  if (!Array.isArray(row)) {
    throw partError(
      'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    )
  }
  return row.map((button) =>
    reading("Can't parse inline keyboard button", () => checkInlineButton(button)),
  )
}

/** Returns the checked rows of a keyboard. */
function keysOf(markup: Fields): readonly unknown[] {
  if (markup["keyboard"] === undefined || markup["keyboard"] === null) return []
  const rows = requiredArrayField(markup, "keyboard")
  for (const row of rows) {
    if (!Array.isArray(row)) throw partError('Field "keyboard" must be an Array of Arrays')
    for (const button of row) reading("Can't parse keyboard button", () => checkKey(button))
  }
  return rows
}

// The former names of some flags are still accepted.
const flags = [
  ...["hide_keyboard", "remove_keyboard", "personal_keyboard", "selective"],
  ...["force_reply_keyboard", "force_reply"],
  ...["resize_keyboard", "one_time_keyboard", "is_persistent"],
]

function checkFlags(markup: Fields): void {
  for (const flag of flags) flagField(markup, flag)
  textField(markup, "input_field_placeholder")
}
