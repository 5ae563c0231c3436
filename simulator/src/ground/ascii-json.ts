const beyondAscii = /[\u0080-\uffff]/
const everyBeyondAscii = /[\u0080-\uffff]/g

/**
 * Returns JSON in Telegram's form: no spaces, and every non-ASCII character as lower-case `\uXXXX`.
 */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value)
  return beyondAscii.test(json) ? json.replaceAll(everyBeyondAscii, escaped) : json
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}
