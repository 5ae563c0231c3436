import { unexpectedOption } from "../../ground/expect-option.js"

/** The id and name of a user or chat. */
interface Identity {
  readonly id: number
  readonly username?: string | undefined
}

/**
 * Returns a function that returns whether a user or chat is in a list of ids and usernames. A username may
 * begin with `@`, and its case is ignored. An id may be a string, as in an environment variable; a string of
 * digits is always an id, because no username consists of digits.
 *
 * @throws TypeError for a value that is neither
 */
export function identitySet(
  idsAndUsernames: readonly (number | string)[],
): (identity: Identity | undefined) => boolean {
  const keys = new Set(idsAndUsernames.map(keyOf))
  return (identity) => {
    if (!identity) return false
    const { id, username }: { id: number; username?: unknown } = identity
    return keys.has(id) || (typeof username === "string" && keys.has(username.toLowerCase()))
  }
}

function keyOf(idOrUsername: number | string): number | string {
  const isName = typeof idOrUsername === "string" && /^@?\w+$|^-\d+$/.test(idOrUsername)
  if (!isName && !Number.isSafeInteger(idOrUsername)) {
    unexpectedOption("filter", "a list of ids and usernames", idOrUsername)
  }
  if (typeof idOrUsername === "number" || /^-?\d+$/.test(idOrUsername)) return Number(idOrUsername)
  return idOrUsername.replace(/^@/, "").toLowerCase()
}
