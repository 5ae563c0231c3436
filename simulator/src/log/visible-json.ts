/** Characters that JSON leaves as they are, and that control a terminal or the direction of text. */
const unsafe = /[\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/**
 * Returns a value as JSON for a line on a terminal: texts from bots and people must not move the cursor.
 *
 * @param maxLength the length after which a text is cut
 */
export function visibleJson(text: string, maxLength: number): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  return JSON.stringify(short).replaceAll(unsafe, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`
  })
}
