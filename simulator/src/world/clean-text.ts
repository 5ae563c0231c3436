import type { MessageEntity } from "@grammyjs/types"
import { endOf } from "./found-spans.js"
import type { FormattedText } from "./open-entity.js"

// Carriage returns, line separators, marks of the writing direction that enclose text, and
// combining lines.
const removed = /[\r\u2028-\u202e]|\u030a|\u0333|\u033f/
// Every character that is removed or replaced. Most texts have none.
const unclean = /[\0-\u0009\u000b-\u001f\u200e\u200f\u2028-\u202e]|\u030a|\u0333|\u033f/
const control = /[\0-\u0009\u000b\u000c\u000e-\u001f]/g
const directionMark = /[\u200e\u200f](?=[\u200e\u200f])/g

/** Returns a text without the characters that Telegram removes from every text. */
export function cleanText({ text, entities }: FormattedText): FormattedText {
  if (!unclean.test(text)) return { text, entities }
  const replaced = text.replaceAll(control, " ").replaceAll(directionMark, "\u200c")
  if (!removed.test(replaced)) return { text: replaced, entities }
  const places = new Int32Array(replaced.length + 1)
  const kept: string[] = []
  for (let at = 0; at < replaced.length; at++) {
    places[at] = kept.length
    const character = replaced.charAt(at)
    if (!removed.test(character)) kept.push(character)
  }
  places[replaced.length] = kept.length
  return {
    text: kept.join(""),
    entities: movedEntities(entities, (at) => places[at] ?? kept.length),
  }
}

/** Returns a text without spaces at its ends. */
export function trimmedText({ text, entities }: FormattedText): FormattedText {
  const start = text.length - text.trimStart().length
  const kept = text.trim()
  if (kept.length === text.length) return { text, entities }
  const place = (at: number) => Math.min(Math.max(0, at - start), kept.length)
  return { text: kept, entities: movedEntities(entities, place) }
}

function movedEntities(
  entities: readonly MessageEntity[],
  place: (at: number) => number,
): MessageEntity[] {
  const moved = entities.map((entity) => {
    const offset = place(entity.offset)
    return { ...entity, offset, length: place(endOf(entity)) - offset }
  })
  return moved.filter(({ length }) => length > 0)
}
