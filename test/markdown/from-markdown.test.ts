import fc from "fast-check"
import { expect, test } from "vitest"
import { formatted } from "../../simulator/src/world/formatted-text.js"
import { fromMarkdown } from "../../src/markdown/index.js"
import { split, toHtml } from "../../src/text/index.js"

const html = (markdown: string, partial = false) => toHtml(fromMarkdown(markdown, { partial }))

test.each([
  [
    "headings become bold lines",
    "# One\ntext\n## T*w*o",
    "<b>One</b>\n\ntext\n\n<b>T<i>w</i>o</b>",
  ],
  [
    "bold, italic, struck-through text and code",
    "**b** *i* ***bi*** ~~s~~ `c_*`",
    "<b>b</b> <i>i</i> <b><i>bi</i></b> <s>s</s> <code>c_*</code>",
  ],
  [
    "links and images become links",
    "[a](https://a.bc/?d=1&e) ![b](https://a.bc/c.png)",
    '<a href="https://a.bc/?d=1&amp;e">a</a> <a href="https://a.bc/c.png">b</a>',
  ],
  ["a link that Telegram would refuse is text", "[a](#section) [b](javascript:x)", "a b"],
  [
    "lists become lines",
    "- a\n- **b**\n  - c\n\n1. x\n2. y",
    "• a\n• <b>b</b>\n  • c\n\n1. x\n2. y",
  ],
  ["a list keeps its first number", "3. c\n4. d", "3. c\n4. d"],
  ["tasks have boxes", "- [x] a\n- [ ] b", "☑ a\n☐ b"],
  [
    "a block of code has its language",
    "```ts title=x\nif (a < b) {}\n```",
    '<pre><code class="language-ts">if (a &lt; b) {}</code></pre>',
  ],
  ["an unclosed block of code ends with the text", "a\n```\nb\n**c", "a\n\n<pre>b\n**c</pre>"],
  [
    "tables become blocks of code",
    "| a | bb |\n|---|---:|\n| `x` | 1 |\n| long | 22 |",
    "<pre>a    │ bb\n─────┼───\nx    │  1\nlong │ 22</pre>",
  ],
  ["quotations do not nest", "> a\n>\n> > b\n\nc", "<blockquote>a\n\nb</blockquote>\n\nc"],
  [
    "HTML stays text",
    "<b>a</b><br>c\n\n<div>d</div>",
    "&lt;b&gt;a&lt;/b&gt;\nc\n\n&lt;div&gt;d&lt;/div&gt;",
  ],
  [
    "character references are replaced",
    "a &lt; b &amp;&#65;&#x42; &copy;",
    "a &lt; b &amp;AB &amp;copy;",
  ],
  ["a rule is a line", "a\n\n---\n\nb", "a\n\n──────────\n\nb"],
  [
    "characters of formulas and names stay",
    "2 * 3 = 6, 2**3, a_b_c, **kwargs",
    "2 * 3 = 6, 2**3, a_b_c, **kwargs",
  ],
  ["escaped characters are text", String.raw`\*a\*`, "*a*"],
  ["code in an item keeps its lines", "- a\n  ```\n  b\n    c\n  ```", "• a\n<pre>b\n  c</pre>"],
  ["an empty text is empty", "", ""],
])("%s", (_title, markdown, expected) => {
  expect(html(markdown)).toBe(expected)
})

test.each([
  ["a **b", "a <b>b</b>"],
  ["a **b *c", "a <b>b <i>c</i></b>"],
  ["a **", "a"],
  ["a ~~b ", "a <s>b</s>"],
  ["a `b *c", "a <code>b *c</code>"],
  ["see [the guide](https://exam", "see the guide"],
  ["- a\n- **b", "• a\n• <b>b</b>"],
  ["**a** b", "<b>a</b> b"],
  ["2 * 3", "2 * 3"],
  ["a_b", "a_b"],
  ["```ts\na **b", '<pre><code class="language-ts">a **b</code></pre>'],
])("the beginning %j is closed at its end", (beginning, expected) => {
  expect(html(beginning, true)).toBe(expected)
})

const piece = fc.oneof(
  fc.constantFrom(..."*_`~[]()#>-+|!\\<&\n\t a1".split("")),
  fc.constantFrom("**", "```", "\n\n", "- ", "1. ", "|-|", "[a](http://b.c)", "👨‍👩‍👧‍👦", "<b>"),
)
const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""))

test("every text, whole or cut anywhere, gives parts that Telegram accepts", () => {
  fc.assert(
    fc.property(texts, fc.boolean(), (markdown, partial) => {
      for (const part of split(fromMarkdown(markdown, { partial }), { limit: 40 })) {
        expect(formatted(part.text, "", part.entities).text).not.toBe("")
        formatted(toHtml(part), "HTML", undefined)
      }
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ["a paragraph of one letter and markers", "_a_".repeat(20_000)],
  ["nested quotations", ">".repeat(20_000)],
  ["open brackets", "[".repeat(20_000)],
])(
  "%s, as written to slow a bot down, takes at most seconds and keeps the letters",
  (_, text) => {
    const start = performance.now()
    expect(fromMarkdown(text).text.length).toBeGreaterThan(0)
    expect(performance.now() - start).toBeLessThan(20_000)
  },
  60_000,
)

test(
  "lists in 400 levels are read within seconds, and indented up to level 20",
  { timeout: 8_000 },
  () => {
    const items = Array.from(
      { length: 400 },
      (_, level) => `${"  ".repeat(level)}- **item** ${level}\n`,
    )
    const { text, entities } = fromMarkdown(items.join(""))
    const lines = text.split("\n")
    expect(lines[1]).toBe("  • item 1")
    expect(lines[20]).toBe(`${"  ".repeat(20)}• item 20`)
    expect(lines[399]).toBe(`${"  ".repeat(20)}• item 399`)
    expect(entities).toHaveLength(400)
  },
)
