import type { InlineKeyboardMarkup } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import {
  expectObject,
  flagField,
  partError,
  requiredObjectField,
  requiredTextField,
  textField,
  type Fields,
} from "./fields.js"

/** A button of an inline keyboard. */
export type InlineButton = InlineKeyboardMarkup["inline_keyboard"][number][number]

const maxCallbackData = 64
const chatFlags = [
  ...["allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats"],
]

// The kinds of buttons in the order in which Telegram looks for them. Each function checks the value of its
// kind, and returns the value without unknown fields.
const forms = new Map<string, (fields: Fields) => unknown>([
  ["url", (fields) => textField(fields, "url")],
  ["callback_data", (fields) => textField(fields, "callback_data")],
  ["callback_game", () => ({})],
  // Only an invoice has a pay button.
  ["pay", (fields) => flagField(fields, "pay")],
  ["switch_inline_query", (fields) => requiredTextField(fields, "switch_inline_query")],
  ["switch_inline_query_chosen_chat", checkChosenChat],
  [
    "switch_inline_query_current_chat",
    (fields) => requiredTextField(fields, "switch_inline_query_current_chat"),
  ],
  ["login_url", checkLogin],
  [
    "web_app",
    (fields) => ({ url: requiredTextField(requiredObjectField(fields, "web_app"), "url") }),
  ],
  [
    "copy_text",
    (fields) => ({ text: requiredTextField(requiredObjectField(fields, "copy_text"), "text") }),
  ],
  ["disabled", () => ({})],
])

const notInRichMessages = new Set(["callback_game", "pay"])

/** Checks a button, and returns it without unknown fields. Throws Telegram's error for an invalid one. */
export function checkInlineButton(
  button: unknown,
  { isInRichMessage = false }: { readonly isInRichMessage?: boolean } = {},
): InlineButton {
  const fields = expectObject(button, "InlineKeyboardButton must be an Object")
  const text = requiredTextField(fields, "text")
  const looks = ["icon_custom_emoji_id", "style"].flatMap((name) => {
    const value = textField(fields, name)
    return value === "" ? [] : [[name, value]]
  })
  const kinds = [...forms.keys()].filter((name) => !isInRichMessage || !notInRichMessages.has(name))
  const kind = kinds.find((name) => isKind(fields, name))
  if (kind === undefined) throw partError("Text buttons are unallowed in the inline keyboard")
  const value = forms.get(kind)?.(fields)
  if (text === "") throw CallError.badRequest("inline keyboard button text must be non-empty")
  const refusal = contentRefusal(kind, fields)
  if (refusal !== undefined) throw CallError.badRequest(refusal)
  // Telegram stores a login button as a link.
  const name = kind === "login_url" ? "url" : kind
  const read: object = { text, ...Object.fromEntries(looks), [name]: value }
  // The checks are the same as Telegram's.
  return read as InlineButton
}

// An empty link, and empty data, are as good as none.
function isKind(fields: Fields, name: string): boolean {
  if (name === "url" || name === "callback_data") return textField(fields, name) !== ""
  return fields[name] !== undefined
}

function checkChosenChat(fields: Fields): object {
  const chosen = requiredObjectField(fields, "switch_inline_query_chosen_chat")
  const query = chosen["query"] === undefined ? {} : { query: textField(chosen, "query") }
  const flags = chatFlags.filter((flag) => chosen[flag] !== undefined)
  return { ...query, ...Object.fromEntries(flags.map((flag) => [flag, flagField(chosen, flag)])) }
}

function checkLogin(fields: Fields): string {
  const login = requiredObjectField(fields, "login_url")
  const url = requiredTextField(login, "url")
  const name = textField(login, "bot_username").replace(/^@/, "")
  flagField(login, "request_write_access")
  textField(login, "forward_text")
  if (textField(login, "bot_username") === "" || /^\w+$/.test(name)) return url
  throw partError("LoginUrl bot username is invalid")
}

/** Returns the reason for which Telegram refuses the content of a button. */
function contentRefusal(kind: string, fields: Fields): string | undefined {
  if (kind === "url") return checkUrl(textField(fields, "url"))
  if (kind === "callback_data") return checkData(textField(fields, "callback_data"))
  if (kind === "web_app") {
    return checkWebApp(textField(requiredObjectField(fields, "web_app"), "url"))
  }
  if (kind !== "copy_text") return undefined
  const { length } = textField(requiredObjectField(fields, "copy_text"), "text")
  return length < 1 || length > 256 ? "BUTTON_COPY_TEXT_INVALID" : undefined
}

function checkData(data: string): string | undefined {
  return Buffer.byteLength(data) > maxCallbackData ? "BUTTON_DATA_INVALID" : undefined
}

function checkUrl(url: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  const say = (reason: string) => `inline keyboard button URL '${url}' is invalid: ${reason}`
  if (scheme === "tg" || scheme === "ton") return undefined
  if (scheme === undefined)
    return /^[^/\s]+\.[a-z]{2,}/i.test(url) ? undefined : say("Wrong HTTP URL")
  if (scheme !== "http" && scheme !== "https") return say("Unsupported URL protocol")
  return URL.canParse(url) ? undefined : say("Wrong HTTP URL")
}

function checkWebApp(url: string): string | undefined {
  if (/^https:\/\//i.test(url)) return undefined
  return `inline keyboard button Web App URL '${url}' is invalid: Only HTTPS links are allowed`
}
