import fc from "fast-check"
import { expect, test } from "vitest"
import { formatted } from "../../simulator/src/world/formatted-text.js"
import type { MessageEntity } from "../../src/telegram/types.js"
import {
  blockquote,
  bold,
  code,
  expandableBlockquote,
  type FormattedText,
  fmt,
  italic,
  join,
  messageText,
  toHtml,
  toMarkdown,
  underline,
} from "../../src/text/index.js"
import { seen, trees, typed } from "./formatted-trees.js"

const isQuote = ({ type }: MessageEntity) => type.endsWith("blockquote")

/** Returns what a reader sees of a text that a bot sends with entities. */
function sent({ text, entities }: FormattedText, keep: (entity: MessageEntity) => boolean) {
  const stored = formatted(text, "", entities)
  return seen(stored.text, stored.entities.filter(keep))
}

/** Returns what a reader sees of a text that a bot sends with a parse mode. */
function parsed(text: string, mode: string, keep: (entity: MessageEntity) => boolean) {
  const stored = formatted(text, mode, undefined)
  return seen(stored.text, stored.entities.filter(keep))
}

test("Telegram's parse of toHtml gives the same text and formatting, for every nesting", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      expect(parsed(toHtml(tree), "HTML", () => true)).toEqual(sent(tree, () => true))
    }),
    { numRuns: 2_000 },
  )
})

test("Telegram's parse of toMarkdown gives the same text and formatting, apart from quotations within lines", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const keep = (entity: MessageEntity) => !isQuote(entity)
      expect(parsed(toMarkdown(tree), "MarkdownV2", keep)).toEqual(sent(tree, keep))
    }),
    { numRuns: 2_000 },
  )
})

test("Telegram's parse of toMarkdown gives the same quotations of whole lines", () => {
  const inLine = trees.map(({ text, entities }) => {
    const kept = entities.filter((entity) => !isQuote(entity) && entity.type !== "pre")
    return messageText({ text: text.replaceAll("\n", " "), entities: kept })
  })
  const line = inLine.filter(({ text }) => text.trim() !== "").map((tree) => fmt`x${tree}x`)
  const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map((all) => join(all, "\n"))
  const block = fc
    .tuple(
      fc.constantFrom(blockquote, expandableBlockquote, (text: FormattedText) => text),
      lines,
    )
    .map(([format, text]) => format(text))
  const whole = fc.array(block, { maxLength: 4 }).map((blocks) => join(blocks, "\n"))
  fc.assert(
    fc.property(whole, fc.constantFrom(bold, underline, undefined), (tree, format) => {
      const text = format ? format(tree) : tree
      expect(parsed(toMarkdown(text), "MarkdownV2", () => true)).toEqual(sent(text, () => true))
    }),
    { numRuns: 200 },
  )
})

test("nothing that a user typed is read as markup", () => {
  fc.assert(
    fc.property(typed, typed, (name, quoted) => {
      const text = fmt`Hello ${bold(name)}!\n${blockquote(quoted)}`
      const plain = `Hello ${name}!\n${quoted}`
      for (const [markup, mode] of [
        [toHtml(text), "HTML"],
        [toMarkdown(text), "MarkdownV2"],
      ] as const) {
        expect(formatted(markup, mode, undefined).text).toBe(formatted(plain, "", undefined).text)
      }
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  [fmt`a < b && c > d`, "a &lt; b &amp;&amp; c &gt; d", String.raw`a < b && c \> d`],
  [italic(underline("x")), "<i><u>x</u></i>", "_**__x__**_"],
  [fmt`${italic("a")}${underline("b")}`, "<i>a</i><u>b</u>", "_a_**__b__"],
  [code("a`b\\c"), "<code>a`b\\c</code>", "`a\\`b\\\\c`"],
  [
    fmt`${blockquote("a\nb")}\n${expandableBlockquote("c")}`,
    "<blockquote>a\nb</blockquote>\n<blockquote expandable>c</blockquote>",
    ">a\n>b\n**>c||",
  ],
])("%j is written as HTML and as Markdown", (text, html, markdown) => {
  expect(toHtml(text)).toBe(html)
  expect(toMarkdown(text)).toBe(markdown)
})

test("entities that cross are cut, and entities that Telegram finds by itself have no markup", () => {
  const message = {
    text: "abcdef @someone",
    entities: [
      { type: "bold", offset: 0, length: 4 },
      { type: "italic", offset: 2, length: 4 },
      { type: "mention", offset: 7, length: 8 },
    ] as MessageEntity[],
  }
  expect(toHtml(message)).toBe("<b>ab<i>cd</i></b><i>ef</i> @someone")
})

test("the caption of a file is written, and a message without text gives an empty string", () => {
  const caption_entities: MessageEntity[] = [{ type: "bold", offset: 0, length: 1 }]
  expect(toHtml({ caption: "a_b", caption_entities })).toBe("<b>a</b>_b")
  expect(toMarkdown({ caption: "a_b", caption_entities })).toBe(String.raw`*a*\_b`)
  expect(toHtml({})).toBe("")
})
