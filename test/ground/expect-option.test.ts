import { describe, expect, test } from "vitest"
import {
  expectDurationMs,
  expectInteger,
  expectText,
  unexpectedOption,
} from "../../src/ground/expect-option.js"

describe("a mistake in the calling program", () => {
  test("is a TypeError that names the option, the expected and the given value", () => {
    const mistake = () => expectInteger("port", "8443", 0, 65_535)
    expect(mistake).toThrow(TypeError)
    expect(mistake).toThrow(
      'Expected the `port` option to be an integer from 0 to 65535, got `"8443"` (string).',
    )
  })

  test.each([
    [undefined, "undefined"],
    [null, "null"],
    ["", '`""` (string)'],
    ['a "quoted" text', '`"a \\"quoted\\" text"` (string)'],
    [1.5, "`1.5` (number)"],
    [NaN, "`NaN` (number)"],
    [Infinity, "`Infinity` (number)"],
    [true, "`true` (boolean)"],
    [10n, "`10` (bigint)"],
    [Symbol("s"), "`Symbol(s)` (symbol)"],
    [{ secret: 1 }, "an object"],
    [Object.create(null), "an object"],
    [["secret"], "an array"],
    [() => 1, "a function"],
  ])("shows the given value (case %#)", (value, description) => {
    expect(() => unexpectedOption("a", "a b", value)).toThrow(
      new TypeError(`Expected the \`a\` option to be a b, got ${description}.`),
    )
  })
})

describe("an integer", () => {
  test.each([0, 1, 65_535])("%i is returned as it is", (value) => {
    expect(expectInteger("port", value, 0, 65_535)).toBe(value)
  })

  test.each([-1, 65_536, 1.5, NaN, Infinity, "1", null, undefined, 1n, [1]])(
    "is in its range and has no fraction (case %# is refused)",
    (value) => {
      expect(() => expectInteger("port", value, 0, 65_535)).toThrow(TypeError)
    },
  )

  test("without an upper limit has its lower limit in the message", () => {
    expect(expectInteger("n", 10 ** 15, 1, Number.MAX_SAFE_INTEGER)).toBe(10 ** 15)
    expect(() => expectInteger("n", 0, 1, Number.MAX_SAFE_INTEGER)).toThrow(
      "Expected the `n` option to be an integer of at least 1, got `0` (number).",
    )
  })
})

describe("a duration", () => {
  test.each([0, 0.5, 30_000, Infinity])("can be %d ms", (value) => {
    expect(expectDurationMs("holdMs", value)).toBe(value)
  })

  test.each([-1, -Infinity, NaN, "30", null, undefined])("cannot be case %#", (value) => {
    expect(() => expectDurationMs("holdMs", value)).toThrow(
      "Expected the `holdMs` option to be a number of milliseconds, 0 or more, got ",
    )
  })
})

describe("a text", () => {
  test("is returned as it is", () => {
    expect(expectText("host", " ")).toBe(" ")
  })

  test.each(["", 0, null, undefined, ["a"]])("cannot be case %#", (value) => {
    expect(() => expectText("host", value)).toThrow(
      "Expected the `host` option to be a string that is not empty, got ",
    )
  })
})
