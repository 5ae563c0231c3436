/**
 * The keys of presses whose data begin with a prefix and a colon. They contain a NUL, which Telegram does not
 * accept in a button's data; a forged press with such data reaches handlers that check their data anyway.
 *
 * @module
 */

/** The character after the prefix of data. */
const end = ":"

/** The mark of the keys that stand for all data with a prefix. */
const mark = "\0"

/** The key of the handlers of presses that no other handler matches. */
export const unmatchedKey = `${mark}unmatched`

/** Returns the key of the handlers of presses whose data begin with a prefix. */
export function prefixKey(prefix: string): string {
  return `${prefix}${end}${mark}`
}

/** Returns the key of the prefix of a press's data; `undefined` for data without a prefix. */
export function prefixKeyOf(data: string): string | undefined {
  const index = data.indexOf(end)
  return index < 0 ? undefined : prefixKey(data.slice(0, index))
}

/** Returns the prefix of a key; `undefined` for the key of exact data. */
export function prefixOfKey(key: string): string | undefined {
  return key.endsWith(`${end}${mark}`) ? key.slice(0, -2) : undefined
}
