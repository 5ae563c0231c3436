import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** An object from a bot, looked at field by field. */
export type Fields = Readonly<Record<string, unknown>>

/** Returns true for an object that is no array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A parameter that is an object; `undefined` where it is absent. @param refusal for another value */
export function objectArgument(args: Arguments, name: string, refusal: string): Fields | undefined {
  if (args.text(name) === "") return undefined
  const value: unknown = args.json(name)
  if (!isObject(value)) throw CallError.badRequest(refusal)
  return value
}

/** A parameter that is an array of objects. @param refusal for anything else */
export function listArgument(args: Arguments, name: string, refusal: string): Fields[] {
  const value: unknown = args.json(name)
  if (!Array.isArray(value)) throw CallError.badRequest(refusal)
  return value.filter((item) => isObject(item))
}

/** A field that is text, or a number, which Telegram reads as text; empty for anything else. */
export function textField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === "number") return String(value)
  return typeof value === "string" ? value : ""
}
