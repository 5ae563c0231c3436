import type { KeyboardButton } from "@grammyjs/types"
import type { Person, ShownKeyboard } from "../world/person.js"
import type { ReplyKeyboard } from "./protocol.js"

/**
 * Returns the keyboards that a person sees, by the key of the chat; if several bots have sent one,
 * the last one's.
 */
export function keyboardsView({ keyboards }: Person): Record<string, ReplyKeyboard> {
  const visibleKeyboards = [...keyboards.values()]
  return Object.fromEntries(visibleKeyboards.map((each) => [keyOf(each), viewOf(each)]))
}

function keyOf({ botId, message: { chat } }: ShownKeyboard): string {
  return chat.type === "private" ? `${botId}:${chat.id}` : String(chat.id)
}

function viewOf({ markup }: ShownKeyboard): ReplyKeyboard {
  const { input_field_placeholder: placeholder } = markup
  const rows = "keyboard" in markup ? markup.keyboard : []
  return {
    rows: rows.map((row) => row.map((button) => textOf(button))),
    ...(placeholder !== undefined && { placeholder }),
  }
}

function textOf(button: KeyboardButton): string {
  return typeof button === "string" ? button : button.text
}
