import type { LinkPreviewOptions, ParseMode } from "../telegram/types.js"

/**
 * Values of parameters for all calls of a bot. Each value applies to the methods that have the parameter, if
 * the call does not give the parameter. `null` in a call switches the default off for that call.
 */
export interface CallDefaults {
  /** Whether messages may exceed Telegram's limits of broadcasts, for a fee. */
  readonly allow_paid_broadcast?: boolean
  /** Whether a reply is sent if the message that it answers is gone; for calls with `reply_parameters`. */
  readonly allow_sending_without_reply?: boolean
  /** Whether messages make no sound. */
  readonly disable_notification?: boolean
  /** Options of the previews of links, including links in the texts of inline results. */
  readonly link_preview_options?: LinkPreviewOptions
  /**
   * The parse mode of texts, captions, polls, checklists and inline results. Does not apply to a formatted text, to a
   * text with entities, and to quotes, which repeat the text of others.
   */
  readonly parse_mode?: ParseMode
  /** Whether messages cannot be forwarded or saved. */
  readonly protect_content?: boolean
  /** Whether captions are shown above their media. Does not apply to the media of an album. */
  readonly show_caption_above_media?: boolean
}
