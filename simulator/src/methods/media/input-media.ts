import { ownValue } from "../../ground/own-value.js"
import { CallError } from "../../ground/call-error.js"
import { fieldOfPath } from "../../world/media/media-kinds.js"
import { mediaContent } from "../../world/media/stored-media.js"
import type { MediaField } from "../../world/media/media-types.js"
import type { MessageContent } from "../../world/world.js"
import { asArguments, textField, type Fields } from "../json-argument.js"
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

/** Returns the kind of file of an `InputMedia`. */
export function inputMediaField(media: Fields): MediaField {
  const type = textField(media, "type")
  const field = ownValue(types, type)
  if (field === undefined) {
    throw CallError.badRequest(`can't parse InputMedia: type "${type}" is not supported`)
  }
  return field
}

/** Returns the content of a message with an `InputMedia`. */
export async function inputMediaContent(call: Call, media: Fields): Promise<MessageContent> {
  const field = inputMediaField(media)
  const mediaValue = textField(media, "media")
  if (mediaValue === "") throw CallError.badRequest("can't parse InputMedia: media not found")
  const file = await fileOf(call, field, { given: mediaValue, name: "" })
  const mediaArguments = asArguments(media)
  const facts = await factsArgument(call, field, mediaArguments)
  const kind = fieldOfPath(file.path) ?? field
  return { ...mediaContent(kind, file, facts), ...captionContent(mediaArguments) }
}
