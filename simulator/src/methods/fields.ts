import { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** An object that a bot has sent; its fields are checked one by one. */
export type Fields = Readonly<Record<string, unknown>>

/** An error about a part of a parameter, which the error of the whole parameter can contain. */
class PartError extends CallError {
  readonly reason: string

  constructor(reason: string) {
    // Telegram's server begins each error with a small letter, but not the errors within it.
    super(400, `Bad Request: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`)
    this.reason = reason
  }
}

/** Returns the error 400 about a part of a parameter. */
export function partError(reason: string): CallError {
  return new PartError(reason)
}

/**
 * Returns the result of a function that reads a parameter.
 *
 * @param name the beginning of its errors, as in "Can't parse InputMedia"
 */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof PartError ? new PartError(`${name}: ${error.reason}`) : error
  }
}

/** Returns true for an object that is not an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Returns a value as an object. Throws for any other value, in the words of the given error. */
export function expectObject(value: unknown, refusal: string): Fields {
  if (isObject(value)) return value
  throw new PartError(refusal)
}

/** Returns a field as text; an empty text without the field. Telegram reads a number as text, too. */
export function textField(fields: Fields, name: string): string {
  const value = fields[name] ?? ""
  if (typeof value === "number") return String(value)
  if (typeof value === "string") return value
  throw wrongType(name, "String")
}

/** Returns a required field as text, which can be empty. */
export function requiredTextField(fields: Fields, name: string): string {
  requireField(fields, name)
  return textField(fields, name)
}

/** Returns a field as a flag; false without the field. */
export function flagField(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false
  if (typeof value === "boolean") return value
  throw wrongType(name, "Boolean")
}

/** Returns a field as a number; `undefined` without the field. Telegram reads digits as well. */
export function numberField(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined
  if (value === undefined || typeof value === "number") return value
  if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value)
  throw wrongType(name, "Number")
}

/** Returns a required field as a number. */
export function requiredNumberField(fields: Fields, name: string): number {
  requireField(fields, name)
  return numberField(fields, name) ?? 0
}

/** Returns a field as an object; `undefined` without the field. */
export function objectField(fields: Fields, name: string): Fields | undefined {
  const value = fields[name] ?? undefined
  if (value === undefined || isObject(value)) return value
  throw wrongType(name, "Object")
}

/** Returns a required field as an object. */
export function requiredObjectField(fields: Fields, name: string): Fields {
  requireField(fields, name)
  return objectField(fields, name) ?? {}
}

/** Returns a field as an array; `undefined` without the field. */
export function arrayField(fields: Fields, name: string): readonly unknown[] | undefined {
  const value = fields[name] ?? undefined
  if (value === undefined || Array.isArray(value)) return value
  throw wrongType(name, "Array")
}

/** Returns a required field as an array. */
export function requiredArrayField(fields: Fields, name: string): readonly unknown[] {
  requireField(fields, name)
  return arrayField(fields, name) ?? []
}

/** Returns the fields of an object as arguments, so that they are parsed like the parameters of a call. */
export function asArguments(fields: Fields): Arguments {
  const args = new Arguments()
  for (const [name, value] of Object.entries(fields)) {
    args.add(name, typeof value === "string" ? value : JSON.stringify(value))
  }
  return args
}

function requireField(fields: Fields, name: string): void {
  if (fields[name] === undefined) throw new PartError(`Can't find field "${name}"`)
}

function wrongType(name: string, type: string): PartError {
  return new PartError(`Field "${name}" must be of type ${type}`)
}
