/**
 * Checks of options. Every option is checked before anything is sent; a wrong option throws a `TypeError`
 * that names the expected and the given value.
 *
 * @module
 */

import { callerError } from "./call-place.js"
import { similarName } from "./similar-name.js"

/** Throws a `TypeError` with the name of an option, the expected value and the given value. */
export function unexpectedOption(name: string, expected: string, value: unknown): never {
  throw callerError(
    `Expected the \`${name}\` option to be ${expected}, got ${describeValue(value)}.`,
  )
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

/** Returns true or false. Throws a `TypeError` for any other value. */
export function expectBoolean(name: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : unexpectedOption(name, "true or false", value)
}

/** Returns a string with at least one character. Throws a `TypeError` for any other value. */
export function expectText(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value
  return unexpectedOption(name, "a string that is not empty", value)
}

/**
 * The names of the options of a type, of all members of a union. The compiler reports a name that is missing, and a
 * name that the type does not have.
 */
export type OptionNames<Options> = { readonly [Name in NameOf<Options>]: true }

type NameOf<Options> = Options extends unknown ? keyof Options : never

/**
 * Throws a `TypeError` unless the options are an object with known names. The message shows no value, which can be
 * a token or a password. An unknown option that is `undefined` is permitted.
 *
 * @param example the call with its options, as in `new Updater({ token })`
 * @param names the names of the options, of the type {@link OptionNames}
 */
export function expectOptionsObject(
  options: unknown,
  example: string,
  names: Readonly<Record<string, true>>,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const given = Array.isArray(options) ? "an array" : `a value of type ${typeOf(options)}`
    throw callerError(`Expected an object of options, as in \`${example}\`, got ${given}.`)
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !Object.hasOwn(names, name)) throw unknownOption(name, names)
  }
}

/** The right names of options that other libraries and methods name differently. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["url", "webhookUrl"],
  ["time", "at"],
])

/** Options of `new Bot` that are easily given to an object that has the option `bot`. */
const botOptionNames = new Set(["apiRoot", "localMode", "retryAfter", "bulk"])

function unknownOption(name: string, names: Readonly<Record<string, true>>): TypeError {
  const known = Object.keys(names)
  if (botOptionNames.has(name) && Object.hasOwn(names, "bot")) {
    return callerError(
      `Unknown option \`${name}\`. Give it to the bot: \`bot: new Bot(token, { ${name} })\`.`,
    )
  }
  const other = otherNames.get(name)
  const similar = other !== undefined && known.includes(other) ? other : similarName(name, known)
  const advice = similar
    ? `Did you mean \`${similar}\`?`
    : `The options are ${known.map((each) => `\`${each}\``).join(", ")}.`
  return callerError(`Unknown option \`${name}\`. ${advice}`)
}

function typeOf(value: unknown): string {
  return value === null ? "null" : typeof value
}

/** Returns the text of a value for the message of an error. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object"
  if (typeof value === "function") return "a function"
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value)
  return `\`${shown}\` (${typeof value})`
}
