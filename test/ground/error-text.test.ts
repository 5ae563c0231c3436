import { expect, test } from "vitest"
import {
  errorCause,
  errorClause,
  errorCode,
  errorName,
  errorStack,
  errorText,
  isError,
} from "../../src/ground/error-text.js"
import { readSources } from "../support/import-graph.js"
import { thrownThings } from "../support/misbehaving.js"

const readers = { errorCode, errorClause, errorName, errorStack, errorText }

test.each(Object.entries(thrownThings))(
  "%s has a text, and reading it throws nothing",
  (_, make) => {
    const thrown = make()
    for (const read of Object.values(readers)) expect(typeof read(thrown)).toBe("string")
    expect(errorText(thrown) === "" && thrown !== "").toBe(false)
    expect(typeof isError(thrown)).toBe("boolean")
    expect(() => errorCause(thrown)).not.toThrow()
  },
)

test("an error is told by its message, its stack, its code and its cause", () => {
  const cause = new Error("no disk")
  const error = Object.assign(new TypeError("Wrong.", { cause }), { code: "ENOSPC" })
  expect(errorText(error)).toBe("Wrong.")
  expect(errorClause(error)).toBe("Wrong")
  expect(errorStack(error)).toMatch(/^TypeError: Wrong\.\n +at /)
  expect([errorCode(error), errorName(error)]).toEqual(["ENOSPC", "TypeError"])
  expect(errorCause(error)).toBe(cause)
})

test("an error without a message is told by its name", () => {
  expect(errorText(new RangeError())).toBe("RangeError")
})

test("a value that is no error has its own text, and neither code nor cause", () => {
  expect(errorText("just a text.")).toBe("just a text.")
  expect(errorText(undefined)).toBe("undefined")
  expect([errorCode({ code: "X" }), errorCause({ cause: 1 })]).toEqual(["", undefined])
})

test("no other file asks whether a thing is an error, which throws for some things", () => {
  // The simulator knows nothing of Sounder, and the conformance suite asks its own assertions.
  const apart = /^src\/(ground\/error-text\.ts|bot\/redact-error\.ts|simulator\/|testing\/)/
  const asking = [...readSources("src")].filter(
    ([path, text]) => !apart.test(path) && /instanceof Error\b/.test(text),
  )
  expect(asking.map(([path]) => path)).toEqual([])
})
