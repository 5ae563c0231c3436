import { createHash } from "node:crypto"

/** The number of characters of a long name that are kept in front of the hash. */
const keptCharacters = 100

/**
 * The length up to which the name of a lane is stored in full. An index entry contains the bot, the place and
 * the name, which has up to three bytes per character.
 */
const longestLane = 500

/** Returns the name of a lane in the form in which it is stored. */
export function storedLane(lane: string): string {
  return shortName(lane, longestLane)
}

/**
 * Returns a name that fits into an index: an entry of a PostgreSQL index has at most 2,704 bytes. A name of
 * more than `longest` characters is cut and completed with its hash, which keeps the name unique.
 */
export function shortName(name: string, longest: number): string {
  if (name.length <= longest) return name
  const hash = createHash("sha256").update(name).digest("hex")
  return `${name.slice(0, keptCharacters).replace(/\p{Surrogate}$/u, "")}#${hash}`
}
