import type {
  Animation,
  Audio,
  Document,
  Message,
  PhotoSize,
  Sticker,
  Video,
  VideoNote,
  Voice,
} from "@grammyjs/types"
import type { StoredFile } from "./file-store.js"

/** What a sender says about a file, beside the file. */
export interface MediaFacts {
  /** Pixels; of a video note its diameter. */
  readonly width?: number
  /** Pixels. */
  readonly height?: number
  /** Seconds. */
  readonly duration?: number
  /** Of an audio file. */
  readonly performer?: string
  /** Of an audio file. */
  readonly title?: string
  /** Of a sticker. */
  readonly emoji?: string
}

/** The kinds of message that hold a file. */
export type MediaField =
  | "photo"
  | "document"
  | "video"
  | "audio"
  | "voice"
  | "video_note"
  | "animation"
  | "sticker"

/** What a message of this kind holds for a file. */
export function mediaContent(
  field: MediaField,
  file: StoredFile,
  facts: MediaFacts = {},
): Partial<Message> {
  switch (field) {
    case "photo":
      return { photo: photoOf(file) }
    case "document":
      return { document: documentOf(file) }
    case "video":
      return { video: videoOf(file, facts) }
    case "audio":
      return { audio: audioOf(file, facts) }
    case "voice":
      return { voice: voiceOf(file, facts) }
    case "video_note":
      return { video_note: videoNoteOf(file, facts) }
    case "animation":
      return { animation: videoOf(file, facts), document: documentOf(file) }
    case "sticker":
      return { sticker: stickerOf(file, facts) }
  }
}

/** A stored photo in its sizes, of which there is one here. */
export function photoOf(file: StoredFile): PhotoSize[] {
  return [{ ...identityOf(file), ...dimensions(file.bytes) }]
}

/** A stored file as a document. */
export function documentOf(file: StoredFile): Document {
  return { ...named(file), ...identityOf(file) }
}

function videoOf(file: StoredFile, facts: MediaFacts): Video & Animation {
  const { width = 640, height = 480, duration = 0 } = facts
  return { width, height, duration, ...named(file), ...identityOf(file) }
}

function audioOf(file: StoredFile, { duration = 0, performer, title }: MediaFacts): Audio {
  return {
    duration,
    ...(performer !== undefined && { performer }),
    ...(title !== undefined && { title }),
    ...named(file),
    ...identityOf(file),
  }
}

function voiceOf(file: StoredFile, { duration = 0 }: MediaFacts): Voice {
  return { duration, mime_type: file.type || "audio/ogg", ...identityOf(file) }
}

function videoNoteOf(file: StoredFile, { width = 240, duration = 0 }: MediaFacts): VideoNote {
  return { length: width, duration, ...identityOf(file) }
}

function stickerOf(file: StoredFile, { emoji }: MediaFacts): Sticker {
  return {
    type: "regular",
    width: 512,
    height: 512,
    is_animated: file.name.endsWith(".tgs"),
    is_video: file.name.endsWith(".webm"),
    ...(emoji !== undefined && { emoji }),
    ...identityOf(file),
  }
}

function named({ name, type }: StoredFile) {
  return { file_name: name, ...(type !== "" && { mime_type: type }) }
}

function identityOf({ id, uniqueId, bytes }: StoredFile) {
  return { file_id: id, file_unique_id: uniqueId, file_size: bytes.length }
}

// Read where it is easy: PNG has them at a fixed place.
function dimensions(bytes: Buffer): { width: number; height: number } {
  const isPng = bytes.length >= 24 && bytes.toString("latin1", 1, 4) === "PNG"
  if (!isPng) return { width: 1280, height: 960 }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}
