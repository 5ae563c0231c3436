import { type FormattedText, isFormattedText } from "../telegram/formatted-text.js"
import { join } from "../text/fmt.js"
import type { TextFunction, TextValue } from "./text-function.js"

/** The class `IntlMessageFormat` of the package `intl-messageformat`. */
export interface MessageFormatClass {
  /** Reads a message. */
  new (message: string, language: string): MessageFormatter
}

/** A message in ICU's syntax that was read. */
export interface MessageFormatter {
  /** Returns the text, or a list of its parts. */
  format(values?: Readonly<Record<string, unknown>>): unknown
}

/**
 * A value in an ICU message. A tag has a function as its value, as in `{ b: (parts) => bold(join(parts)) }`.
 */
export type IcuValue =
  | TextValue
  | ((parts: readonly (string | FormattedText)[]) => string | FormattedText)

/**
 * Returns texts in ICU's message syntax for {@link translations}: a function for each message.
 *
 * @param format the class `IntlMessageFormat` of the package `intl-messageformat`
 * @param language the language of the messages, as an IETF tag
 * @param messages the messages by their names, as a JSON file has them
 * @throws the error of the library for a message with wrong syntax
 * @see docs/guides/translation.md
 */
export function icuTexts<Name extends string>(
  format: MessageFormatClass,
  language: string,
  messages: Readonly<Record<Name, string>>,
): Readonly<Record<Name, TextFunction<IcuValue>>> {
  const texts = Object.entries<string>(messages).map(([name, message]) => [
    name,
    textOf(new format(message, language)),
  ])
  return Object.fromEntries(texts) as Record<Name, TextFunction<IcuValue>>
}

function textOf(message: MessageFormatter): TextFunction<IcuValue> {
  function text(values: Readonly<Record<string, IcuValue>> = {}): string | FormattedText {
    const made = message.format(values)
    if (typeof made === "string" || isFormattedText(made)) return made
    // The library returns values that are not strings as they are.
    const parts: readonly unknown[] = Array.isArray(made) ? made : [made]
    const texts = parts.map((part) => (isFormattedText(part) ? part : String(part)))
    return texts.some((part) => typeof part !== "string") ? join(texts) : texts.join("")
  }
  // The result has a formatting only if a value has one.
  return text as TextFunction<IcuValue>
}
