import type { KeyboardButton } from "@grammyjs/types"
import type { Person, ShownKeyboard } from "../world/person.js"
import type { KeyRequest, ReplyKey, ReplyKeyboard } from "./protocol.js"

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
    rows: rows.map((row) => row.map((button) => keyView(button))),
    ...(placeholder !== undefined && { placeholder }),
  }
}

function keyView(button: KeyboardButton): ReplyKey {
  if (typeof button === "string") return { text: button }
  const asks = requestOf(button)
  return { text: button.text, ...(asks !== undefined && { asks }) }
}

function requestOf(button: Exclude<KeyboardButton, string>): KeyRequest | undefined {
  if ("request_users" in button) {
    const { max_quantity: max = 1, user_is_bot: isBot } = button.request_users
    return { kind: "users", max, ...(isBot !== undefined && { isBot }) }
  }
  if ("request_chat" in button) {
    return { kind: "chat", isChannel: button.request_chat.chat_is_channel }
  }
  if ("request_poll" in button) {
    return { kind: "poll", isQuiz: button.request_poll.type === "quiz" }
  }
  if ("request_managed_bot" in button) {
    const { suggested_name: firstName = "", suggested_username: username = "" } =
      button.request_managed_bot
    return { kind: "bot", firstName, username }
  }
  return "web_app" in button ? { kind: "app" } : undefined
}
