import type { Update } from "@grammyjs/types"
import { decodeJson } from "./decode-json.js"
import { InvalidUpdate } from "./errors.js"

const maxUpdateId = 2 ** 31 - 1

/**
 * Parses the update in the body of a webhook request.
 *
 * @param input the body: JSON as a text or as UTF-8 bytes, or the parsed object
 * @throws {@link InvalidUpdate} that says why the input is not an update
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
    throw new InvalidUpdate(`Expected an update, a JSON object, got ${describe(value)}`)
  }
  if (!Object.hasOwn(value, "update_id")) {
    throw new InvalidUpdate("Expected an update, got an object without update_id")
  }
  const { update_id: id } = value as { update_id?: unknown }
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > maxUpdateId) {
    throw new InvalidUpdate(`Expected update_id to be a 32-bit integer, got ${describe(id)}`)
  }
  // Nothing beyond the id is checked, so that update types newer than this version pass.
  return value as Update
}

function parseJson(input: string | Uint8Array): unknown {
  const text = typeof input === "string" ? input.replace(/^\uFEFF/, "") : decodeJson(input)
  try {
    return JSON.parse(text)
  } catch {
    // The error does not become the `cause`: its message quotes the JSON text, which contains messages of users.
    throw new InvalidUpdate("Expected an update, got a text that is not valid JSON")
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value)
  if (Array.isArray(value)) return "an array"
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}
