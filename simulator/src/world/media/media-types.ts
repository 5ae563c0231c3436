/** The kinds of message that contain a file. */
export type MediaField =
  | "photo"
  | "live_photo"
  | "document"
  | "video"
  | "audio"
  | "voice"
  | "video_note"
  | "animation"
  | "sticker"

/** The facts that a file's bytes state. */
export interface FileFacts {
  /** The width in pixels. */
  readonly width?: number
  /** The height in pixels. */
  readonly height?: number
  /** The duration in whole seconds. */
  readonly duration?: number
  readonly title?: string
  readonly performer?: string
}
