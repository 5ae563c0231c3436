/**
 * Characters that are invisible and could make a text look like another one: control characters, marks that change the
 * direction of text, and characters without a width. The content of a character class; tabs and line breaks are left
 * out, as are the joiners of emoji.
 */
export const hiddenCharacters = String.raw`\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2064\u2066-\u206F\uFEFF`

/** Returns the code of a character, as JSON writes it, such as `\u202e`. */
export function characterCode(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`
}
