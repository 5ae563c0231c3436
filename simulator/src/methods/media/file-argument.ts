import mime from "mime"
import type { UploadedFile } from "../../arguments/arguments.js"
import { CallError } from "../../ground/call-error.js"
import type { StoredFile } from "../../world/file-store.js"
import { fieldOfPath, mediaKinds } from "../../world/media/media-kinds.js"
import type { MediaField } from "../../world/media/media-types.js"
import { photoProblem } from "../../world/media/photo-sizes.js"
import type { Call } from "../method.js"
import { fetchFile } from "./fetched-file.js"

const maxPhotoBytes = 10 * 1_048_576
const maxCloudBytes = 50 * 1_048_576

/**
 * Returns the file of a call: an uploaded one, one known by its `file_id`, or one named by a URL.
 *
 * @param given the parameter's value: `attach://name`, a file id or a URL
 * @param name the parameter, for a file that was uploaded under its name
 */
export async function fileOf(
  { args, world }: Call,
  field: MediaField,
  { given, name }: { given: string; name: string },
): Promise<StoredFile> {
  const kind = mediaKinds[field]
  const pointer = /^attach:\/\/(.*)$/s.exec(given)?.[1]
  const uploaded = pointer === undefined ? args.file(name) : args.file(pointer)
  if (uploaded !== undefined) {
    return world.files.add(
      kind.folder,
      named(checked(uploaded, field, world.environment.local), kind),
    )
  }
  if (given === "" || pointer !== undefined) {
    throw CallError.badRequest(`there is no ${nounOf(field)} in the request`)
  }
  if (field === "live_photo" && /^https?:/i.test(given)) {
    throw CallError.badRequest("live photos can't be sent by URL")
  }
  if (/^https?:\/\//i.test(given)) {
    return world.files.add(kind.folder, await fetchFile(given, kind))
  }
  const knownFile = world.files.find(given)
  if (knownFile !== undefined) return ofKind(knownFile, field)
  throw CallError.badRequest(
    "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
  )
}

/** Returns the noun of a kind of file in Telegram's errors. */
export function nounOf(field: MediaField): string {
  return field.replace("_", " ")
}

function checked(file: UploadedFile, field: MediaField, isLocal: boolean): UploadedFile {
  if (file.bytes.length === 0) throw CallError.badRequest("file must be non-empty")
  if (field === "photo" && file.bytes.length > maxPhotoBytes) {
    throw CallError.badRequest("file is too big for a photo")
  }
  const problem = field === "photo" ? photoProblem(file.bytes) : undefined
  if (problem !== undefined) throw CallError.badRequest(problem)
  if (isLocal || file.bytes.length <= maxCloudBytes) return file
  throw new CallError(413, "Request Entity Too Large")
}

// A photo stays a photo, and no other kind becomes a photo.
function ofKind(knownFile: StoredFile, field: MediaField): StoredFile {
  const kind =
    fieldOfPath(knownFile.path) ?? (knownFile.path.startsWith("thumbnails/") ? "thumbnail" : field)
  const isPhoto = kind === "photo" || kind === "thumbnail"
  if (kind === field || (!isPhoto && field !== "photo")) return knownFile
  throw CallError.badRequest(`can't use file of type ${typeNames[kind]} as ${typeNames[field]}`)
}

// The names of the kinds in Telegram's errors.
const typeNames: Readonly<Record<MediaField | "thumbnail", string>> = {
  photo: "Photo",
  live_photo: "LivePhoto",
  document: "Document",
  video: "Video",
  audio: "Audio",
  voice: "VoiceNote",
  video_note: "VideoNote",
  animation: "Animation",
  sticker: "Sticker",
  thumbnail: "Thumbnail",
}

// A file without a name gets the name of its kind; a file without a type gets the type of its name.
function named(file: UploadedFile, kind: { name: string; type: string }): UploadedFile {
  const name = file.name || kind.name
  const isTyped = file.type !== "" && file.type !== "application/octet-stream"
  const type = isTyped ? file.type : (typeByName(name) ?? (kind.type || file.type))
  return { name, type, bytes: file.bytes }
}

function typeByName(name: string): string | undefined {
  return mime.getType(name) ?? undefined
}
