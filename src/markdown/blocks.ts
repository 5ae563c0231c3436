import type { MarkedToken, Token, Tokens } from "marked"
import { blockquote, bold, fmt, type FormattedText, join, pre } from "../text/index.js"
import { inlineOf } from "./inline.js"
import { tableOf } from "./table.js"

/** Returns the text of blocks, with an empty line between two of them. */
export function blocksOf(tokens: readonly Token[]): FormattedText {
  return join(texts(tokens), "\n\n")
}

function texts(tokens: readonly Token[]): FormattedText[] {
  return tokens.flatMap((token) => blockOf(token)).filter(({ text }) => text !== "")
}

function blockOf(token: Token): FormattedText | [] {
  // The lexer without extensions makes no other tokens.
  const known = token as MarkedToken
  switch (known.type) {
    case "heading":
      return bold(inlineOf(known.tokens))
    case "paragraph":
      return inlineOf(known.tokens)
    case "text":
      return inlineOf(known.tokens ?? [known])
    case "code":
      return pre(known.text, known.lang)
    case "blockquote":
      return blockquote(blocksOf(known.tokens))
    case "list":
      return listOf(known)
    case "table":
      return pre(tableOf(known))
    case "hr":
      return fmt`──────────`
    case "html":
      return fmt`${known.text.trim()}`
    case "space":
    case "def":
    case "checkbox":
      return []
    default:
      return fmt`${known.raw}`
  }
}

function listOf(list: Tokens.List): FormattedText {
  const first = list.start === "" ? 1 : list.start
  const items = list.items.map((item, index) => {
    const marker = list.ordered ? `${first + index}.` : "•"
    return itemOf(item, item.task ? (item.checked ? "☑" : "☐") : marker)
  })
  return join(items, list.loose ? "\n\n" : "\n")
}

/** Returns an item after its marker. The lines of its further blocks are indented. */
function itemOf(item: Tokens.ListItem, marker: string): FormattedText {
  const [first = fmt``, ...rest] = texts(item.tokens)
  return join([fmt`${marker} ${first}`, ...rest.map(indented)], item.loose ? "\n\n" : "\n")
}

function indented(block: FormattedText): FormattedText {
  const isCode = block.entities.some(
    ({ type, length }) => type === "pre" && length === block.text.length,
  )
  return isCode
    ? block
    : join(
        lines(block).map((line) => fmt`  ${line}`),
        "\n",
      )
}

/** Returns the lines of a text, each with the parts of the entities that it has. */
function lines({ text, entities }: FormattedText): FormattedText[] {
  let start = 0
  return text.split("\n").map((line) => {
    const offset = start
    start += line.length + 1
    const own = entities
      .map((entity) => {
        const from = Math.max(entity.offset, offset)
        const to = Math.min(entity.offset + entity.length, offset + line.length)
        return { ...entity, offset: from - offset, length: to - from }
      })
      .filter(({ length }) => length > 0)
    return { text: line, entities: own }
  })
}
