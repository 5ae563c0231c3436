import { expect, test } from "vitest"
import { findEntities } from "../../src/world/entities.js"
import { htmlText } from "../../src/world/html-text.js"
import { formatted } from "../../src/world/formatted-text.js"

/** Returns the kinds and texts of the entities that are detected in a text. */
function found(text: string): string[] {
  return formatted(text, "", undefined).entities.map(
    ({ type, offset, length }) =>
      `${type} ${formatted(text, "", undefined).text.slice(offset, offset + length)}`,
  )
}

const links = [
  "openai.ai",
  "x.co",
  "youtu.be/abc",
  "почта.рф",
  "xn--80a1acny.xn--p1ai",
  "127.0.0.1",
  "127.0.0.1:8080/a",
  "telegram.ton",
  "google.com:65535",
  "google.com:1#ab",
  "Google.COM/Path",
  "a-b.example.org",
  "sub_domain.example.org",
  "http://google.com",
  "https://t.me/abcdef",
  "http://test.google.com/?q=abc(){}",
  "https://example.com/a_(b)",
  "https://example.com?x=1&y=2",
  "https://example.com/%D0%B0",
  "https://example.com/путь",
  "ftp://files.example.org/a.txt",
  "tonsite://some.ton",
  "HTTPS://EXAMPLE.COM",
  "tg://resolve?domain=a",
  "ton://transfer/abc",
  "tg://test/path",
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
    const off = links.filter((link) => found(`${before}${link}${behind}`).join() !== `url ${link}`)
    expect(off).toEqual([])
  },
)

test.each([
  "plain words",
  "http://.com",
  "http://a.a",
  "ftps://telegram.org",
  "https://t…",
  "http://test_.com",
  "http://-a.com",
  "readme.md.txt",
  "v1.2.3",
  "1.5",
  "a.b.c.d.e",
  "file.unknownending",
  "...",
  "google.com@",
  "stg://abc",
  "256.0.0.1",
  "01.2.3.4",
  "node.js",
])("in %j there is no link", (text) => {
  expect(found(text).filter((each) => each.startsWith("url") && each !== "url google.com")).toEqual(
    [],
  )
})

test.each([
  ["google.com:0", ["url google.com"]],
  ["google.com:65536", ["url google.com"]],
  ["http://google.com#", ["url http://google.com"]],
  ["https://a.de)bc", ["url https://a.de"]],
  ["http://test.google.com/?q=abc(){}]def", ["url http://test.google.com/?q=abc(){}"]],
  ["example.com.", ["url example.com"]],
  ["mail me@x.org or @friend", ["email me@x.org", "mention @friend"]],
  ["first.last+tag@sub.example.co.uk", ["email first.last+tag@sub.example.co.uk"]],
  ["@abc @abcd @abcde", ["mention @abcde"]],
  [
    "@gif @pic @vid @bing @wiki",
    ["mention @gif", "mention @pic", "mention @vid", "mention @bing", "mention @wiki"],
  ],
  ["é@friend a@friend .@friend", ["mention @friend"]],
  ["@friendé @@friend @1friend", []],
  ["@friend's", ["mention @friend"]],
  ["/start@my_bot now /c", ["bot_command /start@my_bot", "bot_command /c"]],
  ["a/b </b> //c /d/", []],
  ["#tag #тег #1a #_", ["hashtag #tag", "hashtag #тег", "hashtag #1a", "hashtag #_"]],
  ["#1 ## #a# a#b #", []],
  ["#te·st #test@name", ["hashtag #te·st", "hashtag #test@name"]],
  ["#a-b #c.", ["hashtag #a", "hashtag #c"]],
  [`#${"a".repeat(256)}`, [`hashtag #${"a".repeat(256)}`]],
  ["$USD $1INCH $TEST@name", ["cashtag $USD", "cashtag $1INCH", "cashtag $TEST@name"]],
  ["$usd $ABCDEFGHI $$USD a$USD $USD1 $USDé", []],
  ["call +12125550123 now", ["phone_number +12125550123"]],
  ["+1 (212) 555-01-23", ["phone_number +1 (212) 555-01-23"]],
  ["1+12125550123 +123 +1234567890123456", []],
] as const)("in %j are %j", (text, expected) => {
  expect(found(text)).toEqual(expected)
})

test("entities of one range are returned in Telegram's order, whatever their given order", () => {
  const kinds = ["bold", "italic", "underline", "strikethrough", "spoiler"]
  for (let turn = 0; turn < kinds.length; turn++) {
    const given = [...kinds.slice(turn), ...kinds.slice(0, turn)].map((type) => ({
      type,
      offset: 0,
      length: 3,
    }))
    expect(formatted("abc", "", given).entities.map(({ type }) => type)).toEqual(kinds)
  }
})

test.each([
  ["HTML", '<tg-time unix="12345" format="r">then</tg-time>', "r"],
  ["HTML", "<tg-time unix='12345'>then</tg-time>", ""],
  ["MarkdownV2", "![then](tg://time?unix=12345&format=wDT)", "wDT"],
])("in %s %s is a date", (mode, text, date_time_format) => {
  expect(formatted(text, mode, undefined)).toEqual({
    text: "then",
    entities: [{ type: "date_time", offset: 0, length: 4, unix_time: 12_345, date_time_format }],
  })
})

test.each([
  ["HTML", "a<b", "Unclosed start tag at byte offset 1"],
  ["HTML", "é</b", "Unclosed end tag at byte offset 2"],
  ["HTML", "</b>", "Unexpected end tag at byte offset 0"],
  ["HTML", "1 < 2 > 1", 'Unsupported start tag "" at byte offset 2'],
  ["HTML", "<tg-time>x</tg-time>", "Invalid date-time entity specified"],
  ["MarkdownV2", "![x](tg://time?unix=a)", "Invalid date-time entity specified"],
  ["MarkdownV2", "![x](https://x.org)", "Custom emoji entity must contain a tg://emoji URL"],
])("%s %s is refused: %s", (mode, text, reason) => {
  expect(() => formatted(text, mode, undefined)).toThrow(`can't parse entities: ${reason}`)
})

test("HTML reads character references with or without the semicolon", () => {
  expect(formatted("&lt;b&gt &amp &quot;&#33&#x21; &nbsp; & &copy", "HTML", undefined).text).toBe(
    '<b> & "!! &nbsp; & &copy',
  )
})

test.each([
  ["a".repeat(200_000)],
  ["a.".repeat(100_000)],
  ["a@".repeat(100_000)],
  ["#a ".repeat(60_000)],
  ["#a#".repeat(60_000)],
  ["+1 ".repeat(60_000)],
  ["a-b.co ".repeat(30_000)],
  ["http://".repeat(30_000)],
  ["(".repeat(200_000)],
  [`x.co/${"(".repeat(200_000)}`],
  ["/a".repeat(100_000)],
  ["$A".repeat(100_000)],
  ["tg://a".repeat(30_000)],
])("a text of 200 KB is parsed quickly (%#)", (text) => {
  // Processor time, as other processes may be busy.
  const before = process.cpuUsage()
  findEntities(text)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
})

test.each([["<b>a</b>".repeat(25_000)], ["<".repeat(1)], ["&lt".repeat(60_000)]])(
  "HTML of 200 KB is parsed quickly (%#)",
  (text) => {
    const before = process.cpuUsage()
    try {
      htmlText(text)
    } catch {
      // The content does not matter here.
    }
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
  },
)
