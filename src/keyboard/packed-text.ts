import { describeValue } from "../ground/expect-option.js"

/** The escapes of the escape character, of the separator, and of the character that Telegram refuses. */
const escapes: readonly (readonly [text: string, packed: string])[] = [
  ["~", "~~"],
  [":", "~."],
  ["\0", "~0"],
]

const packedOf = new Map(escapes)
const textOf = new Map(escapes.map(([text, packed]) => [packed, text]))

/** The packed form of an empty text: an empty part stands for an absent value. */
const empty = "~e"

/**
 * Returns a text as a part of callback data, without colons.
 *
 * @throws TypeError unless the value is a well-formed string
 */
export function packText(name: string, value: unknown): string {
  if (typeof value !== "string" || !value.isWellFormed()) {
    const got = typeof value === "string" ? "one with a lone surrogate" : describeValue(value)
    throw new TypeError(`Expected the field ${name} to be a text, got ${got}.`)
  }
  return value === "" ? empty : value.replaceAll(/[~:\0]/g, (found) => packedOf.get(found) ?? "")
}

/** Returns the text of a part of callback data; `undefined` for a part that {@link packText} never returns. */
export function unpackText(packed: string): string | undefined {
  if (packed === empty) return ""
  let isWrong = packed === ""
  const text = packed.replaceAll(/~.?|\0/gsu, (found) => {
    const original = textOf.get(found)
    if (original === undefined) isWrong = true
    return original ?? ""
  })
  return isWrong ? undefined : text
}
