/**
 * Checks of options. Every option is checked before anything is sent; a wrong option throws a `TypeError`
 * that names the expected and the given value.
 *
 * @module
 */

/** Throws a `TypeError` with the name of an option, the expected value and the given value. */
export function unexpectedOption(name: string, expected: string, value: unknown): never {
  throw new TypeError(`Expected the \`${name}\` option to be ${expected}, got ${describe(value)}.`)
}

/** Returns an integer from `min` to `max`, both included. Throws a `TypeError` for any other value. */
export function expectInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value
  }
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return unexpectedOption(name, `an integer ${range}`, value)
}

/** Returns a duration in milliseconds, 0 or more; `Infinity` is allowed. Throws a `TypeError` otherwise. */
export function expectDurationMs(name: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value
  return unexpectedOption(name, "a number of milliseconds, 0 or more", value)
}

/** Returns a string with at least one character. Throws a `TypeError` for any other value. */
export function expectText(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value
  return unexpectedOption(name, "a string that is not empty", value)
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object"
  if (typeof value === "function") return "a function"
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value)
  return `\`${shown}\` (${typeof value})`
}
