import type { FormattedText } from "../telegram/formatted-text.js"

/** A value in a text of a translation file that has no formatting. */
export type PlainValue = string | number | bigint | boolean | Date | null | undefined

/** A value in a text of a translation file: a plain value, or a formatted text. */
export type TextValue = PlainValue | FormattedText

/** A text of a translation file. Throws the error of its library for values that the text lacks. */
export interface TextFunction<Value = TextValue> {
  /** Returns the text with these values. No character of a value is markup. */
  (values?: Readonly<Record<string, PlainValue>>): string
  /** Returns the text with these values, with their formatting if one has any. */
  (values: Readonly<Record<string, Value>>): string | FormattedText
}
