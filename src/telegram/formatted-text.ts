import type { MessageEntity } from "./types.js"

/**
 * A text with its formatting, as `sounder/text` makes it. Every text parameter of the Bot API that has
 * entities may be a formatted text in place of a string. A formatted text is a plain object, so that it can
 * be stored as JSON.
 *
 * @see https://core.telegram.org/bots/api#formatting-options
 */
export interface FormattedText {
  /** The text, without any markup. */
  text: string
  /** The formats, by their place in the text. Offsets and lengths count UTF-16 code units. */
  entities: MessageEntity[]
}

/** Returns whether a value is a formatted text: an object with a text and a list of entities. */
export function isFormattedText(value: unknown): value is FormattedText {
  return (
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "entities" in value &&
    Array.isArray(value.entities)
  )
}
