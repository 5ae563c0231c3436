/**
 * A text, and the entities that Telegram finds in it: each as its kind, a space, and its part of
 * the text.
 */
export type FoundCase = readonly [text: string, ...found: string[]]

/**
 * A text with formatting, and the result: the text that is shown, and each entity as its kind, its
 * offset, its length, and the value of its further field. Instead of a result, the error.
 */
export type FormattedCase = readonly [source: string, text: string | Refused, ...entities: string[]]

/** The error of a text that cannot be parsed. */
export interface Refused {
  readonly error: string
}

/** Returns the error of a text whose formatting cannot be parsed. */
export function unparsed(reason: string): Refused {
  return { error: `can't parse entities: ${reason}` }
}

/** Entities of a bot: kind, offset, length, and the value of the further field. */
export type Given = readonly [type: string, offset: number, length: number, value?: string]

/** A text with the entities that a bot gives, and the result as in `FormattedCase`. */
export type GivenCase = readonly [
  source: string,
  given: readonly Given[],
  text: string | Refused,
  ...entities: string[],
]

/** Cases of one rule. */
export interface Group<Case> {
  /** The rule, as TDLib's tests or the documentation assert it. */
  readonly rule: string
  readonly cases: readonly Case[]
}
