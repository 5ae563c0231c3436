import { expectInteger, expectOptionsObject, type OptionNames } from "../ground/expect-option.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { MessageEntity } from "../telegram/types.js"
import { CutPlaces } from "./cut-places.js"
import { endOf } from "./entity-kinds.js"
import { messageText } from "./message-text.js"

/** Options of {@link split}. */
export interface SplitOptions {
  /**
   * The maximum length of a part, in UTF-16 code units. Default: 4,096, the limit of a text. The limit of a
   * caption is 1,024.
   */
  readonly limit?: number
}

const optionNames: OptionNames<SplitOptions> = { limit: true }

/** The number of entities that Telegram accepts in one message. */
const maxEntities = 100

/**
 * Cuts a text into parts that Telegram accepts, each with at most 100 entities. A text is cut between paragraphs
 * if the part stays at least half full, otherwise between lines, otherwise between words, and inside a word only
 * if the word is longer than a part. An entity over a cut continues in the next part. No character is cut, even
 * if it consists of several code points, as many emoji do. The white space at a cut is left out, and so are parts
 * of white space, which Telegram refuses. An empty text has no parts.
 *
 * @throws TypeError for a limit that is not an integer of at least 2
 */
export function split(text: string | FormattedText, options: SplitOptions = {}): FormattedText[] {
  expectOptionsObject(options, "split(text, { limit })", optionNames)
  const limit = expectInteger("limit", options.limit ?? 4_096, 2, Number.MAX_SAFE_INTEGER)
  const whole = messageText(typeof text === "string" ? { text } : text)
  const places = new CutPlaces(whole)
  const parts: FormattedText[] = []
  let start = 0
  while (start < whole.text.length) {
    const end = places.cutAfter(start, limitAt(whole.entities, start, limit))
    const part = slice(whole, start, end)
    if (part.text.trim() !== "") parts.push(part)
    start = end < whole.text.length ? places.startAfter(end) : end
  }
  return parts
}

/** Returns the last place where a part may end that begins at `start`. */
function limitAt(entities: readonly MessageEntity[], start: number, limit: number): number {
  const rest = entities.filter((entity) => endOf(entity) > start)
  const tooMany = rest.at(maxEntities)
  const last = start + limit
  return tooMany && tooMany.offset > start ? Math.min(last, tooMany.offset) : last
}

/** Returns a part of a text, with the parts of its entities. White space at the end is left out. */
function slice({ text, entities }: FormattedText, start: number, end: number): FormattedText {
  const kept = end < text.length ? text.slice(start, end).trimEnd() : text.slice(start, end)
  const stop = start + kept.length
  const cut = entities
    .filter((entity) => entity.offset < stop && endOf(entity) > start)
    .map((entity) => {
      const offset = Math.max(entity.offset, start)
      return { ...entity, offset: offset - start, length: Math.min(endOf(entity), stop) - offset }
    })
  return { text: kept, entities: cut }
}
