import { ownValue } from "../ground/own-value.js"
import type { Contact, InlineQueryResult, Location, Message, Venue } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import { findEntities } from "./entities.js"
import { formatted } from "./formatted-text.js"
import { mediaKinds } from "./media/media-kinds.js"
import { mediaContent } from "./media/stored-media.js"
import type { MediaField } from "./media/media-types.js"
import type { MessageContent, World } from "./world.js"

type Fields = Readonly<Record<string, unknown>>

/** Returns the message content of an inline query's result. */
export function inlineContent(world: World, result: InlineQueryResult): MessageContent {
  // Any field may be present, whatever the type.
  const fields = result as unknown as Fields
  const given = fields["input_message_content"]
  const written = isFields(given) ? inputContent(given) : ownContent(world, fields)
  const { reply_markup } = result
  return { ...written, ...(reply_markup !== undefined && { reply_markup }) }
}

/** Returns the message content of an `InputMessageContent`. Throws for an invalid one. */
export function inputContent(given: Fields): MessageContent {
  if ("message_text" in given) {
    const { text, entities } = formattedText(given, "message_text", "entities")
    if (text === "") throw CallError.badRequest("message text is empty")
    return { text, ...(entities.length > 0 && { entities: [...entities] }) }
  }
  if ("phone_number" in given) return { contact: contactOf(given) }
  if ("title" in given && "address" in given) return venueContent(given)
  if ("latitude" in given) return { location: locationOf(given) }
  throw CallError.badRequest("Input message content is not specified")
}

const contactFields = ["phone_number", "first_name", "last_name", "vcard"]
const locationFields = ["latitude", "longitude", "horizontal_accuracy", "live_period", "heading"]
const venueFields = ["title", "address", "foursquare_id", "foursquare_type"]

const mediaOf: Readonly<Record<string, MediaField>> = {
  photo: "photo",
  gif: "animation",
  mpeg4_gif: "animation",
  video: "video",
  audio: "audio",
  voice: "voice",
  document: "document",
  sticker: "sticker",
}

function ownContent(world: World, fields: Fields): MessageContent {
  const type = text(fields, "type")
  if (type === "location") return { location: locationOf(fields) }
  if (type === "venue") return venueContent(fields)
  if (type === "contact") return { contact: contactOf(fields) }
  const field = ownValue(mediaOf, type)
  if (field === undefined)
    throw new TypeError(`The simulator does not support results of type ${type}`)
  return { ...mediaContent(field, fileOf(world, fields, type, field)), ...captionContent(fields) }
}

function fileOf(world: World, fields: Fields, type: string, field: MediaField) {
  const storedFile = world.files.find(text(fields, `${type}_file_id`))
  if (storedFile !== undefined) return storedFile
  // The file behind the URL is not fetched, because no data leaves this machine.
  const { folder, name, type: mime } = mediaKinds[field]
  return world.files.add(folder, { name, type: mime, bytes: Buffer.from(name) })
}

function captionContent(fields: Fields): Partial<Message> {
  const { text: caption, entities } = formattedText(fields, "caption", "caption_entities")
  if (caption === "") return {}
  return { caption, ...(entities.length > 0 && { caption_entities: [...entities] }) }
}

// The message contains the bot's fields unchanged, under Telegram's names.
function locationOf(fields: Fields): Location {
  return pick(fields, locationFields) as unknown as Location
}

function contactOf(fields: Fields): Contact {
  return pick(fields, contactFields) as unknown as Contact
}

function venueContent(fields: Fields): MessageContent {
  const location = locationOf(fields)
  const venue = { location, ...pick(fields, venueFields) } as unknown as Venue
  return { location, venue }
}

function formattedText(fields: Fields, name: string, entitiesName: string) {
  const mode = text(fields, "parse_mode")
  const written = text(fields, name)
  if (mode === "" && !Array.isArray(fields[entitiesName])) {
    return { text: written.trim(), entities: findEntities(written.trim()) }
  }
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
