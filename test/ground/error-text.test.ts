import { expect, test } from "vitest"
import {
  errorCause,
  errorClause,
  errorCode,
  errorName,
  errorSentence,
  errorStack,
  errorText,
  isError,
} from "../../src/ground/error-text.js"
import { readSources } from "../support/import-graph.js"
import { thrownThings } from "../support/misbehaving.js"

const readers = { errorCode, errorClause, errorName, errorSentence, errorStack, errorText }

test.each(Object.entries(thrownThings))("%s has a text, and reading it never throws", (_, make) => {
  const thrown = make()
  for (const read of Object.values(readers)) expect(typeof read(thrown)).toBe("string")
  expect(errorText(thrown) === "" && thrown !== "").toBe(false)
  expect(typeof isError(thrown)).toBe("boolean")
  expect(() => errorCause(thrown)).not.toThrow()
})

test("an error is described by its message, its stack, its code and its cause", () => {
  const cause = new Error("no disk")
  const error = Object.assign(new TypeError("Wrong.", { cause }), { code: "ENOSPC" })
  expect(errorText(error)).toBe("Wrong.")
  expect(errorClause(error)).toBe("Wrong")
  expect(errorStack(error)).toMatch(/^TypeError: Wrong\.\n +at /)
  expect([errorCode(error), errorName(error)]).toEqual(["ENOSPC", "TypeError"])
  expect(errorCause(error)).toBe(cause)
})

test("an error without a message is described by its name", () => {
  expect(errorText(new RangeError())).toBe("RangeError")
})

test("a value that is not an error has its own text, and neither code nor cause", () => {
  expect(errorText("just a text.")).toBe("just a text.")
  expect(errorText(undefined)).toBe("undefined")
  expect([errorCode({ code: "X" }), errorCause({ cause: 1 })]).toEqual(["", undefined])
})

test("no other file uses `instanceof Error`, which throws for some values", () => {
  // The simulator imports nothing of Sounder, and the conformance suite checks its own assertions.
  const apart = /^src\/(ground\/error-text\.ts|bot\/redact-error\.ts|simulator\/|testing\/)/
  const asking = [...readSources("src")].filter(
    ([path, text]) => !apart.test(path) && /instanceof Error\b/.test(text),
  )
  expect(asking.map(([path]) => path)).toEqual([])
})

test.each([
  ["No answer", "No answer."],
  ["No answer.", "No answer."],
  ["Is BOT_TOKEN set?", "Is BOT_TOKEN set?"],
  ["Wait!", "Wait!"],
])("a sentence ends in one mark: %s", (message, sentence) => {
  expect(errorSentence(new Error(message))).toBe(sentence)
})

test("no log line or error puts a full stop behind another mark", () => {
  const doubled = /\$\{(?:errorText|errorClause)\([^}]*\}\.|\$\{\w*\.?message\}\. [A-Z]/
  const found = [...readSources("src")].filter(([, text]) => doubled.test(text))
  expect(found.map(([path]) => path)).toEqual([])
})
