import { inspect } from "node:util"
import fc from "fast-check"
import { expect, test } from "vitest"
import { redactError } from "../../src/bot/redact-error.js"

const redact = (text: string) => text.replaceAll("SECRET", "<token>")
const clean = (error: unknown) => redactError(error, redact)

test("an error without the secret is returned as it is", () => {
  const error = Object.assign(new Error("a", { cause: new TypeError("b") }), {
    socket: { localPort: 1 },
    list: [1, { two: 2 }],
  })
  expect(clean(error)).toBe(error)
})

test("message, stack, causes, members and the errors of an AggregateError are redacted", () => {
  const inner = Object.assign(new TypeError("inner SECRET"), { url: new URL("http://a/SECRET") })
  const middle = new AggregateError([inner, "SECRET"], "middle SECRET")
  const outer = Object.assign(new Error("outer", { cause: middle }), {
    request: { path: ["SECRET"] },
  })
  const cleaned = clean(outer)
  expect(inspect(cleaned, { depth: 20, showHidden: true })).not.toContain("SECRET")
  expect(cleaned).toMatchObject({
    message: "outer",
    request: { path: ["<token>"] },
    cause: {
      message: "middle <token>",
      errors: [{ message: "inner <token>", url: "http://a/<token>" }, "<token>"],
    },
  })
  expect(inspect(outer, { depth: 20 })).toContain("SECRET")
})

test("the class and the form of a stack are kept", () => {
  const cleaned = clean(new RangeError("SECRET"))
  expect(cleaned).toBeInstanceOf(RangeError)
  expect(String(cleaned)).toBe("RangeError: <token>")
  expect((cleaned as Error).stack).toMatch(/^RangeError: <token>\n {4}at /)
  expect(Object.keys(cleaned as Error)).toEqual([])
})

test("objects of unknown classes are left out, as they may contain the secret", () => {
  const cleaned = clean(Object.assign(new Error("x"), { request: new Map([["a", "SECRET"]]) }))
  expect(cleaned).toMatchObject({ message: "x", request: undefined })
})

test("redaction ends for errors that refer to each other", () => {
  const one: Error & { other?: Error } = new Error("one SECRET")
  one.other = new Error("two", { cause: one })
  const cleaned = clean(one)
  expect(inspect(cleaned, { depth: 9 })).not.toContain("SECRET")
})

test.each([undefined, null, 1, "SECRET text"])(
  "%j is no error and is returned as it is",
  (value) => {
    expect(clean(value)).toBe(value === "SECRET text" ? "<token> text" : value)
  },
)

test("no part of an error shows the secret, however deep and whatever its name", () => {
  const text = fc.constantFrom("SECRET", "a/botSECRET/b", "plain", "")
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(text, fc.integer(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(text, fc.constant("cause")), tie("value"), { maxKeys: 3 }),
      fc.tuple(text, tie("value")).map(([message, cause]) => new Error(message, { cause })),
      fc.tuple(text, fc.array(tie("value"), { maxLength: 2 })).map(([message, errors]) => {
        return new AggregateError(errors, message)
      }),
    ),
  }))
  fc.assert(
    fc.property(text, value, (message, cause) => {
      const shown = inspect(clean(new Error(message, { cause })), { depth: 20, showHidden: true })
      expect(shown).not.toContain("SECRET")
    }),
    { numRuns: 300 },
  )
})
