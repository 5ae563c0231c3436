import { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** An object that a bot has sent; its fields are checked one by one. */
export type Fields = Readonly<Record<string, unknown>>

/** Returns true for an object that is not an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/**
 * Parses a parameter as JSON. Throws 400 for invalid JSON.
 *
 * @param noun the noun in the error, as in "can't parse media JSON object"
 */
export function jsonArgument(args: Arguments, name: string, noun: string): unknown {
  const value: unknown = args.json(name)
  if (value !== undefined) return value
  throw CallError.badRequest(`can't parse ${noun} JSON object`)
}

/**
 * Parses a parameter as an object. Returns `undefined` if it is missing.
 *
 * @param noun the noun in the error, as in "object expected as reply markup"
 */
export function objectArgument(
  args: Arguments,
  name: string,
  noun: string,
  brokenNoun = noun,
): Fields | undefined {
  if (args.text(name) === "") return undefined
  const value = jsonArgument(args, name, brokenNoun)
  if (!isObject(value)) throw CallError.badRequest(`object expected as ${noun}`)
  return value
}

/**
 * Parses a parameter as an array.
 *
 * @param noun the noun in the error, as in "can't parse prices JSON object"
 * @param items the noun in the other error, as in "expected an Array of labeled prices"
 */
export function arrayArgument(
  args: Arguments,
  name: string,
  { noun, items = noun }: { readonly noun: string; readonly items?: string },
): unknown[] {
  const value = jsonArgument(args, name, noun)
  if (!Array.isArray(value)) throw CallError.badRequest(`expected an Array of ${items}`)
  return value
}

/** Parses a parameter as an array of objects; skips other items. */
export function listArgument(
  args: Arguments,
  name: string,
  names: { readonly noun: string; readonly items?: string },
): Fields[] {
  return arrayArgument(args, name, names).filter((item) => isObject(item))
}

/**
 * Returns a field as text; Telegram reads a number as text, too. Returns an empty text for other
 * values.
 */
export function textField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === "number") return String(value)
  return typeof value === "string" ? value : ""
}

/** Returns the fields of an object as arguments, so that they are parsed like the parameters of a call. */
export function asArguments(fields: Fields): Arguments {
  const args = new Arguments()
  for (const [name, value] of Object.entries(fields)) {
    args.add(name, typeof value === "string" ? value : JSON.stringify(value))
  }
  return args
}
