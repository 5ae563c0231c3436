import type { MessageEntity } from "../telegram/types.js"
import { messageText, type TextSource } from "./message-text.js"
import { walkText } from "./walk-text.js"

/**
 * Returns the text or the caption of a message as HTML that Telegram reads with `parse_mode: "HTML"`, and that
 * gives the same text with the same formatting.
 *
 * @see https://core.telegram.org/bots/api#html-style
 */
export function toHtml(source: TextSource): string {
  const { text, entities } = messageText(source)
  let html = ""
  walkText(text, entities, {
    open: (entity) => void (html += tagsOf(entity)[0]),
    close: (entity) => void (html += tagsOf(entity)[1]),
    write: (piece) => void (html += escaped(piece)),
  })
  return html
}

/** Returns the start tag and the end tag of an entity; two empty strings for a type without a tag. */
function tagsOf(entity: MessageEntity): readonly [string, string] {
  switch (entity.type) {
    case "bold":
      return element("b")
    case "italic":
      return element("i")
    case "underline":
      return element("u")
    case "strikethrough":
      return element("s")
    case "spoiler":
      return element("tg-spoiler")
    case "code":
      return element("code")
    case "blockquote":
      return element("blockquote")
    case "expandable_blockquote":
      return ["<blockquote expandable>", "</blockquote>"]
    case "pre":
      if (entity.language === undefined) return element("pre")
      return [`<pre><code class="language-${escaped(entity.language)}">`, "</code></pre>"]
    case "text_link":
      return element("a", `href="${escaped(entity.url)}"`)
    case "text_mention":
      return element("a", `href="tg://user?id=${entity.user.id}"`)
    case "custom_emoji":
      return element("tg-emoji", `emoji-id="${escaped(entity.custom_emoji_id)}"`)
    case "date_time":
      return element(
        "tg-time",
        `unix="${entity.unix_time}" format="${escaped(entity.date_time_format)}"`,
      )
    default:
      return ["", ""]
  }
}

function element(name: string, attributes = ""): readonly [string, string] {
  return [attributes === "" ? `<${name}>` : `<${name} ${attributes}>`, `</${name}>`]
}

const references: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
])

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => references.get(character) ?? character)
}
