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

/** The facts that a file states about itself. */
export interface FileFacts {
  /** Pixels. */
  readonly width?: number
  /** Pixels. */
  readonly height?: number
  /** Whole seconds. */
  readonly duration?: number
  readonly title?: string
  readonly performer?: string
}
