import type { MediaField } from "./media-types.js"

/** The properties of a kind of file. */
export interface MediaKind {
  /** The folder, as in `photos/file_0.jpg`. */
  readonly folder: string
  /** The name for a file that was sent without one. */
  readonly name: string
  readonly type: string
  /** Whether the kind can have a caption. */
  readonly hasCaption: boolean
}

/** The kinds of file that a message can contain. */
export const mediaKinds: Readonly<Record<MediaField, MediaKind>> = {
  photo: { folder: "photos", name: "photo.jpg", type: "image/jpeg", hasCaption: true },
  live_photo: { folder: "live_photos", name: "live.mp4", type: "video/mp4", hasCaption: true },
  document: { folder: "documents", name: "document", type: "", hasCaption: true },
  video: { folder: "videos", name: "video.mp4", type: "video/mp4", hasCaption: true },
  audio: { folder: "music", name: "audio.mp3", type: "audio/mpeg", hasCaption: true },
  voice: { folder: "voice", name: "voice.oga", type: "audio/ogg", hasCaption: true },
  video_note: { folder: "video_notes", name: "note.mp4", type: "video/mp4", hasCaption: false },
  animation: { folder: "animations", name: "animation.mp4", type: "video/mp4", hasCaption: true },
  sticker: { folder: "stickers", name: "sticker.webp", type: "image/webp", hasCaption: false },
}

/** The first letters of a `file_id`, by the folder of the file. */
export const idPrefixes: Readonly<Record<string, string>> = {
  photos: "AgACAg",
  profile_photos: "AgACAg",
  live_photos: "BAACAg",
  documents: "BQACAg",
  videos: "BAACAg",
  music: "CQACAg",
  voice: "AwACAg",
  video_notes: "DQACAg",
  animations: "CgACAg",
  stickers: "CAACAg",
  thumbnails: "AAMCAg",
}

/** Returns the kind of file in a folder, the part of a path in front of its slash. */
export function fieldOfPath(path: string): MediaField | undefined {
  const folder = path.slice(0, path.indexOf("/"))
  if (folder === "profile_photos") return "photo"
  return mediaFields.find((field) => mediaKinds[field].folder === folder)
}

/** The kinds of file, as a list. */
export const mediaFields: readonly MediaField[] = [
  "live_photo",
  "photo",
  "document",
  "video",
  "audio",
  "voice",
  "video_note",
  "animation",
  "sticker",
]
