import type { Contact, Location, Venue } from "@grammyjs/types"
import { throwDice } from "../world/dice.js"
import { writtenText } from "../world/formatted-text.js"
import { mediaFields, mediaKinds } from "../world/media/media-kinds.js"
import { newPoll, type PollTraits } from "../world/polls.js"
import { mediaContent, type MediaFacts } from "../world/media/stored-media.js"
import type { MediaField } from "../world/media/media-types.js"
import type { MessageContent, World } from "../world/world.js"

/** Facts that a sender can state about any file. */
interface FileFacts extends MediaFacts {
  readonly caption?: string
  readonly file_name?: string
  readonly mime_type?: string
}

/** A message with a file. */
export type WrittenFile =
  | (FileFacts & { readonly photo: Uint8Array })
  | (FileFacts & { readonly document: Uint8Array; readonly file_name: string })
  | (FileFacts & { readonly video: Uint8Array })
  | (FileFacts & { readonly audio: Uint8Array })
  | (FileFacts & { readonly voice: Uint8Array })
  | (FileFacts & { readonly video_note: Uint8Array })
  | (FileFacts & { readonly animation: Uint8Array })
  | (FileFacts & { readonly sticker: Uint8Array })

/**
 * A message to send: a text, a file, a location, a contact, a poll, a dice (by its emoji), or the
 * fields of any other message in Telegram's form.
 */
export type Written =
  | string
  | WrittenFile
  | { readonly location: Location }
  | { readonly venue: Venue }
  | { readonly contact: Contact }
  | { readonly poll: PollTraits }
  | { readonly dice: string }
  | { readonly message: MessageContent }

/** Returns the content of a message, without its chat and sender. */
export function contentOf(written: Written, world: World): MessageContent {
  if (typeof written === "string") return textContent(written)
  if ("message" in written) return written.message
  if ("venue" in written) return { venue: written.venue, location: written.venue.location }
  if ("location" in written) return { location: written.location }
  if ("contact" in written) return { contact: written.contact }
  if ("poll" in written) return { poll: newPoll(world, written.poll) }
  if ("dice" in written) return { dice: throwDice(written.dice, world) }
  return fileContent(written, world)
}

/** Returns a text with the entities that Telegram finds in it. */
export function textContent(written: string): MessageContent {
  const { text, entities } = writtenText(written)
  return { text, ...(entities.length > 0 && { entities: [...entities] }) }
}

function fileContent(written: WrittenFile, world: World): MessageContent {
  const field = fieldOf(written)
  const kind = mediaKinds[field]
  const { file_name = kind.name, mime_type = kind.type } = written
  const bytes = Buffer.from(bytesOf(written, field))
  const file = world.files.add(kind.folder, { name: file_name, type: mime_type, bytes })
  const caption = writtenText(written.caption ?? "")
  return {
    ...mediaContent(field, file, written),
    ...(caption.text !== "" && { caption: caption.text }),
    ...(caption.entities.length > 0 && { caption_entities: [...caption.entities] }),
  }
}

function fieldOf(written: WrittenFile): MediaField {
  const field = mediaFields.find((name) => name in written)
  if (field === undefined) throw new TypeError("Expected a text, a file or another kind of message")
  return field
}

function bytesOf(written: WrittenFile, field: MediaField): Uint8Array {
  // The field was found above, where its type contains the bytes.
  return (written as Partial<Record<MediaField, Uint8Array>>)[field] ?? new Uint8Array()
}
