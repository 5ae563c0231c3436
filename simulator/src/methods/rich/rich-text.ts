import type { RichMessageButton, RichText } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { ownValue } from "../../ground/own-value.js"
import { cleanText } from "../../world/clean-text.js"
import { detectedEntities } from "../../world/entities.js"
import type { FoundEntity } from "../../world/found-spans.js"
import { isTimeFormat } from "../../world/open-entity.js"
import { plainText } from "../../world/rich/rich-plain.js"
import {
  expectObject,
  partError,
  requiredNumberField,
  requiredObjectField,
  requiredTextField,
  type Fields,
} from "../fields.js"
import { checkInlineButton } from "../inline-button.js"
import type { Call } from "../method.js"

/** The deepest nesting of blocks and texts. */
export const maxDepth = 16

/** The conditions under which a text is read. */
export interface TextPlace {
  readonly call: Call
  /** Whether links, mentions and the like are detected. */
  readonly detects: boolean
  /** The number of blocks and texts that contain this one. */
  readonly depth: number
  /** Whether the text is that of a button, which has no other formatting than emoji and dates. */
  readonly isOfButton?: boolean
}

// The required texts of each type, next to `text`.
const types: Readonly<Record<string, readonly string[]>> = {
  ...{ bold: [], italic: [], underline: [], strikethrough: [], spoiler: [] },
  ...{ subscript: [], superscript: [], marked: [], code: [] },
  url: ["url"],
  email_address: ["email_address"],
  phone_number: ["phone_number"],
  bank_card_number: ["bank_card_number"],
  mention: ["username"],
  hashtag: ["hashtag"],
  cashtag: ["cashtag"],
  bot_command: ["bot_command"],
  anchor_link: ["anchor_name"],
  reference: ["name"],
  reference_link: ["reference_name"],
}

const withoutText: Readonly<Record<string, readonly string[]>> = {
  custom_emoji: ["custom_emoji_id", "alternative_text"],
  mathematical_expression: ["expression"],
  anchor: ["name"],
}

/** Within these, no other entity is detected. */
const isLinkOrCode = new Set([
  ...["code", "url", "email_address", "phone_number", "bank_card_number", "mention", "hashtag"],
  ...["cashtag", "bot_command", "anchor_link", "reference_link", "text_mention", "date_time"],
])

/** Returns a text with formatting, checked and with detected links. Throws Telegram's error for an invalid one. */
export function richText(given: unknown, place: TextPlace): RichText {
  if (typeof given === "string") return place.detects ? detected(clean(given)) : clean(given)
  if (place.depth > maxDepth) throw CallError.badRequest("RICH_MESSAGE_TOO_DEEP")
  if (Array.isArray(given)) {
    const within = { ...place, depth: place.depth + 1 }
    const shown = given.filter((each) => each !== "")
    return shown.flatMap((each) => richText(each, Array.isArray(each) ? within : place))
  }
  const fields = expectObject(given, "Unsupported rich text type")
  const type = requiredTextField(fields, "type")
  if (place.isOfButton === true && !buttonTypes.has(type)) {
    throw partError("Unsupported rich text type")
  }
  const texts = ownValue(types, type)
  const inner = {
    ...place,
    depth: place.depth + 1,
    detects: place.detects && !isLinkOrCode.has(type),
  }
  const text = () => richText(fields["text"] ?? "", inner)
  // The checks are the same as Telegram's.
  if (texts !== undefined) return { type, text: text(), ...read(fields, texts) } as RichText
  const bare = ownValue(withoutText, type)
  if (bare !== undefined) return { type, ...read(fields, bare) } as RichText
  if (type === "button") {
    return { type, button: richButton(requiredObjectField(fields, "button"), inner) }
  }
  if (type === "date_time") return { type, text: text(), ...timeOf(fields) } as RichText
  if (type !== "text_mention") throw partError("Unsupported rich text type")
  const id = requiredNumberField(requiredObjectField(fields, "user"), "id")
  const user = place.call.world.userOf(id)
  return user === undefined ? text() : { type, text: text(), user }
}

function clean(text: string): string {
  return cleanText({ text, entities: [] }).text
}

function read(fields: Fields, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, clean(requiredTextField(fields, name))]))
}

function timeOf(fields: Fields) {
  const unix_time = requiredNumberField(fields, "unix_time")
  const date_time_format = requiredTextField(fields, "date_time_format")
  if (!Number.isSafeInteger(unix_time) || unix_time < 0) throw partError("Invalid date specified")
  if (!isTimeFormat(date_time_format)) throw partError("Invalid date format used")
  return { unix_time, date_time_format }
}

const buttonTypes = new Set(["custom_emoji", "date_time"])
const styles = new Set(["danger", "success", "primary", "link"])

/** Returns a button of a rich message. Throws Telegram's error for an invalid one. */
export function richButton(given: unknown, place: TextPlace): RichMessageButton {
  const fields = expectObject(given, "RichMessageButton must be an Object")
  const text = richText(fields["text"] ?? "", {
    ...{ ...place, detects: false, isOfButton: true },
  })
  const style = fields["style"]
  const isAllowed = style === undefined || (typeof style === "string" && styles.has(style))
  const isLink = style === "link" && fields["callback_data"] === undefined
  if (!isAllowed || isLink) throw partError("Invalid button style specified")
  const button = checkInlineButton({ ...fields, text: plainText(text) }, { isInRichMessage: true })
  return { ...button, text } as RichMessageButton
}

/** Returns a text with its links, mentions and the like. */
function detected(text: string): RichText {
  const parts: RichText[] = []
  let at = 0
  for (const entity of detectedEntities(text)) {
    if (entity.offset > at) parts.push(text.slice(at, entity.offset))
    at = entity.offset + entity.length
    parts.push(asText(entity, text.slice(entity.offset, at)))
  }
  if (parts.length === 0) return text
  if (at < text.length) parts.push(text.slice(at))
  return parts.length === 1 ? (parts[0] ?? "") : parts
}

function asText({ type }: FoundEntity, text: string): RichText {
  switch (type) {
    case "url":
      return { type, text, url: /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `http://${text}` }
    case "email":
      return { type: "email_address", text, email_address: text }
    case "phone_number":
      return { type, text, phone_number: text }
    case "bank_card_number":
      return { type, text, bank_card_number: text }
    case "mention":
      return { type, text, username: text.slice(1) }
    case "hashtag":
      return { type, text, hashtag: text }
    case "cashtag":
      return { type, text, cashtag: text }
    case "bot_command":
      return { type, text, bot_command: text }
  }
}
