import type { MessageEntity } from "../telegram/types.js"
import { endOf, isCode, isQuote } from "./entity-kinds.js"
import { markdownEntities } from "./markdown-entities.js"
import { messageText, type TextSource } from "./message-text.js"
import { walkText, type TextWriter } from "./walk-text.js"

/**
 * Returns the text or the caption of a message as Markdown that Telegram reads with `parse_mode: "MarkdownV2"`,
 * and that gives the same text with the same formatting. A quotation that does not consist of whole lines is left
 * out, because MarkdownV2 cannot express one.
 *
 * @see https://core.telegram.org/bots/api#markdownv2-style
 */
export function toMarkdown(source: TextSource): string {
  const { text, entities } = messageText(source)
  const writer = new MarkdownWriter()
  walkText(text, markdownEntities(text, entities), writer)
  return writer.markdown
}

class MarkdownWriter implements TextWriter {
  markdown = ""
  #isInQuote = false
  #isInCode = false
  /** The end of the last quotation. */
  #lastQuoteEnd: number | undefined
  /** The number of characters of the text that have been written. */
  #at = 0
  /** The place in the output after the last marker that ends with an underscore. */
  #afterUnderscore = -1

  open(entity: MessageEntity): void {
    if (isQuote(entity)) {
      this.#isInQuote = true
      // An empty bold entity separates a quotation from the one before.
      this.markdown += this.#lastQuoteEnd === this.#at - 1 ? "**>" : ">"
    } else this.#mark(markersOf(entity)[0])
    if (isCode(entity)) this.#isInCode = true
  }

  close(entity: MessageEntity): void {
    if (isCode(entity)) this.#isInCode = false
    if (isQuote(entity)) {
      this.#isInQuote = false
      this.#lastQuoteEnd = endOf(entity)
      if (entity.type === "expandable_blockquote") this.markdown += "||"
    } else this.#mark(markersOf(entity)[1])
  }

  write(piece: string): void {
    this.#at += piece.length
    if (this.#isInCode) this.markdown += piece.replaceAll(/[`\\]/g, String.raw`\$&`)
    else {
      const escaped = piece.replaceAll(/[_*[\]()~`>#+\-=|{}.!\\]/g, String.raw`\$&`)
      this.markdown += this.#isInQuote ? escaped.replaceAll("\n", "\n>") : escaped
    }
  }

  /** Writes a marker, separated by an empty bold entity where two markers would read as `__` and `_`. */
  #mark(marker: string): void {
    if (marker.startsWith("_") && this.#afterUnderscore === this.markdown.length) {
      this.markdown += "**"
    }
    this.markdown += marker
    if (marker.endsWith("_")) this.#afterUnderscore = this.markdown.length
  }
}

/** Returns the start marker and the end marker of an entity; two empty strings for a type without a marker. */
function markersOf(entity: MessageEntity): readonly [string, string] {
  switch (entity.type) {
    case "bold":
      return ["*", "*"]
    case "italic":
      return ["_", "_"]
    case "underline":
      return ["__", "__"]
    case "strikethrough":
      return ["~", "~"]
    case "spoiler":
      return ["||", "||"]
    case "code":
      return ["`", "`"]
    case "pre":
      return [`\`\`\`${entity.language ?? ""}\n`, "```"]
    case "text_link":
      return linkMarkers("[", entity.url)
    case "text_mention":
      return linkMarkers("[", `tg://user?id=${entity.user.id}`)
    case "custom_emoji":
      return linkMarkers("![", `tg://emoji?id=${entity.custom_emoji_id}`)
    case "date_time":
      return linkMarkers(
        "![",
        `tg://time?unix=${entity.unix_time}&format=${entity.date_time_format}`,
      )
    default:
      return ["", ""]
  }
}

function linkMarkers(start: string, url: string): readonly [string, string] {
  return [start, `](${url.replaceAll(/[)\\]/g, String.raw`\$&`)})`]
}
