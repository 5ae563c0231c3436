import { ownValue } from "../../ground/own-value.js"
import { fieldOfPath } from "../../world/media/media-kinds.js"
import { mediaContent } from "../../world/media/stored-media.js"
import type { MediaField } from "../../world/media/media-types.js"
import type { MessageContent } from "../../world/world.js"
import {
  asArguments,
  expectObject,
  flagField,
  numberField,
  partError,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"
import type { Call } from "../method.js"
import { captionContent } from "./caption-argument.js"
import { factsArgument } from "./facts-argument.js"
import { fileOf } from "./file-argument.js"

const types: Readonly<Record<string, MediaField>> = {
  photo: "photo",
  live_photo: "live_photo",
  video: "video",
  audio: "audio",
  document: "document",
  animation: "animation",
}

const texts = ["caption", "parse_mode", "thumbnail", "thumb", "performer", "title"]
const flags = [
  ...["show_caption_above_media", "has_spoiler", "supports_streaming"],
  "disable_content_type_detection",
]
const numbers = ["width", "height", "duration", "start_timestamp"]

/** The message that contains an `InputMedia`. */
interface MediaPlace {
  /** Whether it is an album, which contains no animations. */
  readonly isInAlbum?: boolean
  /** Whether it is a rich message, which can contain voice notes. */
  readonly isInRichMessage?: boolean
}

/**
 * Returns the kind of file of an `InputMedia`. Throws Telegram's error for an invalid one.
 */
export function inputMediaField(
  { args }: Call,
  media: unknown,
  { isInAlbum = false, isInRichMessage = false }: MediaPlace = {},
): MediaField {
  const fields = expectObject(media, "expected an Object")
  for (const name of texts) textField(fields, name)
  captionContent(asArguments(fields))
  for (const name of flags) flagField(fields, name)
  const given = textField(fields, "media")
  const pointer = /^attach:\/\/(.*)$/s.exec(given)?.[1]
  const isAbsent = given === "" || (pointer !== undefined && args.file(pointer) === undefined)
  if (isAbsent) throw partError("media not found")
  const type = requiredTextField(fields, "type")
  const field = isInRichMessage && type === "voice_note" ? "voice" : ownValue(types, type)
  if (field === "animation" && isInAlbum) {
    throw partError(`type "${type}" can't be used in sendMediaGroup`)
  }
  if (field === undefined) throw partError(`type "${type}" is unsupported`)
  for (const name of numbers) numberField(fields, name)
  return field
}

/** Returns the content of a message with an `InputMedia`. */
export async function inputMediaContent(
  call: Call,
  media: Fields,
  place: MediaPlace = {},
): Promise<MessageContent> {
  const field = inputMediaField(call, media, place)
  const file = await fileOf(call, field, { given: textField(media, "media"), name: "" })
  const mediaArguments = asArguments(media)
  const facts = await factsArgument(call, field, mediaArguments)
  const kind = fieldOfPath(file.path) ?? field
  return { ...mediaContent(kind, file, facts), ...captionContent(mediaArguments) }
}
