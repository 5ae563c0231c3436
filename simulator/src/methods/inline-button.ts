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

// The kinds of buttons in the order in which Telegram looks for them, each with the check of its form.
const forms = new Map<string, (fields: Fields) => unknown>([
  ["url", (fields) => textField(fields, "url")],
  ["callback_data", (fields) => textField(fields, "callback_data")],
  ["callback_game", () => {}],
  // Only an invoice has a pay button.
  ["pay", () => {}],
  ["switch_inline_query", (fields) => requiredTextField(fields, "switch_inline_query")],
  ["switch_inline_query_chosen_chat", checkChosenChat],
  [
    "switch_inline_query_current_chat",
    (fields) => requiredTextField(fields, "switch_inline_query_current_chat"),
  ],
  ["login_url", checkLogin],
  ["web_app", (fields) => requiredTextField(requiredObjectField(fields, "web_app"), "url")],
  ["copy_text", (fields) => requiredTextField(requiredObjectField(fields, "copy_text"), "text")],
  ["disabled", () => {}],
])

/** Checks a button of an inline keyboard. Throws Telegram's error for an invalid one. */
export function checkInlineButton(button: unknown): InlineButton {
  const fields = expectObject(button, "InlineKeyboardButton must be an Object")
  const text = requiredTextField(fields, "text")
  for (const name of ["icon_custom_emoji_id", "style"]) textField(fields, name)
  const kind = [...forms.keys()].find((name) => isKind(fields, name))
  if (kind === undefined) throw partError("Text buttons are unallowed in the inline keyboard")
  forms.get(kind)?.(fields)
  if (text === "") throw CallError.badRequest("inline keyboard button text must be non-empty")
  const refusal = contentRefusal(kind, fields)
  if (refusal !== undefined) throw CallError.badRequest(refusal)
  const read = kind === "login_url" ? asLink(fields) : fields
  const texts = ["text", "callback_data"].filter((name) => typeof read[name] === "number")
  const named = Object.fromEntries(texts.map((name) => [name, textField(read, name)]))
  // The checks are the same as Telegram's.
  return { ...read, ...named } as unknown as InlineButton
}

// An empty link, and empty data, are as good as none.
function isKind(fields: Fields, name: string): boolean {
  if (name === "url" || name === "callback_data") return textField(fields, name) !== ""
  return fields[name] !== undefined
}

function checkChosenChat(fields: Fields): void {
  const chosen = requiredObjectField(fields, "switch_inline_query_chosen_chat")
  textField(chosen, "query")
  for (const flag of chatFlags) flagField(chosen, flag)
}

function checkLogin(fields: Fields): void {
  const login = requiredObjectField(fields, "login_url")
  requiredTextField(login, "url")
  const name = textField(login, "bot_username").replace(/^@/, "")
  flagField(login, "request_write_access")
  textField(login, "forward_text")
  if (textField(login, "bot_username") === "" || /^\w+$/.test(name)) return
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

// Telegram stores a login button as a link.
function asLink({ login_url, ...rest }: Fields): Fields {
  return { ...rest, url: textField(requiredObjectField({ login_url }, "login_url"), "url") }
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
