/** What users and chats are known by. */
interface Identity {
  readonly id: number
  readonly username?: string | undefined
}

/**
 * Whether a user or chat is one of those named by id or by name, with the `@` or without, in upper
 * or lower case. An id may be text, as one from the environment is: no name is a number.
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
