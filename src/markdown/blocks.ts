import type { MarkedToken, Token, Tokens } from "marked"
import { blockquote, bold, fmt, type FormattedText, join, pre } from "../text/index.js"
import { endOf } from "../text/entity-kinds.js"
import { inlineOf } from "./inline.js"
import { tableOf } from "./table.js"

/** The deepest level of a list that is indented. Deeper ones would take time with the square of their depth. */
const deepestIndented = 20

/** Returns the text of blocks, with an empty line between two of them. */
export function blocksOf(tokens: readonly Token[], level = 0): FormattedText {
  return join(texts(tokens, level), "\n\n")
}

/** @param level the number of lists around the blocks */
function texts(tokens: readonly Token[], level: number): FormattedText[] {
  return tokens.flatMap((token) => blockOf(token, level)).filter(({ text }) => text !== "")
}

function blockOf(token: Token, level: number): FormattedText | [] {
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
      return blockquote(blocksOf(known.tokens, level))
    case "list":
      return listOf(known, level + 1)
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

function listOf(list: Tokens.List, level: number): FormattedText {
  const first = list.start === "" ? 1 : list.start
  const items = list.items.map((item, index) => {
    const marker = list.ordered ? `${first + index}.` : "•"
    return itemOf(item, item.task ? (item.checked ? "☑" : "☐") : marker, level)
  })
  return join(items, list.loose ? "\n\n" : "\n")
}

/** Returns an item after its marker. The lines of its further blocks are indented. */
function itemOf(item: Tokens.ListItem, marker: string, level: number): FormattedText {
  const [first = fmt``, ...rest] = texts(item.tokens, level)
  const blocks = level > deepestIndented ? rest : rest.map(indented)
  return join([fmt`${marker} ${first}`, ...blocks], item.loose ? "\n\n" : "\n")
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
    const end = offset + line.length
    const own = entities
      .filter((entity) => entity.offset < end && endOf(entity) > offset)
      .map((entity) => {
        const from = Math.max(entity.offset, offset)
        const to = Math.min(endOf(entity), end)
        return { ...entity, offset: from - offset, length: to - from }
      })
    return { text: line, entities: own }
  })
}
