/** The id and name of a user or chat. */
interface Identity {
  readonly id: number
  readonly username?: string | undefined
}

/**
 * Returns a function that finds whether a user or chat is among the named ones. A name may have its `@`
 * or not, in upper or lower case. An id may be text, as in an environment variable: no name is a number.
 */
export function identitySet(
  named: readonly (number | string)[],
): (identity: Identity | undefined) => boolean {
  const wanted = new Set(named.map(keyOf))
  return (identity) => {
    if (!identity) return false
    const { id, username }: { id: number; username?: unknown } = identity
    return wanted.has(id) || (typeof username === "string" && wanted.has(username.toLowerCase()))
  }
}

function keyOf(name: number | string): number | string {
  if (typeof name === "number" || /^-?\d+$/.test(name)) return Number(name)
  return name.replace(/^@/, "").toLowerCase()
}
