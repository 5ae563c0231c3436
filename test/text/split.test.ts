import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { formatted } from "../../simulator/src/world/formatted-text.js"
import { bold, customEmoji, fmt, join, link, pre, split } from "../../src/text/index.js"
import { seen, trees } from "./formatted-trees.js"

const family = "👨‍👩‍👧‍👦"
const textsOf = (text: Parameters<typeof split>[0], limit: number) =>
  split(text, { limit }).map((part) => part.text)

describe("a text is cut", () => {
  test.each([
    ["between paragraphs", "one two\n\nthree four", 14, ["one two", "three four"]],
    [
      "between lines, if a paragraph would be short",
      "a\n\nbb cc\ndd ee",
      10,
      ["a\n\nbb cc", "dd ee"],
    ],
    ["between words", "one two three", 9, ["one two", "three"]],
    [
      "inside a word only if the word is longer than a part",
      "a bcdefghijk",
      5,
      ["a", "bcdef", "ghijk"],
    ],
    ["in front of a word that would not fit", "a bbbbbbbb", 9, ["a", "bbbbbbbb"]],
    ["never, if it fits", "one\n\ntwo", 8, ["one\n\ntwo"]],
    ["without parts of white space", "a          b", 4, ["a", "b"]],
    ["with the indentation of a line", "aaaa\n  bb", 6, ["aaaa", "  bb"]],
  ])("%s", (_title, text, limit, parts) => {
    expect(textsOf(text, limit)).toEqual(parts)
  })
})

test("an empty text and a text of white space have no parts", () => {
  expect(split("")).toEqual([])
  expect(split(" \n ")).toEqual([])
})

test("the default limit is that of a text", () => {
  expect(split("x".repeat(4_096))).toHaveLength(1)
  expect(split("x".repeat(4_097)).map(({ text }) => text.length)).toEqual([4_096, 1])
})

test("surrogate pairs and emoji of several code points are never cut", () => {
  expect(textsOf("a👍👍", 4)).toEqual(["a👍", "👍"])
  expect(textsOf(`${family}${family}`, 12)).toEqual([family, family])
  expect(textsOf(`ab${family}`, 12)).toEqual(["ab", family])
  expect(textsOf("ab🇩🇪🇫🇷", 7)).toEqual(["ab🇩🇪", "🇫🇷"])
})

test("a character that is longer than a part is cut between its code points", () => {
  const long = `e${"\u0301".repeat(20)}`
  expect(textsOf(long, 8).join("")).toBe(long)
  for (const part of textsOf(family, 2)) expect(part.isWellFormed()).toBe(true)
})

test("an entity over a cut continues in the next part", () => {
  expect(split(fmt`a ${bold("bb cc")} d`, { limit: 5 })).toEqual([
    { text: "a bb", entities: [{ type: "bold", offset: 2, length: 2 }] },
    { text: "cc d", entities: [{ type: "bold", offset: 0, length: 2 }] },
  ])
  const code = pre("aaaa\n  bb", "ts")
  expect(split(code, { limit: 6 }).map(({ entities }) => entities)).toEqual([
    [{ type: "pre", language: "ts", offset: 0, length: 4 }],
    [{ type: "pre", language: "ts", offset: 0, length: 4 }],
  ])
})

test("a link over a cut leads to the same address in both parts", () => {
  const parts = split(link("aa bb", "https://a.bc/"), { limit: 3 })
  expect(parts.map(({ entities }) => entities[0])).toEqual([
    { type: "text_link", url: "https://a.bc/", offset: 0, length: 2 },
    { type: "text_link", url: "https://a.bc/", offset: 0, length: 2 },
  ])
})

test("a custom emoji is never cut", () => {
  const text = fmt`aaa${customEmoji("👨‍👩", "1")}`
  expect(textsOf(text, 5)).toEqual(["aaa", "👨‍👩"])
})

test("a part has at most 100 entities", () => {
  const words = Array.from({ length: 250 }, (_, index) => bold(`w${index}`))
  const parts = split(join(words, " "))
  expect(parts.map(({ entities }) => entities.length)).toEqual([100, 100, 50])
})

test.each([0, 1, 1.5, Number.NaN, "9"])("the limit %j is a TypeError", (limit) => {
  expect(() => split("x", { limit: limit as number })).toThrow(/`limit` option to be an integer/)
})

test("an entity that is never cut, but is longer than a part, is cut between characters", () => {
  const family = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}"
  const text = `**${family}`
  const time = { type: "date_time", unix_time: 1_700_000_000, date_time_format: "r" } as const
  const entities = [{ ...time, offset: 0, length: text.length }]
  expect(split({ text, entities }, { limit: 12 }).map((part) => part.text)).toEqual(["**", family])
})

test("the parts of every text have its letters and formatting, within the limit", () => {
  fc.assert(
    fc.property(trees, fc.integer({ min: 12, max: 60 }), (tree, limit) => {
      const parts = split(tree, { limit })
      for (const { text, entities } of parts) {
        expect(text.length).toBeLessThanOrEqual(limit)
        expect(text.isWellFormed()).toBe(true)
        expect(text).not.toMatch(/^(?:\u200d|\ufe0f)|\u200d$/u)
        // Telegram shows a tab as a space.
        expect(formatted(text, "", entities).text).toBe(text.trim().replaceAll("\t", " "))
      }
      const letters = (text: string) => text.replaceAll(/\s/g, "")
      expect(letters(parts.map(({ text }) => text).join(""))).toBe(letters(tree.text))
      expect(boldLetters(join(parts))).toBe(boldLetters(tree))
    }),
    { numRuns: 1_000 },
  )
})

/** Returns the letters that are bold. */
function boldLetters({ text, entities }: ReturnType<typeof join>): string {
  return (seen(text, entities).styles["bold"] ?? []).map((at) => text[at]).join("")
}

test("20,000 custom emoji are split within seconds", () => {
  const entities = Array.from({ length: 20_000 }, (_, index) => ({
    ...{ type: "custom_emoji" as const, offset: 2 * index, length: 2 },
    custom_emoji_id: "1",
  }))
  // The time of the processor, which other programs of a busy machine do not lengthen.
  const before = process.cpuUsage()
  const parts = split({ text: "🙂".repeat(20_000), entities })
  expect(process.cpuUsage(before).user).toBeLessThan(8_000_000)
  expect(parts.map(({ text }) => text).join("")).toHaveLength(40_000)
  expect(parts.flatMap((part) => part.entities)).toHaveLength(20_000)
})
