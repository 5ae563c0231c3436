import type { FormattedText } from "../telegram/formatted-text.js"
import type { MessageEntity } from "../telegram/types.js"
import { settleEntities } from "./settle-entities.js"

/** An object with a text or a caption: a message, a quote, or a formatted text. */
export interface TextSource {
  /** The text. */
  readonly text?: string | undefined
  /** The entities of the text. */
  readonly entities?: readonly MessageEntity[] | undefined
  /** The caption of a file, if there is no text. */
  readonly caption?: string | undefined
  /** The entities of the caption. */
  readonly caption_entities?: readonly MessageEntity[] | undefined
}

/**
 * Returns the text or the caption of a received message, with its formatting, as a formatted text that can be
 * sent, cut or put into another one. Mentions of usernames, links and hashtags have no entity there, because
 * Telegram finds them by itself. The text of a message without text or caption is empty.
 */
export function messageText(source: TextSource): FormattedText {
  const { text, entities, caption, caption_entities } = source
  const kept = text ?? caption ?? ""
  const given = text === undefined ? caption_entities : entities
  return { text: kept, entities: [...settleEntities(kept, given ?? [])] }
}
