import type { InlineKeyboardMarkup } from "../../telegram/types.js"
import type { Arguments } from "../api/arguments.js"
import { CallError } from "../api/call-error.js"

const maxCallbackData = 64

/**
 * The inline keyboard of a message. Other keyboards are read, but belong to the people and not to
 * the message: `undefined`.
 */
export function markupArgument(args: Arguments): InlineKeyboardMarkup | undefined {
  const text = args.text("reply_markup")
  if (text === "") return undefined
  const markup: unknown = args.json("reply_markup")
  if (!isObject(markup)) throw CallError.badRequest("object expected as reply markup")
  if (!("inline_keyboard" in markup)) return undefined
  const rows: unknown = markup.inline_keyboard
  if (!Array.isArray(rows)) {
    throw CallError.badRequest('field "inline_keyboard" must be of type Array')
  }
  const keyboard = rows.map((row) => rowOf(row)).filter((row) => row.length > 0)
  return keyboard.length > 0 ? { inline_keyboard: keyboard } : undefined
}

type Button = InlineKeyboardMarkup["inline_keyboard"][number][number]

function rowOf(row: unknown): Button[] {
  if (!Array.isArray(row)) {
    throw CallError.badRequest("inline keyboard row must be of type Array")
  }
  return row.map((button) => buttonOf(button))
}

function buttonOf(button: unknown): Button {
  const fields = isObject(button) ? button : {}
  if (typeof fields["text"] !== "string" || fields["text"] === "") {
    throw CallError.badRequest("inline keyboard button text must be non-empty")
  }
  const data = fields["callback_data"]
  if (typeof data === "string" && Buffer.byteLength(data) > maxCallbackData) {
    throw CallError.badRequest("BUTTON_DATA_INVALID")
  }
  if (Object.keys(fields).length < 2) {
    throw CallError.badRequest("text buttons are unallowed in the inline keyboard")
  }
  // Checked as far as Telegram checks it; its kind is not looked at any further.
  return button as Button
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
