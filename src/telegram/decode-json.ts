import { InvalidUpdate } from "./errors.js"

/**
 * Decodes the bytes of a JSON text from UTF-8, and removes a byte order mark.
 *
 * @throws {@link InvalidUpdate} for bytes that are not UTF-8
 */
export function decodeJson(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new InvalidUpdate("Expected an update, got a text that is not valid UTF-8", { cause })
  }
}
