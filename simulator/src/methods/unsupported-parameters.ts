import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { parametersByMethod } from "./known-methods.js"

/** Fields of the objects in parameters that the simulator does not support, by the type of the object. */
export const unsupportedFields = {
  ReplyParameters: ["checklist_task_id"],
  EphemeralMessageParameters: ["replace_callback_query_message"],
  InputRichMessageContent: ["rich_message"],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The reason for each unsupported field. */
export const refusedFields: Readonly<Record<string, string>> = {
  ...reasons("ReplyParameters", "replies are to whole messages here", ["checklist_task_id"]),
  ...reasons("EphemeralMessageParameters", "an ephemeral message has a place of its own here", [
    "replace_callback_query_message",
  ]),
  ...reasons("InputRichMessageContent", "a result is chosen when no call is left to be refused", [
    "rich_message",
  ]),
}

/**
 * Parameters of former Bot API versions that Telegram's server may still accept; they are not
 * supported.
 */
const formerParameters = ["receiver_user_id", "callback_query_id"]

/**
 * Parameters that are accepted without an effect, each with the place where Telegram would show the
 * effect, which is not simulated.
 */
export const parametersWithoutEffect: Readonly<Record<string, string>> = {
  disable_notification: "the sound on people's devices",
  disable_content_type_detection: "documents stay documents here",
  supports_streaming: "the video players of people's apps",
  shuffle_options: "the order of a poll's options in people's apps",
  is_big: "the animation of a reaction",
  cache_time: "the cache of people's apps",
  is_personal: "the cache of Telegram's servers",
  provider_data: "the payment provider",
  photo_url: "the picture of an invoice",
  photo_size: "the picture of an invoice",
  photo_width: "the picture of an invoice",
  photo_height: "the picture of an invoice",
  send_phone_number_to_provider: "the payment provider",
  send_email_to_provider: "the payment provider",
}

const list = "the list of results"
const listed = [
  ...["title", "description", "url"],
  ...["thumbnail_url", "thumbnail_mime_type", "thumbnail_width", "thumbnail_height"],
]

/** Fields of the objects in parameters that are accepted without an effect, each with its place. */
export const fieldsWithoutEffect: Readonly<Record<string, string>> = {
  ...reasons("User", "the id names the user", [
    ...["is_bot", "first_name", "last_name", "username", "language_code", "is_premium"],
    "added_to_attachment_menu",
  ]),
  ...reasons("LoginUrl", "the login at a website", [
    ...["forward_text", "bot_username", "request_write_access"],
  ]),
  ...reasons("ReplyKeyboardMarkup", "the keyboard in people's apps", [
    ...["is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder"],
  ]),
  ...reasons("ForceReply", "the text field in people's apps", ["input_field_placeholder"]),
  ...reasons("KeyboardButton.CommonButton", "the keyboard in people's apps", [
    ...["icon_custom_emoji_id", "style"],
  ]),
  ...Object.fromEntries(
    [
      ...["Article", "Contact", "Document", "Gif", "Location", "Mpeg4Gif", "Photo", "Venue"],
      ...["Video", "CachedDocument", "CachedGif", "CachedMpeg4Gif", "CachedPhoto"],
      ...["CachedVideo", "CachedVoice"],
    ].flatMap((kind) => Object.entries(reasons(`InlineQueryResult${kind}`, list, listed))),
  ),
  ...reasons("InputInvoiceMessageContent", "the payment provider", [
    ...["provider_data", "send_phone_number_to_provider", "send_email_to_provider"],
  ]),
  ...reasons("InputInvoiceMessageContent", "the picture of an invoice", [
    ...["photo_url", "photo_size", "photo_width", "photo_height"],
  ]),
  ...reasons("InputPaidMediaVideo", "the video players of people's apps", ["supports_streaming"]),
  ...reasons("InputProfilePhotoAnimated", "the still picture of an animation", [
    "main_frame_timestamp",
  ]),
  ...reasons("InputStoryContentVideo", "the still picture of an animation", [
    "cover_frame_timestamp",
  ]),
  ...reasons("InputMediaVideo", "the video players of people's apps", ["supports_streaming"]),
  ...reasons("InputMediaVoiceNote", "a block has its own caption", [
    ...["caption", "parse_mode", "caption_entities"],
  ]),
  ...reasons("InputMediaDocument", "documents stay documents here", [
    "disable_content_type_detection",
  ]),
}

/** Returns the reason for each field of a type. */
function reasons(type: string, reason: string, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [`${type}.${field}`, reason]))
}

const methodsWithFormer =
  /^(send(?!ChatAction|Invoice|Widget|SharedWidget)|copyMessage$|forwardMessage$)/

/** Returns whether a bot can call a method for a business account. */
export function actsForAccount(method: string): boolean {
  const isOfAccount = /Business/.test(method)
  return !isOfAccount && parametersOf(method).includes("business_connection_id")
}

/** Returns the parameters of a method that the simulator refuses. */
export function refusedParameters(method: string): readonly string[] {
  return methodsWithFormer.test(method) ? formerParameters : []
}

/**
 * Throws for a parameter that the simulator does not support, because ignoring it would let a test
 * pass wrongly. A flag with the value false has no effect and is accepted.
 */
export function refuseUnsupported(args: Arguments, refused: ReadonlySet<string>): void {
  if (refused.size === 0) return
  for (const name of args.names()) {
    if (!refused.has(name) || isUnset(args, name)) continue
    throw CallError.badRequest(`the simulator does not support the parameter ${name}`)
  }
}

/** Throws for a field that the simulator does not support, as {@link refuseUnsupported} does. */
export function refuseFields(
  given: Readonly<Record<string, unknown>>,
  type: keyof typeof unsupportedFields,
): void {
  for (const name of unsupportedFields[type]) {
    const value = given[name]
    if (value === undefined || value === null || value === false) continue
    throw CallError.badRequest(`the simulator does not support the field ${name}`)
  }
}

function isUnset(args: Arguments, name: string): boolean {
  return args.file(name) === undefined && /^(?:|false|0|null)$/i.test(args.text(name).trim())
}

function parametersOf(method: string): readonly string[] {
  return parametersByMethod.get(method) ?? []
}
