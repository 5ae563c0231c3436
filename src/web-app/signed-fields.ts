/** The maximum length of data that are read, in UTF-16 code units. Telegram's data have fewer than 3,000. */
const maxLength = 16_384

/**
 * Returns the fields of signed data; `undefined` for data that Telegram never makes: too long, with a repeated field,
 * or with a line break or a `=` that would let another set of fields have the same signed text.
 */
export function signedFields(data: string): ReadonlyMap<string, string> | undefined {
  if (typeof data !== "string" || data.length > maxLength) return undefined
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(data)) {
    if (fields.has(name) || /[=\n]/.test(name) || value.includes("\n")) return undefined
    fields.set(name, value)
  }
  return fields
}

/** Returns the text that Telegram has signed: the fields in the order of their names, except some. */
export function signedText(fields: ReadonlyMap<string, string>, except: readonly string[]): string {
  return [...fields]
    .filter(([name]) => !except.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join("\n")
}

/** Returns whether data have a date, and are at most `maxAgeMs` old. */
export function isFresh(fields: ReadonlyMap<string, string>, maxAgeMs: number): boolean {
  const date = fields.get("auth_date") ?? ""
  return /^\d{1,12}$/.test(date) && Date.now() - Number(date) * 1_000 <= maxAgeMs
}
