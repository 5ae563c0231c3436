import fc from "fast-check"
import { expect, test } from "vitest"
import { formatted } from "../../src/world/formatted-text.js"

const spans = (text: string, mode: string) =>
  formatted(text, mode, undefined).entities.map(({ type, offset, length }) => [
    type,
    offset,
    length,
  ])

test.each([
  [
    "<b>bold</b> <i>it</i>",
    "bold it",
    [
      ["bold", 0, 4],
      ["italic", 5, 2],
    ],
  ],
  [
    "<b>a<u>b</u></b>",
    "ab",
    [
      ["bold", 0, 2],
      ["underline", 1, 1],
    ],
  ],
  ["1 &lt; 2 &amp;&#33; &nbsp;", "1 < 2 &! &nbsp;", []],
  [
    "<s>x</s><tg-spoiler>y</tg-spoiler>",
    "xy",
    [
      ["strikethrough", 0, 1],
      ["spoiler", 1, 1],
    ],
  ],
  ["😀<code>c</code>", "😀c", [["code", 2, 1]]],
  ["<b></b>plain", "plain", []],
  ["  <b>x</b>  ", "x", [["bold", 0, 1]]],
])("HTML %s says %j with %j", (html, text, entities) => {
  expect(formatted(html, "HTML", undefined).text).toBe(text)
  expect(spans(html, "html")).toEqual(entities)
})

test("links, code languages and quotes keep their attributes", () => {
  const html = '<a href="https://x.org/a">x</a><pre><code class="language-ts">y</code></pre>'
  expect(formatted(html, "HTML", undefined).entities).toEqual([
    { type: "text_link", offset: 0, length: 1, url: "https://x.org/a" },
    { type: "pre", offset: 1, length: 1, language: "ts" },
  ])
  expect(spans("<blockquote expandable>q</blockquote>", "HTML")).toEqual([
    ["expandable_blockquote", 0, 1],
  ])
})

test.each([
  ["<div>x</div>", 'Unsupported start tag "div" at byte offset 0'],
  ["é<b>x", 'Can\'t find end tag corresponding to start tag "b"'],
  ["<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ["é</b>", "Unexpected end tag at byte offset 2"],
])("HTML %s is refused: %s", (html, reason) => {
  expect(() => formatted(html, "HTML", undefined)).toThrow(
    `Bad Request: can't parse entities: ${reason}`,
  )
})

test.each([
  [
    "*b* _i_ __u__ ~s~ ||p||",
    "b i u s p",
    ["bold", "italic", "underline", "strikethrough", "spoiler"],
  ],
  ["`a*b`", "a*b", ["code"]],
  ["```ts\nx\n```", "x", ["pre"]],
  ["[x](https://x.org)", "x", ["text_link"]],
  ["1\\.5 \\*", "1.5 *", []],
  ["*a _b_*", "a b", ["bold", "italic"]],
])("MarkdownV2 %s says %j with %j", (markdown, text, types) => {
  const read = formatted(markdown, "MarkdownV2", undefined)
  expect(read.text).toBe(text)
  expect(read.entities.map(({ type }) => type)).toEqual(types)
})

test.each([
  ["1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"],
  ["é*b", "Can't find end of Bold entity at byte offset 2"],
  ["`x", "Can't find end of Code entity at byte offset 0"],
  ["x]", "Character ']' is reserved and must be escaped with the preceding '\\'"],
])("MarkdownV2 %s is refused: %s", (markdown, reason) => {
  expect(() => formatted(markdown, "MarkdownV2", undefined)).toThrow(reason)
})

test.each([
  ["/start@my_bot now", [["bot_command", 0, 13]]],
  ["a/b /c", [["bot_command", 4, 2]]],
  [
    "mail me@x.org or @friend",
    [
      ["email", 5, 8],
      ["mention", 17, 7],
    ],
  ],
  [
    "see https://x.org/a?b=1, #tag $USD",
    [
      ["url", 4, 19],
      ["hashtag", 25, 4],
      ["cashtag", 30, 4],
    ],
  ],
  ["go to example.com.", [["url", 6, 11]]],
  ["plain words", []],
])("in %j Telegram finds %j", (text, entities) => {
  expect(spans(text, "")).toEqual(entities)
})

test("entities given by the bot win over detected ones", () => {
  const own = [{ type: "bold", offset: 0, length: 6 }]
  expect(formatted("/start /help", "", own).entities.map(({ type }) => type)).toEqual([
    "bold",
    "bot_command",
  ])
})

test("entities stay within the text, and escaped characters come out unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
      const read = formatted(`<b>${escaped}</b>`, "HTML", undefined)
      expect(read.text).toBe(text.trim())
      for (const { offset, length } of read.entities) {
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(offset + length).toBeLessThanOrEqual(read.text.length)
      }
    }),
  )
})

test("MarkdownV2 reads quotes, expandable quotes, custom emoji and languages", () => {
  const shown = (markdown: string) => {
    const { text, entities } = formatted(markdown, "MarkdownV2", undefined)
    return entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)])
  }
  expect(shown(">one\n>two\nthree")).toEqual([["blockquote", "one\ntwo"]])
  expect(shown(">a\n**>b\n>c||\nd")).toEqual([
    ["blockquote", "a"],
    ["expandable_blockquote", "b\nc"],
  ])
  expect(shown(">*a* ||b||\nc")).toEqual([
    ["blockquote", "a b"],
    ["bold", "a"],
    ["spoiler", "b"],
  ])
  expect(formatted("![x](tg://emoji?id=5)", "MarkdownV2", undefined).entities).toEqual([
    { type: "custom_emoji", offset: 0, length: 1, custom_emoji_id: "5" },
  ])
  expect(() => formatted("![x](https://x.org)", "MarkdownV2", undefined)).toThrow(
    "Custom emoji entity must contain a tg://emoji URL",
  )
  expect(() => formatted("a > b", "MarkdownV2", undefined)).toThrow("Character '>' is reserved")
  expect(() => formatted(">*a\nb*", "MarkdownV2", undefined)).toThrow("Can't find end of Bold")
})

test.each([
  ["*b* _i_ `c` ```ts\nx``` [l](https://x.org)", ["bold", "italic", "code", "pre", "text_link"]],
  ["\\*a\\_b \\`c \\[d", []],
  ["[no link] __", []],
])("legacy Markdown %j has %j", (markdown, types) => {
  const { entities } = formatted(markdown, "Markdown", undefined)
  expect(entities.map(({ type }) => type)).toEqual(types)
})

test.each([
  [{ type: "bold", offset: -1, length: 1 }, "receive an entity with incorrect offset -1"],
  [
    { type: "bold", offset: 100, length: 1 },
    "entity begins after the end of the text at UTF-16 offset 100",
  ],
  [
    { type: "bold", offset: 0, length: 100 },
    "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
  ],
  [{ type: "moon", offset: 0, length: 1 }, "can't parse MessageEntity: Unsupported type specified"],
  [
    { type: "text_link", offset: 0, length: 1 },
    "can't parse MessageEntity: Can't find field \"url\"",
  ],
  [
    { type: "text_link", offset: 0, length: 1, url: "not-a-url" },
    "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
  ],
])("the entity %j is refused: %s", (entity, reason) => {
  expect(() => formatted("hello", "", [entity])).toThrow(`Bad Request: ${reason}`)
})

test("entities that Telegram detects can be given, and are detected", () => {
  const given = [{ type: "mention", offset: 0, length: 2 }]
  expect(formatted("plain", "", given).entities).toEqual([])
})
