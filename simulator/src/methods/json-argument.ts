import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { isObject, type Fields } from "./fields.js"

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
