/** The colours of Sounder's own reports, and their end. */
const ownColor = String.raw`\u001B\[(?:0|2|3[1236])m`
/** Characters that a terminal obeys, or that turn the order of others round. */
const obeyed = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]`
const pattern = new RegExp(`(${ownColor})|${obeyed}`, "g")

/**
 * Makes a text safe for a terminal: what comes from outside (a subject of a certificate, a message of
 * Telegram's, a header of a server) must not move the cursor, hide lines or set the title. Line breaks,
 * tabs and Sounder's own colours stay; other control characters become `\u001b`, as JSON writes them.
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
