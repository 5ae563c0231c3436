/** The colour codes that Sounder's reports use. */
const ownColor = String.raw`\u001B\[(?:0|2|3[1236])m`
/** Control characters, and characters that change the direction of text. */
const controlCharacter = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]`
const pattern = new RegExp(`(${ownColor})|${controlCharacter}`, "g")

/**
 * Makes a text safe for a terminal: foreign data, such as the subject of a certificate or the
 * header of a server, must not move the cursor, hide lines or set the title. Line breaks, tabs and
 * Sounder's own colours stay; other control characters become `\u001b`, as JSON writes them.
 */
export function visibleText(text: string): string {
  return text.replaceAll(
    pattern,
    (found: string, color: string | undefined) => color ?? escaped(found),
  )
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`
}
