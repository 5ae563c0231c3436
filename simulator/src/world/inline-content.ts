import type { Contact, InlineQueryResult, Invoice, Location, Message, Venue } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import { formatted } from "./formatted-text.js"
import { gameContent } from "./game-content.js"
import { inlineMedia } from "./inline-media.js"
import { linkPreviewContent } from "./link-preview.js"
import { total } from "./payments.js"
import type { MessageContent, World } from "./world.js"

type Fields = Readonly<Record<string, unknown>>

/** Returns the message content of an inline query's result of a bot. */
export function inlineContent(
  world: World,
  botId: number,
  result: InlineQueryResult,
): MessageContent {
  // Any field may be present, whatever the type.
  const fields = result as unknown as Fields
  const given = fields["input_message_content"]
  const typed = isFields(given) ? inputContent(given) : formerText(fields)
  const written = typed ?? ownContent(world, botId, fields)
  const { reply_markup } = result
  return { ...written, ...(reply_markup !== undefined && { reply_markup }) }
}

/** Returns the message content of an `InputMessageContent`; `undefined` for an object without content. */
export function inputContent(given: Fields): MessageContent | undefined {
  if ("message_text" in given) return textContent(given)
  if ("phone_number" in given) return { contact: contactOf(given) }
  if ("title" in given && "address" in given) return venueContent(given)
  if ("latitude" in given) return { location: locationOf(given) }
  if ("payload" in given) return { invoice: invoiceOf(given) }
  return undefined
}

// The fields of a text from before 2016.
function formerText({ message_text, parse_mode, entities }: Fields): MessageContent | undefined {
  if (typeof message_text !== "string" || message_text === "") return undefined
  return textContent({ message_text, parse_mode, entities })
}

const contactFields = ["phone_number", "first_name", "last_name", "vcard"]
const locationFields = [
  ...["latitude", "longitude", "horizontal_accuracy", "live_period", "heading"],
  "proximity_alert_radius",
]
const venueFields = [
  ...["title", "address", "foursquare_id", "foursquare_type"],
  ...["google_place_id", "google_place_type"],
]

function ownContent(world: World, botId: number, fields: Fields): MessageContent {
  const type = text(fields, "type")
  if (type === "location") return { location: locationOf(fields) }
  if (type === "venue") return venueContent(fields)
  if (type === "contact") return { contact: contactOf(fields) }
  if (type === "game") {
    const content = gameContent(world, botId, text(fields, "game_short_name"))
    if (content !== undefined) return content
    throw new TypeError("The bot has no game of this name")
  }
  const media = inlineMedia(world, fields, type)
  if (media !== undefined) return { ...media, ...captionContent(fields) }
  throw new TypeError(`The simulator does not support results of type ${type}`)
}

function textContent(given: Fields): MessageContent {
  const { text: written, entities } = formattedText(given, "message_text", "entities")
  if (written === "") throw CallError.badRequest("message text is empty")
  const preview = given["link_preview_options"]
  return {
    text: written,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...(isFields(preview) && linkPreviewContent(preview)),
  }
}

function captionContent(fields: Fields): Partial<Message> {
  const { text: caption, entities } = formattedText(fields, "caption", "caption_entities")
  return {
    ...(caption !== "" && { caption }),
    ...(entities.length > 0 && { caption_entities: [...entities] }),
    ...(fields["show_caption_above_media"] === true && { show_caption_above_media: true }),
  }
}

// The message contains the bot's fields unchanged, under Telegram's names.
function locationOf(fields: Fields): Location {
  return pick(fields, locationFields) as unknown as Location
}

function contactOf(fields: Fields): Contact {
  return pick(fields, contactFields) as unknown as Contact
}

function venueContent(fields: Fields): MessageContent {
  const location = pick(fields, ["latitude", "longitude"]) as unknown as Location
  const venue = { location, ...pick(fields, venueFields) } as unknown as Venue
  return { location, venue }
}

// The terms are checked with the answer to the query.
function invoiceOf(fields: Fields): Invoice {
  const prices = Array.isArray(fields["prices"]) ? fields["prices"] : []
  return {
    title: text(fields, "title"),
    description: text(fields, "description"),
    start_parameter: "",
    currency: text(fields, "currency").toUpperCase(),
    total_amount: total(prices),
  }
}

function formattedText(fields: Fields, name: string, entitiesName: string) {
  const mode = text(fields, "parse_mode")
  const written = text(fields, name)
  return formatted(written, mode, mode === "" ? fields[entitiesName] : undefined)
}

function pick(fields: Fields, names: readonly string[]): Fields {
  const presentFields = names.filter((name) => name in fields).map((name) => [name, fields[name]])
  return Object.fromEntries(presentFields)
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === "string" ? value : ""
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null
}
