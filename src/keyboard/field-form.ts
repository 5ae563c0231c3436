import { describeValue, unexpectedOption } from "../ground/expect-option.js"
import { ownValue } from "../ground/own-value.js"
import { byteLength } from "./button-text.js"
import type { CallbackFieldKind, CallbackFields } from "./callback-fields.js"
import type { DataForm } from "./data-form.js"
import { packText, unpackText } from "./packed-text.js"

/** The form of fields, which reads a text synchronously. */
export interface FieldForm<Data> extends DataForm<Data> {
  readonly unpack: (text: string) => Data | undefined
}

/** A field with the functions of its kind. */
interface Field {
  readonly name: string
  readonly isOptional: boolean
  readonly pack: (value: unknown) => string
  /** Returns the value of a text; `undefined` for a text that `pack` does not return. */
  readonly unpack: (text: string) => unknown
  readonly maxBytes: number
}

/** The character between two fields. */
const separator = ":"

/** The length of the hash in front of the fields, in characters. */
const checkLength = 2

/**
 * Returns the form of fields: their texts in order, after a hash of the names and kinds of these fields. Absent
 * fields at the end are left out, so that data from before a field was added are still read. Data from before a field
 * was removed, renamed or moved have another hash, or too many fields.
 *
 * @throws TypeError for a wrong kind
 */
export function fieldForm<Data>(fields: CallbackFields): FieldForm<Data> {
  const list = Object.entries(fields).map(([name, kind]) => fieldOf(name, kind))
  const checks = [...list, undefined].map((_, count) => checkOf(fields, count))

  function pack(data: unknown): string {
    const values = valuesOf(data, fields)
    const texts = list.map((field) => packField(field, ownValue(values, field.name)))
    const count = texts.findLastIndex((text) => text !== "") + 1
    return checks[count] + texts.slice(0, count).join(separator)
  }

  function unpack(text: string): Data | undefined {
    const packed = text.slice(checkLength)
    const texts = packed === "" ? [] : packed.split(separator)
    if (texts.length > list.length || text.slice(0, checkLength) !== checks[texts.length]) {
      return undefined
    }
    const values: [name: string, value: unknown][] = []
    for (const [index, field] of list.entries()) {
      const value = unpackField(field, texts[index] ?? "")
      if (value === undefined) return undefined
      if (value !== absent) values.push([field.name, value])
    }
    // The fields have the types of `Data`. An assignment would lose a field that is called `__proto__`.
    return Object.fromEntries(values) as Data
  }

  function maxBytes(data: unknown): number {
    const values = valuesOf(data, fields)
    const given = list.map((field) =>
      ownValue(values, field.name) === undefined ? 0 : field.maxBytes,
    )
    return given.reduce((sum, bytes) => sum + bytes, checkLength + list.length)
  }

  return { pack, unpack, maxBytes }
}

/** The mark of an optional field without a value. */
const absent = Symbol("absent")

function packField({ name, isOptional, pack }: Field, value: unknown): string {
  if (value !== undefined) return pack(value)
  if (isOptional) return ""
  throw new TypeError(`Expected the field ${name} of the callback data, got undefined.`)
}

function unpackField({ isOptional, unpack }: Field, text: string): unknown {
  if (text !== "") return unpack(text)
  return isOptional ? absent : undefined
}

function valuesOf(data: unknown, fields: CallbackFields): Record<string, unknown> {
  if (typeof data !== "object" || data === null) {
    unexpectedOption("data", "an object with the fields", data)
  }
  const unknown = Object.keys(data).find((name) => !Object.hasOwn(fields, name))
  if (unknown === undefined) return data as Record<string, unknown>
  throw new TypeError(
    `Expected the fields ${Object.keys(fields).join(", ") || "none"}, got ${JSON.stringify(unknown)}.`,
  )
}

function fieldOf(name: string, kind: CallbackFieldKind): Field {
  if (Array.isArray(kind)) return { name, isOptional: false, ...words(name, kind) }
  const isOptional = typeof kind === "string" && kind.endsWith("?")
  switch (typeof kind === "string" && kind.replace("?", "")) {
    case "int":
      return { name, isOptional, pack: (value) => packInteger(name, value), ...integers }
    case "bool":
      return { name, isOptional, pack: (value) => packBoolean(name, value), ...booleans }
    case "text":
      return { name, isOptional, pack: (value) => packText(name, value), ...texts }
    default:
      return unexpectedOption(name, '"int", "bool", "text", with "?" if optional, or words', kind)
  }
}

const integers = {
  unpack: (text: string) => {
    const value = Number.parseInt(text, 36)
    // Only the text that `pack` returns, so that no two texts mean the same.
    return Number.isSafeInteger(value) && value.toString(36) === text ? value : undefined
  },
  maxBytes: Number.MIN_SAFE_INTEGER.toString(36).length,
}

function packInteger(name: string, value: unknown): string {
  if (Number.isSafeInteger(value)) return (value as number).toString(36)
  throw new TypeError(
    `Expected the field ${name} to be an integer below 2^53, got ${describeValue(value)}: ` +
      'for larger ones, use "text".',
  )
}

const booleans = {
  unpack: (text: string) => (text === "1" ? true : text === "0" ? false : undefined),
  maxBytes: 1,
}

function packBoolean(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "1" : "0"
  throw new TypeError(
    `Expected the field ${name} to be true or false, got ${describeValue(value)}.`,
  )
}

const texts = { unpack: unpackText, maxBytes: Number.POSITIVE_INFINITY }

function words(name: string, list: readonly unknown[]): Omit<Field, "name" | "isOptional"> {
  const packed = new Map(list.map((word) => [word, packText(name, word)]))
  const byText = new Map([...packed].map(([word, text]) => [text, word]))
  if (packed.size === 0) unexpectedOption(name, "a list of words", list)
  return {
    pack: (word) => {
      const text = packed.get(word)
      if (text !== undefined) return text
      throw new TypeError(
        `Expected the field ${name} to be one of ${list.join(", ")}, got ${describeValue(word)}.`,
      )
    },
    unpack: (text) => byText.get(text),
    maxBytes: Math.max(...[...packed.values()].map(byteLength)),
  }
}

/** Returns a hash of the names and kinds of the first fields, as two characters. */
function checkOf(fields: CallbackFields, count: number): string {
  // FNV-1a, which needs no module: the hash only guards against mistakes.
  let hash = 0x81_1c_9d_c5
  const kinds = Object.entries(fields).slice(0, count)
  // A field that becomes optional, and words that are added, keep the old data readable.
  const shown = kinds.map(([name, kind]) => [name, Array.isArray(kind) ? "words" : kind])
  for (const byte of new TextEncoder().encode(JSON.stringify(shown).replaceAll("?", ""))) {
    hash = Math.imul(hash ^ byte, 0x01_00_01_93) >>> 0
  }
  return characters.charAt(hash & 63) + characters.charAt((hash >>> 12) & 63)
}

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
