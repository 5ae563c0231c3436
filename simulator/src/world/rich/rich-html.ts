import { unparsed } from "../open-entity.js"
import { emojiId, inlineText, richButton, trimmed, type GivenText } from "./rich-inline.js"
import { tableBlock } from "./rich-table.js"
import {
  childOf,
  elementsOf,
  richTree,
  textOf,
  without,
  type RichElement,
  type RichNode,
} from "./rich-tree.js"

/** A block as bots pass it in `blocks`, not yet checked. */
export type GivenBlock = Readonly<Record<string, unknown>>

/** Returns the medium that a link such as `tg://photo?id=1` names. Throws for an unknown link. */
export type FindMedium = (link: string) => object

/** Returns a rich message in HTML as blocks. Throws 400 for HTML that Telegram does not support. */
export function blocksOfHtml(html: string, find: FindMedium): GivenBlock[] {
  const tree = richTree(html)
  const references = elementsOf(tree, "tg-reference").map(
    ({ attributes }) => attributes.get("name") ?? "",
  )
  return new HtmlBlocks(new Set(references), find).of(tree)
}

const inlineNames = new Set(
  (
    "a b strong i em u ins s strike del code mark sub sup tg-spoiler tg-reference tg-emoji tg-time " +
    "tg-math tg-button br"
  ).split(" "),
)

class HtmlBlocks {
  readonly #references: ReadonlySet<string>
  readonly #find: FindMedium

  constructor(references: ReadonlySet<string>, find: FindMedium) {
    this.#references = references
    this.#find = find
  }

