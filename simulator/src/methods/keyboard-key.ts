import { CallError } from "../ground/call-error.js"
import {
  flagField,
  isObject,
  numberField,
  partError,
  requiredNumberField,
  requiredObjectField,
  requiredTextField,
  textField,
  type Fields,
} from "./fields.js"
import { checkRights } from "./rights-argument.js"

const userFlags = [
  ...["user_is_bot", "user_is_premium", "request_name", "request_username", "request_photo"],
]
const chatFlags = [
  ...["chat_is_channel", "chat_is_forum", "chat_has_username", "chat_is_created"],
  ...["bot_is_member", "request_title", "request_username", "request_photo"],
]

/** Checks a key of a keyboard. Throws Telegram's error for an invalid one. */
export function checkKey(button: unknown): void {
  if (typeof button === "string") return
  if (!isObject(button)) throw partError("KeyboardButton must be a String or an Object")
  const text = requiredTextField(button, "text")
  for (const name of ["icon_custom_emoji_id", "style"]) textField(button, name)
  for (const flag of ["request_phone_number", "request_contact", "request_location"]) {
    flagField(button, flag)
  }
  checkRequest(button)
  if (text === "") throw CallError.badRequest("keyboard button text must be non-empty")
}

function checkRequest(button: Fields): void {
  if (has(button, "request_poll")) textField(requiredObjectField(button, "request_poll"), "type")
  if (has(button, "web_app")) requiredTextField(requiredObjectField(button, "web_app"), "url")
  if (has(button, "request_users")) {
    const request = requiredObjectField(button, "request_users")
    requiredNumberField(request, "request_id")
    for (const flag of userFlags) flagField(request, flag)
    numberField(request, "max_quantity")
  }
  if (has(button, "request_managed_bot")) {
    checkBotRequest(requiredObjectField(button, "request_managed_bot"))
  }
  if (has(button, "request_chat")) {
    const request = requiredObjectField(button, "request_chat")
    requiredNumberField(request, "request_id")
    for (const flag of chatFlags) flagField(request, flag)
    for (const name of ["user_administrator_rights", "bot_administrator_rights"]) {
      if (has(request, name)) checkRights(request[name])
    }
  }
}

function checkBotRequest(request: Fields): void {
  requiredNumberField(request, "request_id")
  for (const name of ["suggested_name", "suggested_username"]) textField(request, name)
}

function has(fields: Fields, name: string): boolean {
  return fields[name] !== undefined
}
