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
  if (block.type === "buttons") return block.buttons
  if (block.type === "table") {
    return block.cells.flat().flatMap(({ text }) => (text === undefined ? [] : ofText(text)))
  }
  if (block.type === "list") return block.items.flatMap((item) => item.blocks.flatMap(ofBlock))
  const inner = "blocks" in block ? block.blocks.flatMap(ofBlock) : []
  return [...("text" in block ? ofText(block.text) : []), ...inner]
}

function ofText(text: RichText): RichMessageButton[] {
  if (typeof text === "string") return []
  if (Array.isArray(text)) return text.flatMap(ofText)
  if (text.type === "button") return [text.button]
  return "text" in text ? ofText(text.text) : []
}
