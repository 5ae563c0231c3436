import fc from "fast-check"
import { expect, test } from "vitest"
import { detectedEntities } from "../../src/world/entities.js"
import { formatted, writtenText } from "../../src/world/formatted-text.js"
import { htmlText } from "../../src/world/html-text.js"
import { markdownText } from "../../src/world/markdown-text.js"

const links = [
  "openai.ai",
  "youtu.be/abc",
  "почта.рф",
  "xn--80a1acny.xn--p1ai",
  "127.0.0.1:8080/a",
  "telegram.ton",
  "google.com:1#ab",
  "Google.COM/Path",
  "sub_domain.example.org",
  "http://test.google.com/?q=abc(){}",
  "https://example.com/a_(b)",
  "https://example.com/%D0%B0",
  "https://example.com/путь",
  "ftp://files.example.org/a.txt",
  "tonsite://some.ton",
  "HTTPS://EXAMPLE.COM",
]

/** Texts before and behind a link that are not part of it. */
const surroundings: readonly (readonly [string, string])[] = [
  ["", ""],
  ["see ", " now"],
  ["(", ")"],
  ["[", "](test)"],
  ["«", "»"],
  ['"', '"'],
  ["<", ">"],
  ["1. ", "\n"],
  ["a,", ", b"],
  ["", "."],
  ["", "!"],
  ["", "…"],
  ["", "?"],
  ["", ";"],
  ["«", "», and more"],
  ["😀 ", " 😀"],
  ["=", " ="],
]

test.each(surroundings)(
  "links between %j and %j are found whole, and no other text is",
  (before, behind) => {
    const found = (text: string) =>
      writtenText(text).entities.map(
        ({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`,
      )
    const off = links.filter((link) => found(`${before}${link}${behind}`).join() !== `url ${link}`)
    expect(off).toEqual([])
  },
)

test("HTML shows escaped characters unchanged, with entities within the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
      const read = formatted(`<b>${escaped}</b>`, "HTML", undefined)
      expect(read.text).toBe(writtenText(text).text)
      for (const { offset, length } of read.entities) {
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(offset + length).toBeLessThanOrEqual(read.text.length)
      }
    }),
  )
})

const styles = ["bold", "italic", "underline", "strikethrough", "spoiler"]
const codes = ["pre", "code"]
const quotes = ["blockquote", "expandable_blockquote"]

const given = fc.record({
  type: fc.constantFrom(...styles, ...codes, ...quotes, "text_link"),
  offset: fc.nat({ max: 12 }),
  length: fc.integer({ min: 1, max: 8 }),
  url: fc.constant("my.net"),
})

test("of two given entities with a common letter, one is inside the other", () => {
  const text = "abcdefg:my.net:hijkl"
  fc.assert(
    fc.property(fc.array(given, { maxLength: 20 }), (entities) => {
      const read = formatted(text, "", entities).entities
      for (const [index, outer] of read.entries()) {
        const end = outer.offset + outer.length
        for (const inner of read.slice(index + 1)) {
          expect(inner.offset).toBeGreaterThanOrEqual(outer.offset)
          if (inner.offset >= end) continue
          expect(inner.offset + inner.length).toBeLessThanOrEqual(end)
          expect(inner.type).not.toBe(outer.type)
          expect(codes).not.toContain(outer.type)
          const holdsAll = [...styles, ...quotes].includes(outer.type)
          expect(holdsAll || styles.includes(inner.type)).toBe(true)
        }
      }
    }),
  )
})

test("outside of code, each letter keeps its given formatting", () => {
  const at = (entities: readonly { type: string; offset: number; length: number }[], n: number) =>
    entities
      .filter(({ offset, length }) => offset <= n && n < offset + length)
      .map(({ type }) => type)
  fc.assert(
    fc.property(fc.array(given, { maxLength: 20 }), (entities) => {
      const read = formatted("abcdefghijklmnopqrst", "", entities).entities
      for (let letter = 0; letter < 20; letter++) {
        const types = at(read, letter)
        const expected = types.some((type) => codes.includes(type)) ? [] : at(entities, letter)
        const wanted = styles.filter((style) => expected.includes(style))
        expect(styles.filter((style) => types.includes(style))).toEqual(wanted)
      }
    }),
  )
})

test("MarkdownV2 shows escaped characters unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const escaped = text.replaceAll(/[\u0001-~]/g, (character) => `\\${character}`)
      expect(markdownText(escaped)).toEqual({ text, entities: [] })
    }),
  )
})

const long = [
  ...["a", "a.", ".", "a@", "@a.", "a.@", "a!.", "#a ", "#a#", "#a.b/", "+1 ", "1 ", "1-", "4."],
  ...["a-b.co ", "http://", "http://a@", "://a.", "(", "/a", "$A", "tg://a", "a:1", "a.b:", "😀."],
  ...["mailto:a.b@", "x.co/(", "x.co/a.", "x.co?#", "tg://a?b", "\u200e", "\r", " ", "_-."],
].map((piece) => piece.repeat(200_000 / piece.length))

test.each(long.map((text) => [text.slice(0, 12), text] as const))(
  "a text of 200 KB such as %j is searched quickly",
  (_, text) => {
    // Processor time, as other processes may be busy.
    const before = process.cpuUsage()
    detectedEntities(text)
    writtenText(text)
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
  },
)

const quick = (read: (text: string) => unknown, text: string): void => {
  const before = process.cpuUsage()
  try {
    read(text)
  } catch {
    // The content does not matter here.
  }
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
}

test.each(["<a>a</a>", "<b>a</b>", "<", "&lt", "<b a=", "<b a='", "</", "<b >", "&#x", "<b a b "])(
  "HTML of 200 KB such as %j is parsed quickly",
  (piece) => quick(htmlText, piece.repeat(200_000 / piece.length)),
)

test.each(["*a*", "`", "[a](", "![", "\\", "\n>", ">", "||", "__", "```a ", "[a]", ">*\n"])(
  "Markdown of 200 KB such as %j is parsed quickly",
  (piece) => {
    const text = piece.repeat(200_000 / piece.length)
    quick(markdownText, text)
    quick((source) => formatted(source.slice(0, 30_000), "Markdown", undefined), text)
  },
)

test.each([
  ["[a", "]", markdownText],
  ["<a>b", "</a>", htmlText],
] as const)("20,000 links such as %j within each other are parsed quickly", (start, end, read) => {
  quick(read, start.repeat(20_000) + end.repeat(20_000))
})

test("4,096 letters with 2,000 entities are arranged quickly", () => {
  const entities = Array.from({ length: 2000 }, (_, at) => ({
    type: styles[at % styles.length] ?? "bold",
    offset: at * 2,
    length: 4096 - at * 2,
  }))
  quick((text) => formatted(text, "", entities), "my.net ".repeat(586))
})
