import { startTag, withCharacters } from "../html-tag.js"
import { byteAt, unparsed } from "../open-entity.js"

/** An element of a rich message in HTML. */
export interface RichElement {
  readonly name: string
  /** The values of the attributes; those without a value are empty. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: RichNode[]
}

/** A text or an element of a rich message in HTML. */
export type RichNode = string | RichElement

const names = new Set([
  ...[
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "mark",
    "sub",
    "sup",
  ],
  ...[
    "tg-spoiler",
    "tg-reference",
    "tg-emoji",
    "tg-time",
    "tg-math",
    "tg-button",
    "br",
    "p",
    "pre",
  ],
  ...["h1", "h2", "h3", "h4", "h5", "h6", "footer", "hr", "ul", "ol", "li", "input", "blockquote"],
  ...["cite", "aside", "img", "video", "audio", "tg-document", "figure", "figcaption", "tg-map"],
  ...["tg-collage", "tg-slideshow", "table", "caption", "tr", "th", "td", "details", "summary"],
  ...["tg-math-block", "tg-button-row", "tg-thinking"],
])

/** The deepest nesting that is parsed; the limit of blocks and texts is lower. */
const maxDepth = 64

/** The elements that have no end tag. */
const isEmpty = new Set(["br", "hr", "img", "input", "tg-map"])

/** The named characters of rich messages, beyond those of other texts. */
const characters: Readonly<Record<string, string>> = {
  ...{ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00A0", hellip: "…" },
  ...{ mdash: "—", ndash: "–", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”" },
}

/** Parses a rich message in HTML. Throws 400 for HTML that Telegram does not support. */
export function richTree(html: string): RichNode[] {
  const root: RichElement = { name: "", attributes: new Map(), children: [] }
  const open = [root]
  let at = 0
  for (;;) {
    const next = html.indexOf("<", at)
    const text = withCharacters(html.slice(at, next === -1 ? undefined : next), characters)
    if (text !== "") open.at(-1)?.children.push(text)
    if (next === -1) break
    if (html.startsWith("<!--", next)) at = afterComment(html, next)
    else if (html[next + 1] === "/") at = close(html, next, open)
    else at = enter(html, next, open)
  }
  const unclosed = open.length > 1 ? open.pop() : undefined
  if (unclosed === undefined) return root.children
  throw unparsed(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
}

/** Opens an element. Returns the position behind its start tag. */
function enter(html: string, at: number, open: RichElement[]): number {
  const name = nameAt(html, at + 1)
  if (!names.has(name)) {
    throw unparsed(`Unsupported start tag "${name}" at byte offset ${byteAt(html, at)}`)
  }
  if (open.length > maxDepth) throw unparsed("Too many nested tags")
  const { attributes, end, isClosed } = startTag(html, at, at + 1 + name.length, {
    ...{ canClose: true, characters },
  })
  const element: RichElement = { name, attributes, children: [] }
  open.at(-1)?.children.push(element)
  if (!isClosed && !isEmpty.has(name)) open.push(element)
  return end
}

/** Closes an element. Returns the position behind its end tag. */
function close(html: string, at: number, open: RichElement[]): number {
  const name = nameAt(html, at + 2)
  const place = () => `at byte offset ${byteAt(html, at)}`
  const end = html.indexOf(">", at)
  if (end === -1) throw unparsed(`Unclosed end tag ${place()}`)
  if (isEmpty.has(name)) return end + 1
  const element = open.length > 1 ? open.pop() : undefined
  if (element === undefined) throw unparsed(`Unexpected end tag ${place()}`)
  if (element.name === name) return end + 1
  throw unparsed(`Unmatched end tag ${place()}, expected "</${element.name}>", found "</${name}>"`)
}

function nameAt(html: string, at: number): string {
  const end = html.slice(at, at + 20).search(/[\s/>]/)
  return html.slice(at, at + (end === -1 ? 20 : end)).toLowerCase()
}

function afterComment(html: string, at: number): number {
  const end = html.indexOf("-->", at)
  return end === -1 ? html.length : end + 3
}

/** Returns the text within nodes. */
export function textOf(nodes: readonly RichNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node
      return node.name === "br" ? "\n" : textOf(node.children)
    })
    .join("")
}

/** Returns the first element of a name; `undefined` without one. */
export function childOf({ children }: RichElement, name: string): RichElement | undefined {
  return children.find(
    (node): node is RichElement => typeof node !== "string" && node.name === name,
  )
}

/** Returns the nodes without the elements of the names. */
export function without(nodes: readonly RichNode[], ...left: string[]): RichNode[] {
  return nodes.filter((node) => typeof node === "string" || !left.includes(node.name))
}

/** Returns the elements of the names, at any depth. */
export function elementsOf(nodes: readonly RichNode[], ...wanted: string[]): RichElement[] {
  return nodes.flatMap((node) => {
    if (typeof node === "string") return []
    return [...(wanted.includes(node.name) ? [node] : []), ...elementsOf(node.children, ...wanted)]
  })
}
