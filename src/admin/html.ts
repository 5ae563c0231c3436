import { characterCode, hiddenCharacters } from "../ground/hidden-characters.js"

/** A text of HTML in which all foreign texts are escaped. */
export class Html {
  readonly text: string

  /** @param text HTML that contains no unescaped foreign text */
  constructor(text: string) {
    this.text = text
  }
}

/** A part of a template: HTML, a list of parts, a text or number to escape, or nothing. */
export type HtmlPart = Html | string | number | false | undefined | readonly HtmlPart[]

/** Makes HTML from a template literal: a value that is not HTML is escaped, for elements and for quoted attributes. */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let all = texts[0] ?? ""
  for (const [index, part] of parts.entries()) all += textOf(part) + (texts[index + 1] ?? "")
  return new Html(all)
}

function textOf(part: HtmlPart): string {
  if (part instanceof Html) return part.text
  if (part === undefined || part === false) return ""
  if (typeof part === "object") return part.map(textOf).join("")
  return escaped(visible(String(part)))
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
}

const hidden = new RegExp(`[${hiddenCharacters}]`, "g")

/**
 * Replaces characters that would be invisible and could make a text look like another one by their codes, such as
 * `\u202e`, and lone surrogates by U+FFFD.
 */
function visible(text: string): string {
  return text.toWellFormed().replaceAll(hidden, characterCode)
}
