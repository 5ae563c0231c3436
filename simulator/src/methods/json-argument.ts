import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** An object from a bot, looked at field by field. */
export type Fields = Readonly<Record<string, unknown>>

/** Returns true for an object that is no array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/**
 * Reads a parameter as JSON. Throws 400 for text that is none.
 *
 * @param noun as in "can't parse media JSON object"
 */
export function jsonArgument(args: Arguments, name: string, noun: string): unknown {
  const value: unknown = args.json(name)
  if (value !== undefined) return value
  throw CallError.badRequest(`can't parse ${noun} JSON object`)
}

/**
 * Reads a parameter as an object. Returns `undefined` where it is absent.
 *
 * @param noun as in "object expected as reply markup"
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
 * Reads a parameter as an array.
 *
 * @param noun as in "can't parse prices JSON object"
 * @param items as in "expected an Array of labeled prices"
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

/** Reads a parameter as an array of objects; what is none is left out. */
export function listArgument(
  args: Arguments,
  name: string,
  names: { readonly noun: string; readonly items?: string },
): Fields[] {
  return arrayArgument(args, name, names).filter((item) => isObject(item))
}

/** A field that is text, or a number, which Telegram reads as text; empty for anything else. */
export function textField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === "number") return String(value)
  return typeof value === "string" ? value : ""
}
