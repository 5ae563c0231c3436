import fc from "fast-check"
import { expect, test } from "vitest"
import { formatted } from "../../simulator/src/world/formatted-text.js"
import {
  blockquote,
  bold,
  code,
  customEmoji,
  dateTime,
  expandableBlockquote,
  fmt,
  type FormattedText,
  italic,
  join,
  link,
  mention,
  messageText,
  pre,
  spoiler,
  strikethrough,
  type TextPart,
  underline,
} from "../../src/text/index.js"
import { seen, trees, typed } from "./formatted-trees.js"

test("a template is a text with entities", () => {
  expect(fmt`Hello ${bold("<Ada> *&*")}, ${3} of ${4n}`).toEqual({
    text: "Hello <Ada> *&*, 3 of 4",
    entities: [{ type: "bold", offset: 6, length: 9 }],
  })
})

test("offsets count UTF-16 code units", () => {
  expect(fmt`👍👨‍👩‍👧‍👦${bold("é👍")}`.entities).toEqual([{ type: "bold", offset: 13, length: 3 }])
})

test("a style takes a template, too", () => {
  const name = "Ada"
  expect(bold`Hello ${italic(name)}`).toEqual(bold(fmt`Hello ${italic(name)}`))
})

test("false, null and undefined add nothing", () => {
  expect(fmt`a${false}${null}${undefined}b${""}${0}`).toEqual({ text: "ab0", entities: [] })
  expect(bold(undefined)).toEqual({ text: "", entities: [] })
})

test.each([[true], [{}], [{ text: "x" }], [Symbol("x")], [["a"]]])(
  "the part %s is a TypeError",
  (part) => {
    expect(() => fmt`${part as unknown as TextPart}`).toThrow(
      /^Expected a part of a text to be a string/,
    )
  },
)

test("join puts a separator between parts", () => {
  expect(join(["a", bold("b"), 3], italic(", "))).toEqual({
    text: "a, b, 3",
    entities: [
      { type: "italic", offset: 1, length: 2 },
      { type: "bold", offset: 3, length: 1 },
      { type: "italic", offset: 4, length: 2 },
    ],
  })
  expect(join([])).toEqual({ text: "", entities: [] })
})

test.each([
  [underline("x"), { type: "underline" }],
  [strikethrough("x"), { type: "strikethrough" }],
  [spoiler("x"), { type: "spoiler" }],
  [code("x"), { type: "code" }],
  [pre("x"), { type: "pre" }],
  [pre("x", "ts title=y"), { type: "pre", language: "ts" }],
  [blockquote("x"), { type: "blockquote" }],
  [expandableBlockquote("x"), { type: "expandable_blockquote" }],
  [link("x", new URL("https://a.bc/d")), { type: "text_link", url: "https://a.bc/d" }],
  [link("x", "a.bc"), { type: "text_link", url: "http://a.bc/" }],
  [mention("x", 7), { type: "text_mention", user: { id: 7, is_bot: false, first_name: "" } }],
  [mention("x", { id: 7 }), { type: "text_mention", user: { id: 7 } }],
  [link("x", "tg://user?id=7"), { type: "text_mention", user: { id: 7 } }],
  [customEmoji("x", "53"), { type: "custom_emoji", custom_emoji_id: "53" }],
  [
    dateTime("x", new Date(1_700_000_000_500)),
    { type: "date_time", unix_time: 1_700_000_000, date_time_format: "wDT" },
  ],
  [dateTime("x", 5, "r"), { type: "date_time", unix_time: 5, date_time_format: "r" }],
])("%j", (text, entity) => {
  expect(text.text).toBe("x")
  expect(text.entities).toMatchObject([{ ...entity, offset: 0, length: 1 }])
})

