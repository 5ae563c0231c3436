import { findCards } from "./find-cards.js"
import { findLinks } from "./find-links.js"
import { findTags } from "./find-tags.js"
import { withoutOverlaps, type FoundEntity } from "./found-spans.js"

// Every entity has one of these. Most texts have none.
const entitySign = /[@/#$+.]|\d[\d -]{12}/

/**
 * Returns the entities that Telegram detects in a text, in their order. Of two that overlap, the
 * earlier is found, and of two with the same beginning the longer.
 */
export function detectedEntities(text: string): FoundEntity[] {
  if (!entitySign.test(text)) return []
  const found = [...findTags(text), ...findLinks(text), ...findCards(text)]
  found.sort((a, b) => a.offset - b.offset || b.length - a.length)
  return withoutOverlaps(found)
}
