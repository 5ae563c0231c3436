import type { Update } from "@grammyjs/types"
import { InvalidUpdate } from "./errors.js"

const maxUpdateId = 2 ** 31 - 1

/**
 * Makes an update of what a web server received.
 *
 * @param input the request's body: JSON as text or bytes (UTF-8), or the object it was parsed to
 * @throws {@link InvalidUpdate} that says what is wrong with it
 * @example
 * ```ts
 * import { parseUpdate } from "sounder"
 *
 * const update = parseUpdate('{"update_id":1,"message":{"message_id":1}}')
 * ```
 */
export function parseUpdate(input: string | Uint8Array | object): Update {
  const value = typeof input === "string" || input instanceof Uint8Array ? parseJson(input) : input
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new InvalidUpdate(`Expected an update, a JSON object, got ${nameOf(value)}`)
  }
  const { update_id: id } = value as { update_id?: unknown }
  if (id === undefined) throw new InvalidUpdate("Expected an update, got an object without update_id")
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > maxUpdateId) {
    throw new InvalidUpdate(`Expected update_id to be a 32-bit integer, got ${nameOf(id)}`)
  }
  // Everything beyond the id is Telegram's word: types newer than this version must pass.
  return value as Update
}

function parseJson(input: string | Uint8Array): unknown {
  try {
    const text =
      typeof input === "string" ? input : new TextDecoder("utf-8", { fatal: true }).decode(input)
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? "not valid JSON" : "not valid UTF-8"
    throw new InvalidUpdate(`Expected an update, got a text that is ${reason}`, { cause })
  }
}

function nameOf(value: unknown): string {
  if (value === null) return "null"
  if (Array.isArray(value)) return "an array"
  if (typeof value === "string") return `a string`
  return typeof value === "object" ? "an object" : `${typeof value} ${String(value)}`
}