test("the nesting rules of Telegram are kept: code holds nothing, and a quotation no quotation", () => {
  const types = (text: ReturnType<typeof fmt>) =>
    text.entities.map(({ type, offset, length }) => `${type} ${offset}+${length}`)
  expect(types(code(bold("x")))).toEqual(["code 0+1"])
  expect(types(bold(fmt`a${code("b")}c`))).toEqual(["bold 0+1", "code 1+1", "bold 2+1"])
  expect(types(blockquote(fmt`a${expandableBlockquote("b")}`))).toEqual(["blockquote 0+2"])
  expect(types(link(fmt`a${link("b", "c.de")}`, "a.bc"))).toEqual(["text_link 0+2"])
  expect(types(link(blockquote("a"), "a.bc"))).toEqual(["blockquote 0+1", "text_link 0+1"])
  expect(types(link(fmt`a${blockquote("b")}`, "a.bc"))).toEqual(["blockquote 1+1"])
  expect(types(blockquote(pre("a")))).toEqual(["blockquote 0+1", "pre 0+1"])
  expect(types(bold(fmt`a${bold("b")}`))).toEqual(["bold 0+2"])
})

test.each([
  "",
  "#section",
  "javascript:alert(1)",
  "http://",
  "localhost",
  "mailto:a@b.cd",
  "a.bc:x",
  "a b.cd",
  "https://a\n.bc",
])("the URL %j, which Telegram refuses, gives the text without a link", (url) => {
  expect(link(bold("x"), url)).toEqual(bold("x"))
})

test("a message with a link to any URL that a user typed is accepted", () => {
  const given = fc.oneof(
    typed,
    fc.webUrl(),
    fc.string(),
    fc.webUrl().map((url) => url.slice(0, 9)),
  )
  fc.assert(
    fc.property(given, (url) => {
      const { text, entities } = link("here", url)
      expect(formatted(text, "", entities).text).toBe("here")
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ["an id of a user", () => mention("x", -100)],
  ["no user", () => mention("x", null as never)],
  ["a user without an id", () => mention("x", {} as never)],
  ["an id of a user", () => mention("x", Number.NaN)],
  ["an id of a custom emoji", () => customEmoji("x", "x")],
  ["a date", () => dateTime("x", new Date(Number.NaN))],
])("%s that cannot exist is a TypeError", (_title, make) => {
  expect(make).toThrow(TypeError)
})

test("a date that Telegram cannot show gives the text alone", () => {
  expect(dateTime("x", new Date("1969-01-01"))).toEqual(fmt`x`)
  expect(dateTime("x", new Date("2040-01-01"))).toEqual(fmt`x`)
})

test("the text of a message can be part of another one", () => {
  const message = {
    text: "see @ada",
    entities: [
      { type: "bold", offset: 0, length: 3 },
      { type: "mention", offset: 4, length: 4 },
    ] as never[],
  }
  expect(fmt`You: ${messageText(message)}`).toEqual(fmt`You: ${bold("see")} @ada`)
  expect(messageText({ caption: "x", caption_entities: message.entities }).text).toBe("x")
  expect(messageText({})).toEqual({ text: "", entities: [] })
})

test("a formatted text survives JSON", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      expect(JSON.parse(JSON.stringify(tree))).toEqual(tree)
    }),
  )
})

test("Telegram stores every formatted text as it is", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const again = join([tree])
      expect(seen(again.text, again.entities)).toEqual(seen(tree.text, tree.entities))
      expect(again).toEqual(tree)
    }),
  )
})

test.each<[string, (words: readonly FormattedText[]) => FormattedText]>([
  ["in turns", (words) => join(words)],
  ["within a bold text", (words) => bold(join(words))],
  ["within a quotation", (words) => blockquote(join(words))],
])("20,000 codes and italic words %s are joined within seconds", { timeout: 8_000 }, (_, of) => {
  const words = Array.from({ length: 20_000 }, (_, index) => (index % 2 ? code("b") : italic("a")))
  const { text, entities } = of(words)
  expect(text).toHaveLength(20_000)
  expect(entities.filter(({ type }) => type === "code")).toHaveLength(10_000)
})
