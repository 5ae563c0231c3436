import { expectText, unexpectedOption } from "../ground/expect-option.js"

/** The maximum number of bytes of a button's data. */
export const maxDataBytes = 64

const encoder = new TextEncoder()

/** Returns the number of bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}

/** Returns the text of a button. Throws a `TypeError` unless the value is a string that is not empty. */
export function expectLabel(text: unknown): string {
  return expectText("text", text)
}

/** Returns the data of a button. Throws a `TypeError` unless the data have 1 to 64 bytes. */
export function expectData(data: unknown): string {
  if (typeof data === "string" && data !== "" && byteLength(data) <= maxDataBytes) return data
  const length = typeof data === "string" ? `, and the given one has ${byteLength(data)}` : ""
  return unexpectedOption("callback_data", `a string of 1 to 64 bytes${length}`, data)
}
