import type {
  Animation,
  Audio,
  Document,
  LivePhoto,
  Message,
  PhotoSize,
  Sticker,
  Video,
  VideoNote,
  Voice,
} from "@grammyjs/types"
import type { StoredFile } from "../file-store.js"
import { fileFacts } from "./file-facts.js"
import type { MediaField } from "./media-types.js"
import { photoSizes } from "./photo-sizes.js"

/** The facts that a sender can state about a file. */
export interface MediaFacts {
  /** The width in pixels; for a video note its diameter. */
  readonly width?: number
  /** The height in pixels. */
  readonly height?: number
  /** The duration in seconds. */
  readonly duration?: number
  /** The performer of an audio file. */
  readonly performer?: string
  /** The title of an audio file. */
  readonly title?: string
  /** The emoji of a sticker. */
  readonly emoji?: string
  /** A small picture of the file, uploaded with it. */
  readonly thumbnail?: PhotoSize
  /** The picture of a video before it plays. */
  readonly cover?: readonly PhotoSize[]
  /** The still picture of a live photo. */
  readonly still?: readonly PhotoSize[]
  /** The position at which a video starts to play, in seconds. */
  readonly start_timestamp?: number
}

/** Returns the content of a message of this kind with a file. */
export function mediaContent(
  field: MediaField,
  file: StoredFile,
  facts: MediaFacts = {},
): Partial<Message> {
  switch (field) {
    case "photo":
      return { photo: photoOf(file) }
    case "live_photo":
      return livePhotoOf(file, facts)
    case "document":
      return { document: documentOf(file, facts) }
    case "video":
      return { video: videoOf(file, facts) }
    case "audio":
      return { audio: audioOf(file, facts) }
    case "voice":
      return { voice: voiceOf(file, facts) }
    case "video_note":
      // Only a square video is a video note.
      return isSquare(file)
        ? { video_note: videoNoteOf(file, facts) }
        : { video: videoOf(file, facts) }
    case "animation":
      return animationOf(file, facts)
    case "sticker":
      return { sticker: stickerOf(file, facts) }
  }
}

function isSquare(file: StoredFile): boolean {
  const { width, height } = fileFacts(file.bytes)
  return width === height
}

/** Returns the sizes of a stored photo, the smallest first. */
export function photoOf(file: StoredFile): PhotoSize[] {
  const file_size = file.bytes.length
  const smaller = (file.sizes ?? []).map(({ id, uniqueId, width, height }) => ({
    file_id: id,
    file_unique_id: uniqueId,
    width,
    height,
    file_size,
  }))
  const { width = 0, height = 0 } = photoSizes(file.bytes).at(-1) ?? {}
  return [...smaller, { ...identityOf(file), width, height }]
}

/** Returns a stored file as a document. */
export function documentOf(file: StoredFile, facts: MediaFacts = {}): Document {
  const { thumbnail = madeThumbnail(file) } = facts
  return { ...named(file), ...pictured(thumbnail), ...identityOf(file) }
}

function videoOf(file: StoredFile, facts: MediaFacts): Video {
  const { width = 640, height = 480, duration = 0 } = { ...fileFacts(file.bytes), ...facts }
  const { thumbnail = madeThumbnail(file), cover, start_timestamp } = facts
  return {
    width,
    height,
    duration,
    ...named(file),
    ...pictured(thumbnail),
    ...(cover && { cover: [...cover] }),
    ...(start_timestamp !== undefined && { start_timestamp }),
    ...identityOf(file),
  }
}

// Programs from before live photos read the photo.
function livePhotoOf(file: StoredFile, facts: MediaFacts): Partial<Message> {
  const { width = 640, height = 480, duration = 0 } = fileFacts(file.bytes)
  const photo = facts.still && [...facts.still]
  const size = { width, height, duration }
  const live_photo: LivePhoto = {
    ...(photo && { photo }),
    ...size,
    ...(file.type !== "" && { mime_type: file.type }),
    ...identityOf(file),
  }
  return { live_photo, ...(photo && { photo }) }
}

// Telegram converts a GIF to a video, whose duration is the duration of the GIF regardless of the sender.
function animationOf(
  file: StoredFile,
  facts: MediaFacts,
): { animation: Animation; document: Document } {
  const isGif = file.bytes.toString("latin1", 0, 4) === "GIF8"
  const asFilm = isGif ? { ...file, name: `${file.name}.mp4`, type: "video/mp4" } : file
  const allFacts = isGif ? { ...facts, ...fileFacts(file.bytes) } : facts
  const { cover: _, start_timestamp: __, ...animation } = videoOf(asFilm, allFacts)
  return { animation, document: documentOf(asFilm, facts) }
}

function audioOf(file: StoredFile, facts: MediaFacts): Audio {
  const { duration = 0, performer, title } = { ...fileFacts(file.bytes), ...facts }
  const { thumbnail } = facts
  return {
    duration,
    ...(performer !== undefined && { performer }),
    ...(title !== undefined && { title }),
    ...named(file),
    ...pictured(thumbnail),
    ...identityOf(file),
  }
}

function voiceOf(file: StoredFile, facts: MediaFacts): Voice {
  const { duration = 0 } = { ...fileFacts(file.bytes), ...facts }
  return { duration, mime_type: file.type || "audio/ogg", ...identityOf(file) }
}

function videoNoteOf(file: StoredFile, facts: MediaFacts): VideoNote {
  const { width = 240, duration = 0 } = { ...fileFacts(file.bytes), ...facts }
  const { thumbnail } = facts
  return { length: width, duration, ...pictured(thumbnail), ...identityOf(file) }
}

function stickerOf(file: StoredFile, { emoji }: MediaFacts): Sticker {
  const { width = 512, height = 512 } = fileFacts(file.bytes)
  return {
    type: "regular",
    width,
    height,
    is_animated: file.name.endsWith(".tgs"),
    is_video: file.name.endsWith(".webm"),
    ...(emoji !== undefined && { emoji }),
    ...pictured(madeThumbnail(file)),
    ...identityOf(file),
  }
}

// Telegram's server still writes the field's name from before 2023, which older frameworks read.
function pictured(thumbnail: PhotoSize | undefined): { thumbnail?: PhotoSize } {
  return thumbnail === undefined ? {} : { thumbnail, ...{ thumb: thumbnail } }
}

/** Returns the thumbnail that Telegram makes of a picture; `undefined` for other files. */
function madeThumbnail({ thumbnail, bytes }: StoredFile): PhotoSize | undefined {
  if (thumbnail === undefined) return undefined
  const { id, uniqueId, width, height } = thumbnail
  return { file_id: id, file_unique_id: uniqueId, width, height, file_size: bytes.length }
}

function named({ name, type }: StoredFile) {
  return { file_name: name, ...(type !== "" && { mime_type: type }) }
}

function identityOf({ id, uniqueId, bytes }: StoredFile) {
  return { file_id: id, file_unique_id: uniqueId, file_size: bytes.length }
}
