import type { SessionKey } from "./session-key.js"

/** Returns the values of a session for an update without a key: every access to the data throws a `TypeError`. */
export function sessionWithoutKey(name: string, key: SessionKey): object {
  return unavailableSession(
    name,
    `The session ${name} is kept ${ruleOf(key)}, and this update has no such key: look at \`ctx.updateType\` ` +
      "first, or choose another `key`.",
  )
}

/**
 * Returns the values of a session with a store, for an update that no lane guards: another process could change
 * the same data at the same time. Every access to the data throws a `TypeError`.
 */
export function unguardedSession(name: string, key: SessionKey): object {
  return unavailableSession(name, unguardedReason(name, key))
}

/** Returns the reason why data that no lane guards cannot be changed in a store of the session. */
export function unguardedReason(name: string, key: SessionKey): string {
  return (
    `The session ${name} is kept ${ruleOf(key)} in a store of its own, which cannot detect that another ` +
    "process of this queue changes the same data at the same time: leave out the option `store`, so that the " +
    "queue keeps the data, or use the session for the updates of a chat only."
  )
}

function ruleOf(key: SessionKey): string {
  return typeof key === "function" ? "by its `key` function" : `per ${key}`
}

function unavailableSession(name: string, reason: string): object {
  const refuse = () => {
    throw new TypeError(reason)
  }
  return Object.defineProperty({}, name, { get: refuse, set: refuse, enumerable: true })
}
