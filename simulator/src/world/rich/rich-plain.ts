import type { RichBlock, RichMessage, RichText } from "@grammyjs/types"

/** Returns the text of a `RichText` without its formatting. */
export function plainText(text: RichText): string {
  if (typeof text === "string") return text
  if (Array.isArray(text)) return text.map(plainText).join("")
  switch (text.type) {
    case "custom_emoji":
      return text.alternative_text
    case "mathematical_expression":
      return text.expression
    case "anchor":
      return ""
    case "button":
      return plainText(text.button.text)
    default:
      return plainText(text.text)
  }
}

/** Returns the texts of a rich message, one line for each. */
export function plainMessage({ blocks }: Pick<RichMessage, "blocks">): string {
  return blocks.flatMap(linesOf).join("\n")
}

function linesOf(block: RichBlock): string[] {
  switch (block.type) {
    case "heading":
    case "paragraph":
    case "pre":
    case "footer":
    case "thinking":
      return [plainText(block.text)]
    case "pullquote":
    case "expandable_blockquote":
      return [plainText(block.text), ...optional(block.credit)]
    case "blockquote":
      return [...block.blocks.flatMap(linesOf), ...optional(block.credit)]
    case "list":
      return block.items.map(({ label, blocks }) => `${label} ${blocks.flatMap(linesOf).join(" ")}`)
    case "table":
      return [
        ...optional(block.caption),
        ...block.cells.map((row) => row.map(({ text = "" }) => plainText(text)).join(" | ")),
      ]
    case "details":
      return [plainText(block.summary), ...block.blocks.flatMap(linesOf)]
    case "collage":
    case "slideshow":
      return [...block.blocks.flatMap(linesOf), ...optional(block.caption?.text)]
    case "mathematical_expression":
      return [block.expression]
    case "buttons":
      return [block.buttons.map(({ text }) => plainText(text)).join(" ")]
    case "anchor":
    case "divider":
      return []
    default:
      return optional(block.caption?.text)
  }
}

function optional(text: RichText | undefined): string[] {
  return text === undefined ? [] : [plainText(text)]
}
