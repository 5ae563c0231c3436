import { type FormattedText, isFormattedText } from "../telegram/formatted-text.js"
import { join } from "../text/fmt.js"
import type { PlainValue, TextFunction, TextValue } from "./text-function.js"

/** A value that Fluent accepts. */
export type FluentValue = string | number | Date

/** A `FluentBundle` of the package `@fluent/bundle`. */
export interface FluentBundleLike {
  /** Adds the messages of a resource. Returns the errors. */
  addResource(resource: FluentResourceLike): readonly Error[]
  /** Returns the text of a pattern. */
  formatPattern(pattern: unknown, values: Record<string, FluentValue>): string
}

/** A `FluentResource` of the package `@fluent/bundle`. */
export interface FluentResourceLike {
  /** The messages and terms. */
  readonly body: readonly {
    /** The id. The id of a term begins with `-`. */
    readonly id: string
    /** The pattern; `null` for a message with attributes only. */
    readonly value: unknown
    /** The patterns of the attributes. */
    readonly attributes: Readonly<Record<string, unknown>>
  }[]
}

/** The mark around the index of a formatted value: a noncharacter of Unicode, which no text contains. */
const mark = "\uFDD0"

/**
 * Returns the texts of Fluent files for {@link translations}: a function for each message, and for each attribute under
 * `message.attribute`.
 *
 * @typeParam Id the ids of the messages, so that the compiler refuses any other id. Default: any text.
 * @param bundle a `FluentBundle` of the package `@fluent/bundle`, to which the resources are added
 * @throws the first error of the bundle, such as a message that occurs twice
 * @see docs/guides/translation.md
 */
export function fluentTexts<Id extends string = string>(
  bundle: FluentBundleLike,
  ...resources: readonly FluentResourceLike[]
): Readonly<Record<Id, TextFunction>> {
  const patterns = resources.flatMap((resource) => {
    const [error] = bundle.addResource(resource)
    if (error) throw error
    return resource.body.flatMap(patternsOf)
  })
  const texts = patterns.map(([id, pattern]) => [id, textOf(bundle, pattern)])
  // Only the program knows which ids the files have: it names them in `Id`.
  return Object.fromEntries(texts) as Record<Id, TextFunction>
}

function patternsOf({
  id,
  value,
  attributes,
}: FluentResourceLike["body"][number]): [id: string, pattern: unknown][] {
  if (id.startsWith("-")) return []
  const named = Object.entries(attributes).map(([name, pattern]): [string, unknown] => [
    `${id}.${name}`,
    pattern,
  ])
  return value === null ? named : [[id, value], ...named]
}

function textOf(bundle: FluentBundleLike, pattern: unknown): TextFunction {
  function text(values: Readonly<Record<string, TextValue>> = {}): string | FormattedText {
    const formatted: FormattedText[] = []
    const given = Object.entries(values).map(([name, value]): [string, FluentValue] => {
      if (!isFormattedText(value)) return [name, plainValue(value)]
      formatted.push(value)
      return [name, `${mark}${formatted.length - 1}${mark}`]
    })
    const made = bundle.formatPattern(pattern, Object.fromEntries(given))
    if (formatted.length === 0) return made
    // Every second part is the place of a formatted value.
    const parts = made.split(mark)
    return join(parts.map((part, index) => (index % 2 === 1 ? formatted[Number(part)] : part)))
  }
  // The result is a `FormattedText` only if one of the values is.
  return text as TextFunction
}

/** Returns a value that Fluent accepts, and that has no mark. */
function plainValue(value: PlainValue): FluentValue {
  if (typeof value === "number" || value instanceof Date) return value
  return `${value ?? ""}`.replaceAll(mark, "\uFFFD")
}
