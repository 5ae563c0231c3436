const beyondAscii = /[\u0080-\uffff]/
const everyBeyondAscii = /[\u0080-\uffff]/g

/** JSON as Telegram writes it: no spaces, every character beyond ASCII as `\uXXXX` in lower case. */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value)
  return beyondAscii.test(json) ? json.replaceAll(everyBeyondAscii, escaped) : json
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}
