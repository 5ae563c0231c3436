import { ownValue } from "../ground/own-value.js"
import type { InlineKeyboardMarkup } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import { isObject, textField, type Fields } from "./json-argument.js"

type Button = InlineKeyboardMarkup["inline_keyboard"][number][number]

const maxCallbackData = 64
const prefix = "can't parse inline keyboard button: "

// The kinds of buttons, with Telegram's check of each.
const checks: Readonly<Record<string, (fields: Fields) => string | undefined>> = {
  url: ({ url }) => (typeof url === "string" && url !== "" ? checkUrl(url) : noAction),
  callback_data: (fields) => checkData(textField(fields, "callback_data")),
  web_app: ({ web_app }) => checkWebApp(isObject(web_app) ? textField(web_app, "url") : ""),
  copy_text: ({ copy_text }) => {
    const length = isObject(copy_text) ? textField(copy_text, "text").length : 0
    return length < 1 || length > 256 ? "BUTTON_COPY_TEXT_INVALID" : undefined
  },
  login_url: () => undefined,
  switch_inline_query: () => undefined,
  switch_inline_query_current_chat: () => undefined,
  switch_inline_query_chosen_chat: () => undefined,
  callback_game: () => undefined,
  disabled: () => undefined,
  // Only an invoice has a pay button.
  pay: () => undefined,
}

const noAction = `${prefix}Text buttons are unallowed in the inline keyboard`

/** Checks a button of an inline keyboard. Throws Telegram's error for an invalid one. */
export function checkInlineButton(button: unknown): Button {
  const fields = isObject(button) ? button : {}
  if (typeof fields["text"] !== "string" && typeof fields["text"] !== "number") {
    throw CallError.badRequest(`${prefix}Can't find field "text"`)
  }
  if (fields["text"] === "") {
    throw CallError.badRequest("inline keyboard button text must be non-empty")
  }
  const action = Object.keys(checks).find((name) => fields[name] !== undefined)
  const refusal = action === undefined ? noAction : ownValue(checks, action)?.(fields)
  if (refusal !== undefined) throw CallError.badRequest(refusal)
  const read = action === "login_url" ? asLink(fields) : fields
  const texts = ["text", "callback_data"].filter((name) => typeof read[name] === "number")
  const named = Object.fromEntries(texts.map((name) => [name, textField(read, name)]))
  // The checks are the same as Telegram's.
  return { ...read, ...named } as unknown as Button
}

// Telegram stores a login button as a link.
function asLink({ login_url, ...rest }: Fields): Fields {
  return { ...rest, url: isObject(login_url) ? textField(login_url, "url") : "" }
}

function checkData(data: string): string | undefined {
  if (data === "") return noAction
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
