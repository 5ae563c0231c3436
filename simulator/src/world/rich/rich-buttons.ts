import type { Message, RichBlock, RichMessageButton, RichText } from "@grammyjs/types"
import { plainText } from "./rich-plain.js"

/** A button of a message with its text, without formatting. */
export type ShownButton = RichMessageButton & { readonly text: string }

/** Returns the buttons within the text of a rich message; none for another message. */
export function richButtons({ rich_message }: Message): ShownButton[] {
  return (rich_message?.blocks ?? []).flatMap(ofBlock).map((button) => ({
    ...button,
    text: plainText(button.text),
  }))
}

function ofBlock(block: RichBlock): RichMessageButton[] {
  const own = textsOf(block).flatMap(ofText)
  if (block.type === "buttons") return block.buttons
  if (block.type === "list") return block.items.flatMap((item) => item.blocks.flatMap(ofBlock))
  return "blocks" in block ? [...own, ...block.blocks.flatMap(ofBlock)] : own
}

/** Returns the texts of a block: its own, and its title, caption and credit. */
function textsOf(block: RichBlock): RichText[] {
  const { caption } = "caption" in block ? block : {}
  const isText = typeof caption !== "object" || Array.isArray(caption) || "type" in caption
  const captions = isText ? [caption] : [caption.text, caption.credit]
  return [
    "text" in block ? block.text : undefined,
    "summary" in block ? block.summary : undefined,
    "credit" in block ? block.credit : undefined,
    ...("cells" in block ? block.cells.flat().map(({ text }) => text) : []),
    ...captions,
  ].filter((text) => text !== undefined)
}

function ofText(text: RichText): RichMessageButton[] {
  if (typeof text === "string") return []
  if (Array.isArray(text)) return text.flatMap(ofText)
  if (text.type === "button") return [text.button]
  return "text" in text ? ofText(text.text) : []
}
