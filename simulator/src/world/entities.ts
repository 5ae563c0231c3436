import type { MessageEntity } from "@grammyjs/types"
import { findLinks } from "./find-links.js"
import { inOrder, TakenLetters, type FoundEntity, type FoundType } from "./found-spans.js"

const letter = String.raw`[\p{L}\p{N}_]`
const tagLetter = String.raw`[\p{L}\p{N}\p{M}_·\u200c]`
const named = "(?:@[a-z][a-z0-9_]{2,31})?"

// In the order of precedence: earlier kinds win. A text without the character in the middle is
// not searched.
const patterns: readonly (readonly [FoundType, string, RegExp])[] = [
  [
    "bot_command",
    "/",
    new RegExp(`(?<![\\w/<>.]|${letter})/[a-z0-9_]{1,64}(?:@[a-z0-9_]{3,32})?(?![\\w/<>])`, "giu"),
  ],
  [
    "mention",
    "@",
    new RegExp(
      `(?<!${letter}|@)@(?:[a-z][a-z0-9_]{4,31}|bing|bold|coub|gif|imdb|like|pic|vid|vote|wiki)(?!${letter})`,
      "giu",
    ),
  ],
  [
    "hashtag",
    "#",
    new RegExp(`(?<!${tagLetter}|#)#${tagLetter}{1,256}${named}(?!${tagLetter}*#)`, "giu"),
  ],
  [
    "cashtag",
    "$",
    new RegExp(
      `(?<!${letter}|\\$)\\$(?:1INCH|[A-Z]{1,8})(?:@[a-zA-Z]\\w{2,31})?(?!${letter}|\\$)`,
      "gu",
    ),
  ],
  ["phone_number", "+", /(?<![\p{L}\p{N}_+.-])\+\d(?:[ ()-]{0,2}\d){6,14}(?![\p{L}\p{N}_])/gu],
]

/**
 * Returns the entities that Telegram detects in a text. Offsets count UTF-16 code units.
 *
 * @param given existing entities, which detected ones never overlap
 */
export function findEntities(text: string, given: readonly MessageEntity[] = []): MessageEntity[] {
  const takenLetters = new TakenLetters(text, given)
  const detected: FoundEntity[] = findLinks(text).filter((link) => takenLetters.take(link))
  for (const [type, character, pattern] of patterns) {
    if (!text.includes(character)) continue
    for (const match of text.matchAll(pattern)) {
      if (type === "hashtag" && !/[\p{L}_]/u.test(match[0])) continue
      const entity = { type, offset: match.index, length: match[0].length }
      if (takenLetters.take(entity)) detected.push(entity)
    }
  }
  return inOrder(detected)
}
