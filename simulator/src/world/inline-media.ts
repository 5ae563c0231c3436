import type { PhotoSize } from "@grammyjs/types"
import { ownValue } from "../ground/own-value.js"
import type { StoredFile } from "./file-store.js"
import { mediaKinds } from "./media/media-kinds.js"
import type { MediaField } from "./media/media-types.js"
import { mediaContent, type MediaFacts } from "./media/stored-media.js"
import type { MessageContent, World } from "./world.js"

type Fields = Readonly<Record<string, unknown>>

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

/** Returns the file of an inline query's result as a message contains it; `undefined` without one. */
export function inlineMedia(
  world: World,
  fields: Fields,
  type: string,
): MessageContent | undefined {
  const field = ownValue(mediaOf, type)
  if (field === undefined) return undefined
  // The fields of an animation begin with `gif` or `mpeg4`.
  const prefix = type === "mpeg4_gif" ? "mpeg4" : type
  const known = world.files.find(text(fields, `${prefix}_file_id`))
  const sticker = known && world.stickers.sticker(known.id)
  if (sticker !== undefined) return { sticker }
  const facts = factsOf(fields, prefix)
  if (known !== undefined) return mediaContent(field, known, facts)
  const file = remoteFile(world, fields, { prefix, field })
  const { width, height } = facts
  if (field !== "photo" || width === undefined || height === undefined) {
    return mediaContent(field, file, facts)
  }
  return { photo: [sized(file, { width, height })] }
}

// The file behind the URL is not fetched, because no data leaves this machine.
function remoteFile(
  world: World,
  fields: Fields,
  { prefix, field }: { readonly prefix: string; readonly field: MediaField },
): StoredFile {
  const { folder, name: usualName, type: usualType } = mediaKinds[field]
  const path = text(fields, `${prefix}_url`).split(/[?#]/)[0] ?? ""
  const last = path.slice(path.lastIndexOf("/") + 1)
  const name = last.includes(".") ? last : usualName
  const type = text(fields, "mime_type") || usualType
  return world.files.add(folder, { name, type, bytes: Buffer.from(usualName) })
}

function factsOf(fields: Fields, prefix: string): MediaFacts {
  const numbers = ["width", "height", "duration"]
    .map((name) => [name, fields[`${prefix}_${name}`]] as const)
    .filter(([, value]) => typeof value === "number")
  // The title of any other result is shown in the list of results only.
  const texts = (prefix === "audio" ? ["title", "performer"] : [])
    .map((name) => [name, text(fields, name)] as const)
    .filter(([, value]) => value !== "")
  return Object.fromEntries([...numbers, ...texts])
}

function sized(
  { id, uniqueId, bytes }: StoredFile,
  size: { readonly width: number; readonly height: number },
): PhotoSize {
  return { file_id: id, file_unique_id: uniqueId, ...size, file_size: bytes.length }
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === "string" ? value : ""
}
