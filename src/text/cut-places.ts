import type { FormattedText } from "../telegram/formatted-text.js"
import { endOf } from "./entity-kinds.js"

/** The longest character that is kept whole, in UTF-16 code units. The longest emoji has fewer than 40. */
const longestCharacter = 256

/** The places of a text where a part of it may end. */
export class CutPlaces {
  readonly #text: string
  /** The number of entities around each place that stand for one thing, and are never cut. */
  readonly #whole: Uint32Array
  readonly #segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })

  constructor({ text, entities }: FormattedText) {
    this.#text = text
    this.#whole = countAround({ text, entities })
  }

  /**
   * Returns the end of the part that begins at `start`.
   *
   * @param last the maximum end that is allowed
   */
  cutAfter(start: number, last: number): number {
    const text = this.#text
    if (last >= text.length) return text.length
    const half = start + Math.floor((last - start) / 2)
    const best = [
      text.lastIndexOf("\n\n", last),
      text.lastIndexOf("\n", last),
      this.#wordEnd(start, last),
    ].find((place) => place >= half && place > start && this.#allows(place))
    if (best !== undefined) return best
    const word = this.#wordEnd(start, last)
    if (word > start && this.#allows(word)) return word
    return this.#characterEnd(start, last)
  }

  /** Returns the start of the part after a cut: after the white space, but before the indentation of a line. */
  startAfter(end: number): number {
    const [space = ""] = /^\s*/.exec(this.#text.slice(end)) ?? []
    const line = space.lastIndexOf("\n") + 1
    return end + (line > 0 ? line : space.length)
  }

  /** Returns the last place of white space up to `last`; -1 if there is none after `start`. */
  #wordEnd(start: number, last: number): number {
    for (let at = last; at > start; at -= 1) {
      if (/\s/.test(this.#text.charAt(at))) return at
    }
    return -1
  }

  /**
   * Returns the last end of a character that is allowed. An entity that is longer than a part is cut between
   * characters, and a character that is longer than a part between code points.
   */
  #characterEnd(start: number, last: number): number {
    for (let at = last; at > start;) {
      const character = this.#characterStart(start, at)
      if (character > start && this.#allows(character)) return character
      if (character <= start) break
      at = character - 1
    }
    const character = this.#characterStart(start, last)
    if (character > start) return character
    const isLow = /[\udc00-\udfff]/.test(this.#text.charAt(last))
    return isLow && last - 1 > start ? last - 1 : last
  }

  /** Returns the start of the character at a place. */
  #characterStart(start: number, at: number): number {
    const from = Math.max(start, at - longestCharacter)
    const around = this.#text.slice(from, at + longestCharacter)
    const index = this.#segmenter.segment(around).containing(at - from)?.index ?? at - from
    return from + index
  }

  #allows(place: number): boolean {
    return this.#whole[place] === 0
  }
}

/** Returns the number of entities around each place that are never cut. */
function countAround({ text, entities }: FormattedText): Uint32Array {
  const changes = new Int32Array(text.length + 1)
  for (const entity of entities) {
    const { type, offset } = entity
    const end = Math.min(endOf(entity), text.length)
    if ((type !== "custom_emoji" && type !== "date_time") || end <= offset + 1) continue
    changes[offset + 1] = (changes[offset + 1] ?? 0) + 1
    changes[end] = (changes[end] ?? 0) - 1
  }
  let around = 0
  return Uint32Array.from(changes, (change) => (around += change))
}
