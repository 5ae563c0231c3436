import type { GivenText } from "./rich-inline.js"
import { childOf, elementsOf, type RichElement, type RichNode } from "./rich-tree.js"

const flags = { is_bordered: "bordered", is_striped: "striped", is_compact: "compact" } as const

/**
 * Returns a `table` as a block.
 *
 * @param text returns nodes as a text
 */
export function tableBlock(
  table: RichElement,
  text: (nodes: readonly RichNode[]) => GivenText,
): Readonly<Record<string, unknown>> {
  const caption = childOf(table, "caption")
  const set = Object.entries(flags).filter(([, attribute]) => table.attributes.has(attribute))
  const cells = elementsOf(table.children, "tr").map((row) =>
    elementsOf(row.children, "th", "td").map((cell) => cellOf(cell, text)),
  )
  return {
    type: "table",
    cells,
    ...Object.fromEntries(set.map(([name]) => [name, true])),
    ...(caption !== undefined && { caption: text(caption.children) }),
  }
}

function cellOf(
  { name, attributes, children }: RichElement,
  text: (nodes: readonly RichNode[]) => GivenText,
): object {
  const spans = ["colspan", "rowspan"].filter((span) => attributes.has(span))
  const aligns = ["align", "valign"].filter((align) => attributes.has(align))
  return {
    text: text(children),
    ...(name === "th" && { is_header: true }),
    ...Object.fromEntries(spans.map((span) => [span, Number(attributes.get(span))])),
    ...Object.fromEntries(aligns.map((align) => [align, attributes.get(align)])),
  }
}
