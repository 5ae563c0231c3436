import { describeValue } from "../ground/expect-option.js"
import { type FormattedText, isFormattedText } from "../telegram/formatted-text.js"
import type { MessageEntity } from "../telegram/types.js"
import { settleEntities } from "./settle-entities.js"

/**
 * A part of a formatted text. No character of a string has a special meaning. `false`, `null` and
 * `undefined` add nothing, so that a part may depend on a condition.
 */
export type TextPart = string | number | bigint | FormattedText | false | null | undefined

/**
 * Makes a formatted text from a template, in which every value is a part: a string, a number or a formatted text.
 * No character of a value is read as markup.
 *
 * @example
 * ```ts
 * import { bold, fmt, link } from "sounder/text"
 *
 * const name = "<Alice> *and* _Bob_"
 * const greeting = fmt`Hello ${bold(name)}, see ${link("the guide", "https://example.com")}.`
 * ```
 * @throws TypeError for a value of another type
 */
export function fmt(template: TemplateStringsArray, ...parts: readonly TextPart[]): FormattedText {
  // The text between the values, as written, with escape sequences carried out.
  const all = template.flatMap((literal, index) => [literal, parts[index]])
  return join(all)
}

/**
 * Joins parts to one formatted text.
 *
 * @param separator the part between two parts; default: nothing
 * @throws TypeError for a part of another type
 */
export function join(parts: readonly TextPart[], separator: TextPart = ""): FormattedText {
  const between = partText(separator)
  let text = ""
  const entities: MessageEntity[] = []
  const append = (part: FormattedText) => {
    for (const entity of part.entities) {
      entities.push({ ...entity, offset: entity.offset + text.length })
    }
    text += part.text
  }
  for (const [index, part] of parts.entries()) {
    if (index > 0) append(between)
    append(partText(part))
  }
  return { text, entities: [...settleEntities(text, entities)] }
}

/** Returns the formatted text of a part. */
export function partText(part: TextPart): FormattedText {
  if (typeof part === "string") return { text: part, entities: [] }
  if (part === undefined || part === null || part === false) return { text: "", entities: [] }
  if (typeof part === "number" || typeof part === "bigint") return { text: `${part}`, entities: [] }
  if (isFormattedText(part)) return part
  throw new TypeError(
    `Expected a part of a text to be a string, a number or a formatted text, got ${describeValue(part)}.`,
  )
}
