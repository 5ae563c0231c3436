/** Character classes of Telegram's search for entities, as parts of regular expressions. */

// Beyond Latin-1: everything but separators, and of the general punctuation only joiners and dashes.
const wide =
  "\\u00c0-\\u167f\\u1681-\\u1fff\\u200c\\u200d\\u2010-\\u2015\\u2070-\\u2fff\\u3001-\\u{10ffff}"

/** The letters and digits of all scripts, and the underscore. */
export const wordLetter = "\\p{L}\\p{N}_"

/** The characters of a hashtag. */
export const tagLetter = "\\p{L}\\p{Nd}_\\u200c\\u00b7\\u0d80-\\u0dff"

/** The characters of a host, with its dots. */
export const hostLetter = `.\\w\\-${wide}`

/** The characters that no user name in a link contains. */
export const notInUserName = "\\n\\/\\[\\]{}()'`<>\"@\\u00ab\\u00bb\\p{Z}"

/** The characters that end the path of a link. */
export const notInPath = '\\n<>"\\u00ab\\u00bb\\p{Z}\\u200b\\u200e\\u200f\\u2016-\\u206f'

/** Returns the character that ends right before a position, in full. */
export function characterBefore(text: string, at: number): string {
  const last = text[at - 1] ?? ""
  const isPair = /[\udc00-\udfff]/.test(last) && /[\ud800-\udbff]/.test(text[at - 2] ?? "")
  return isPair ? text.slice(at - 2, at) : last
}

/**
 * Returns where a run of characters begins that ends at a position.
 *
 * @param isPart tells if a character belongs to the run
 * @param least the first position of the text that may belong to the run
 */
export function runStart(text: string, end: number, isPart: RegExp, least: number): number {
  let start = end
  while (start > least) {
    const character = characterBefore(text, start)
    if (start - character.length < least || !isPart.test(character)) break
    start -= character.length
  }
  return start
}

/** Returns where a run of characters ends that begins at a position. */
export function runEnd(text: string, start: number, run: RegExp): number {
  run.lastIndex = start
  return start + (run.exec(text)?.[0].length ?? 0)
}