  /** Returns nodes as blocks: inline nodes in a row are a paragraph. */
  of(nodes: readonly RichNode[]): GivenBlock[] {
    const blocks: GivenBlock[] = []
    let row: RichNode[] = []
    const endRow = () => {
      const [only, ...others] = row.filter((node) => typeof node !== "string" || node.trim() !== "")
      const text = trimmed(this.#text(row))
      row = []
      const isAnchor =
        others.length === 0 && typeof only === "object" && only.attributes.has("name")
      if (isAnchor && only.name === "a" && only.children.length === 0) {
        blocks.push({ type: "anchor", name: only.attributes.get("name") })
      } else if (text !== "" && !(Array.isArray(text) && text.length === 0)) {
        blocks.push({ type: "paragraph", text })
      }
    }
    for (const node of nodes) {
      const isInline =
        typeof node === "string" || inlineNames.has(node.name) || emojiId(node) !== undefined
      if (isInline) {
        row.push(node)
        continue
      }
      endRow()
      blocks.push(...this.#block(node))
    }
    endRow()
    return blocks
  }

  #text(nodes: readonly RichNode[]): GivenText {
    return inlineText(nodes, this.#references)
  }

  #block(element: RichElement): GivenBlock[] {
    const { name, attributes, children } = element
    const text = () => trimmed(this.#text(without(children, "cite")))
    const heading = /^h([1-6])$/.exec(name)?.[1]
    if (heading !== undefined) return [{ type: "heading", text: text(), size: Number(heading) }]
    switch (name) {
      // An image in a paragraph is a block of its own.
      case "p":
        return this.of(children)
      case "pre":
        return [preformatted(element)]
      case "footer":
        return [{ type: "footer", text: text() }]
      case "tg-thinking":
        return [{ type: "thinking", text: text() }]
      case "hr":
        return [{ type: "divider" }]
      case "tg-math-block":
        return [{ type: "mathematical_expression", expression: textOf(children) }]
      case "ul":
      case "ol":
        return [{ type: "list", items: this.#items(element) }]
      case "blockquote":
        return attributes.has("expandable")
          ? [{ type: "expandable_blockquote", text: text(), ...this.#credit(element) }]
          : [
              {
                type: "blockquote",
                blocks: this.of(without(children, "cite")),
                ...this.#credit(element),
              },
            ]
      case "aside":
        return [{ type: "pullquote", text: text(), ...this.#credit(element) }]
      case "table":
        return [tableBlock(element, (nodes) => trimmed(this.#text(nodes)))]
      case "details": {
        const summary = childOf(element, "summary")
        const isOpen = attributes.has("open") ? { is_open: true } : {}
        const blocks = this.of(without(children, "summary"))
        return [
          { type: "details", summary: this.#text(summary?.children ?? []), blocks, ...isOpen },
        ]
      }
      case "tg-collage":
      case "tg-slideshow": {
        const blocks = this.of(without(children, "figcaption"))
        return [{ type: name.slice("tg-".length), blocks, ...this.#caption(element) }]
      }
      case "figure":
        return this.#figure(element)
      case "tg-button-row": {
        const buttons = elementsOf(children, "tg-button")
        const align = attributes.has("align") ? { align: attributes.get("align") } : {}
        const row = buttons.map((button) => richButton(button, this.#references))
        return [{ type: "buttons", buttons: row, ...align }]
      }
      default:
        return [this.#medium(element)]
    }
  }

  #figure(element: RichElement): GivenBlock[] {
    const [block, ...others] = this.of(without(element.children, "figcaption"))
    if (block === undefined || others.length > 0) {
      throw unparsed('Tag "figure" must contain exactly one block')
    }
    return [{ ...block, ...this.#caption(element) }]
  }

  #caption(element: RichElement): object {
    const caption = childOf(element, "figcaption")
    if (caption === undefined) return {}
    const text = trimmed(this.#text(without(caption.children, "cite")))
    return { caption: { text, ...this.#credit(caption) } }
  }

  #credit(element: RichElement): object {
    const credit = childOf(element, "cite")
    return credit === undefined ? {} : { credit: this.#text(credit.children) }
  }

  #items({ name, attributes, children }: RichElement): object[] {
    const items = without(children, "").filter((node) => typeof node !== "string")
    const isReversed = attributes.has("reversed")
    const step = isReversed ? -1 : 1
    let next = integer(attributes.get("start")) ?? (isReversed ? items.length : 1)
    return items.map((item) => {
      const box = elementsOf(item.children.slice(0, 2), "input")[0]
      const value = integer(item.attributes.get("value")) ?? next
      next = value + step
      const type = item.attributes.get("type") ?? attributes.get("type") ?? "1"
      const isChecked = box?.attributes.has("checked") === true
      return {
        blocks: this.of(withoutBox(item.children)),
        ...(box !== undefined && { has_checkbox: true, ...(isChecked && { is_checked: true }) }),
        ...(name === "ol" && { value, type }),
      }
    })
  }

  #medium({ name, attributes }: RichElement): GivenBlock {
    if (name === "tg-map") return mapBlock(attributes)
    const src = attributes.get("src") ?? ""
    const kind = mediumKind(name, src)
    if (kind === undefined) throw unparsed(`Tag "${name}" is not allowed here`)
    const spoiler = attributes.has("tg-spoiler") ? { has_spoiler: true } : {}
    const known = src.startsWith("tg://") ? this.#find(src) : { type: kind, media: src }
    const type = "type" in known ? String(known.type) : kind
    return { type, [type]: { ...known, ...spoiler } }
  }
}

/** Returns the kind of the medium of an element; `undefined` for an element that is none. */
function mediumKind(name: string, src: string): string | undefined {
  const path = src.split(/[?#]/)[0] ?? ""
  if (name === "img") return "photo"
  if (name === "video") return /\.gif$/i.test(path) ? "animation" : "video"
  if (name === "audio") return /\.(?:ogg|oga|opus)$/i.test(path) ? "voice_note" : "audio"
  return name === "tg-document" ? "document" : undefined
}

/** Returns an attribute as an integer; `undefined` for any other text. */
function integer(text = ""): number | undefined {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined
}

function preformatted({ children }: RichElement): GivenBlock {
  const [code] = children
  const isCode = children.length === 1 && typeof code === "object" && code.name === "code"
  const language = isCode
    ? /^language-(.+)$/.exec(code.attributes.get("class") ?? "")?.[1]
    : undefined
  const text = textOf(children).replace(/\n$/, "")
  return { type: "pre", text, ...(language !== undefined && { language }) }
}

function mapBlock(attributes: ReadonlyMap<string, string>): GivenBlock {
  const number = (name: string, usual: number) => Number(attributes.get(name) ?? usual)
  const location = { latitude: number("lat", Number.NaN), longitude: number("long", Number.NaN) }
  const size = { width: number("width", 600), height: number("height", 300) }
  return { type: "map", location, zoom: number("zoom", 13), ...size }
}

function withoutBox(nodes: readonly RichNode[]): RichNode[] {
  return without(nodes, "input").map((node) =>
    typeof node === "object" && node.name === "p"
      ? { ...node, children: without(node.children, "input") }
      : node,
  )
}
