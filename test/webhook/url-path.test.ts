import fc from "fast-check"
import { expect, test } from "vitest"
import { pathOf, encodedFormsOf } from "../../src/webhook/url-path.js"

/** A path of letters of any script, without the characters that end a path. */
const path = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((text) => !/[?#%\p{Cs}]/u.test(text))
  .map((text) => `/${text.replaceAll(/[\\/]/g, "")}`)

test("a path is recognized in any spelling of a client", () => {
  fc.assert(
    fc.property(path, (given) => {
      const spellings = encodedFormsOf(given)
      expect(spellings).toContain(given)
      expect(spellings).toContain(given.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent))
      const raw = given.replaceAll(/[\0-\x20]/g, encodeURIComponent)
      expect(spellings).toContain(Buffer.from(raw, "utf8").toString("latin1"))
      expect(encodedFormsOf(given.slice(1))).toEqual(spellings)
    }),
  )
})

test("a path with a lone surrogate is refused with an explanation", () => {
  expect(() => encodedFormsOf("/hook\ud800")).toThrow(
    new TypeError(
      "Expected the `path` option to be well-formed Unicode; it contains a lone surrogate.",
    ),
  )
})

test("two paths of letters have no common spelling", () => {
  const word = fc.stringMatching(/^[a-zäöü\u0416-\u042f ]{1,8}$/)
  fc.assert(
    fc.property(word, word, (one, other) => {
      fc.pre(one !== other)
      const known = new Set(encodedFormsOf(one))
      expect(encodedFormsOf(other).filter((spelling) => known.has(spelling))).toEqual([])
    }),
  )
})

test("a path ends where its query or fragment begins", () => {
  const rest = fc.string({ maxLength: 8 })
  fc.assert(
    fc.property(path, fc.constantFrom("?", "#"), rest, (given, end, behind) => {
      expect(pathOf(given + end + behind)).toBe(given)
      expect(pathOf(given)).toBe(given)
    }),
  )
})
