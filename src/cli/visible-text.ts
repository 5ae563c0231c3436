import { characterCode, hiddenCharacters } from "../ground/hidden-characters.js"

/** The colour codes that Sounder's reports use. */
const ownColor = String.raw`\u001B\[(?:0|2|3[1236])m`
const pattern = new RegExp(`(${ownColor})|[${hiddenCharacters}]`, "g")

/**
 * Makes a text safe for a terminal: foreign data, such as the subject of a certificate or the
 * header of a server, must not move the cursor, hide lines or set the title. Line breaks, tabs and
 * Sounder's own colours stay; other hidden characters become `\u001b`, as JSON writes them.
 */
export function visibleText(text: string): string {
  return text.replaceAll(
    pattern,
    (found: string, color: string | undefined) => color ?? characterCode(found),
  )
}
