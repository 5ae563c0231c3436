import type { MessageEntity } from "@grammyjs/types"
import { ownValue } from "../ground/own-value.js"
import { CallError } from "../ground/call-error.js"
import { linkTarget } from "./link-address.js"
import { byteAt } from "./open-entity.js"

type Fields = Readonly<Record<string, unknown>>

// The entities that a bot can set, with their required field.
const types = new Map<string, string | undefined>([
  ["bold", undefined],
  ["italic", undefined],
  ["underline", undefined],
  ["strikethrough", undefined],
  ["spoiler", undefined],
  ["code", undefined],
  ["pre", undefined],
  ["blockquote", undefined],
  ["expandable_blockquote", undefined],
  ["text_link", "url"],
  ["text_mention", "user"],
  ["custom_emoji", "custom_emoji_id"],
  ["date_time", "unix_time"],
])

// The entities that Telegram detects itself.
const found = new Set(
  "mention hashtag cashtag bot_command url email phone_number bank_card_number".split(" "),
)

/** Parses the entities that a bot sends with a text. Throws 400 with Telegram's text. */
export function givenEntities(text: string, values: readonly unknown[]): MessageEntity[] {
  return values
    .map((value) => entityOf(value))
    .filter((entity) => entity !== undefined)
    .map((entity) => expectInside(text, entity))
    .filter(({ length }) => length > 0)
}

function entityOf(value: unknown): MessageEntity | undefined {
  if (typeof value !== "object" || value === null) throw broken("expected an Object")
  const fields: Fields = { ...value }
  for (const name of ["offset", "length"]) expectType(fields, name, "Number")
  expectType(fields, "type", "String")
  const type = String(fields["type"])
  if (type === "") throw broken("Type is not specified")
  if (found.has(type)) return undefined
  if (!types.has(type)) throw broken("Unsupported type specified")
  const needed = types.get(type)
  if (needed !== undefined) expectType(fields, needed, ownValue(typeNames, needed) ?? "String")
  const { offset, length } = fields
  const kept = ownValue(ownFields, type) ?? []
  const own = kept.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]])
  const entity = { type, offset, length, ...Object.fromEntries(own) }
  // The entity has the fields of its type.
  return (type === "text_link" ? linked(entity) : entity) as MessageEntity
}

// The fields of an entity besides its place.
const ownFields: Readonly<Record<string, readonly string[]>> = {
  text_link: ["url"],
  text_mention: ["user"],
  custom_emoji: ["custom_emoji_id"],
  date_time: ["unix_time", "date_time_format"],
  pre: ["language"],
}

// The type of a required field, unless it is a text.
const typeNames: Readonly<Record<string, string>> = { user: "Object", unix_time: "Number" }

function expectType(fields: Fields, name: string, type: string): void {
  const value = fields[name]
  if (value === undefined) throw broken(`Can't find field "${name}"`)
  const isText = typeof value === "string" || typeof value === "number"
  const isRight = type === "String" ? isText : typeof value === type.toLowerCase()
  if (!isRight) throw broken(`Field "${name}" must be of type ${type}`)
}

function linked(entity: Fields): object {
  const url = String(entity["url"])
  const target = linkTarget(url)
  if (target.kind === "url") return { ...entity, url: target.url }
  if (target.kind === "wrong") {
    throw CallError.badRequest(`entity URL '${url}' is invalid: ${target.reason}`)
  }
  const { offset, length } = entity
  // The user is looked up when the message is sent.
  const user = { id: target.id, is_bot: false, first_name: "" }
  return { type: "text_mention", offset, length, user }
}

// Returns an entity that lies in the text. Throws 400 for any other one.
function expectInside(text: string, entity: MessageEntity): MessageEntity {
  const { offset, length } = entity
  const end = offset + length
  if (offset < 0) throw CallError.badRequest(`receive an entity with incorrect offset ${offset}`)
  if (length < 0) throw CallError.badRequest(`receive an entity with incorrect length ${length}`)
  if (length === 0) return entity
  if (offset > text.length) {
    throw CallError.badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`)
  }
  if (isInPair(text, offset)) {
    const byte = byteAt(text, offset - 1)
    throw CallError.badRequest(
      `entity begins in a middle of a UTF-16 symbol at byte offset ${byte}`,
    )
  }
  const place = `entity beginning at UTF-16 offset ${offset} ends`
  if (end > text.length) {
    throw CallError.badRequest(`${place} after the end of the text at UTF-16 offset ${end}`)
  }
  if (isInPair(text, end)) {
    const byte = byteAt(text, end - 1)
    throw CallError.badRequest(`${place} in a middle of a UTF-16 symbol at byte offset ${byte}`)
  }
  return entity
}

// Tells if a position is between the two halves of a surrogate pair.
function isInPair(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xff_ff && at > 0
}

function broken(reason: string): CallError {
  return CallError.badRequest(`can't parse MessageEntity: ${reason}`)
}
