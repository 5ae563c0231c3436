import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { InvalidUpdate } from "../../src/telegram/errors.js"
import { parseUpdate } from "../../src/telegram/parse-update.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const update = { update_id: 7, message: { message_id: 1, text: "Grüße, 🚀" } }

/** Returns the message of the refusal of an input. */
function complaint(input: unknown): string {
  try {
    // Callers in JavaScript may pass anything.
    parseUpdate(input as object)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidUpdate)
    if (error instanceof InvalidUpdate) return error.message
  }
  throw new Error("It was accepted")
}

describe("an update", () => {
  test("is read from text, from bytes, and from an object", () => {
    const text = JSON.stringify(update)
    expect(parseUpdate(text)).toEqual(update)
    expect(parseUpdate(bytes(text))).toEqual(update)
    expect(parseUpdate(Buffer.from(text))).toEqual(update)
    expect(parseUpdate(update)).toBe(update)
  })

  test("is read from the bytes that Telegram sends, with its line break", () => {
    const sent =
      '{"update_id":7,\n"message":{"message_id":1,"text":"Gr\\u00fc\\u00dfe, \\ud83d\\ude80"}}'
    expect(parseUpdate(bytes(sent))).toEqual(update)
  })

  test("is read with a byte order mark, as bytes and as text", () => {
    const text = `\uFEFF${JSON.stringify(update)}`
    expect(parseUpdate(bytes(text))).toEqual(update)
    expect(parseUpdate(text)).toEqual(update)
  })

  test("keeps unknown fields", () => {
    const newer = { update_id: 7, hologram: { depth: 3 }, more: [1] }
    expect(parseUpdate(JSON.stringify(newer))).toEqual(newer)
  })

  test("can be of no type at all", () => {
    expect(parseUpdate('{"update_id":7}')).toEqual({ update_id: 7 })
  })

  test.each([0, 1, 2 ** 31 - 1])("can have the id %i", (id) => {
    expect(parseUpdate(`{"update_id":${id}}`).update_id).toBe(id)
  })

  test("has the last of two ids, as in JSON", () => {
    expect(parseUpdate('{"update_id":1,"update_id":2}').update_id).toBe(2)
    expect(complaint('{"update_id":1,"update_id":"x"}')).toContain("got a string")
  })

  test("cannot reach the prototype of objects", () => {
    const parsed = parseUpdate('{"update_id":1,"__proto__":{"isAdmin":true}}')
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect((parsed as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(Object.prototype).not.toHaveProperty("isAdmin")
  })

  test("must have an own id, not one of a prototype", () => {
    expect(complaint('{"__proto__":{"update_id":1}}')).toContain("without update_id")
    expect(complaint(Object.create({ update_id: 1 }))).toContain("without update_id")
  })

  test("can be nested deeply without a crash", () => {
    const depth = 5000
    const deep = `{"update_id":1,"message":${"[".repeat(depth)}${"]".repeat(depth)}}`
    expect(parseUpdate(deep).update_id).toBe(1)
    expect(complaint("[".repeat(1_000_000))).toContain("not valid JSON")
  })
})

describe("a value that is not an update", () => {
  const wrong: [unknown, string][] = [
    [null, "Expected an update, a JSON object, got null"],
    [undefined, "Expected an update, a JSON object, got undefined"],
    [42, "Expected an update, a JSON object, got 42"],
    [[], "Expected an update, a JSON object, got an array"],
    [[{ update_id: 1 }], "Expected an update, a JSON object, got an array"],
    ["null", "Expected an update, a JSON object, got null"],
    ["[]", "Expected an update, a JSON object, got an array"],
    ['"text"', "Expected an update, a JSON object, got a string"],
    ["42", "Expected an update, a JSON object, got 42"],
    ["true", "Expected an update, a JSON object, got a boolean"],
    ["{}", "Expected an update, got an object without update_id"],
    [{}, "Expected an update, got an object without update_id"],
    ["", "Expected an update, got a text that is not valid JSON"],
    ["{", "Expected an update, got a text that is not valid JSON"],
    ['{"update_id":1}}', "Expected an update, got a text that is not valid JSON"],
    ["{update_id:1}", "Expected an update, got a text that is not valid JSON"],
    ['{"update_id":null}', "Expected update_id to be a 32-bit integer, got null"],
    ['{"update_id":"1"}', "Expected update_id to be a 32-bit integer, got a string"],
    ['{"update_id":1.5}', "Expected update_id to be a 32-bit integer, got 1.5"],
    ['{"update_id":-1}', "Expected update_id to be a 32-bit integer, got -1"],
    ['{"update_id":2147483648}', "Expected update_id to be a 32-bit integer, got 2147483648"],
    ['{"update_id":1e999}', "Expected update_id to be a 32-bit integer, got Infinity"],
    ['{"update_id":true}', "Expected update_id to be a 32-bit integer, got a boolean"],
    ['{"update_id":[1]}', "Expected update_id to be a 32-bit integer, got an array"],
    ['{"update_id":{}}', "Expected update_id to be a 32-bit integer, got an object"],
    [{ update_id: 10n }, "Expected update_id to be a 32-bit integer, got a bigint"],
    [{ update_id: NaN }, "Expected update_id to be a 32-bit integer, got NaN"],
  ]

  test.each(wrong)("is refused with a description of it (case %#)", (input, message) => {
    expect(complaint(input)).toBe(message)
  })

  test("is refused if its UTF-8 is invalid or cut in the middle of a character", () => {
    const whole = bytes(JSON.stringify({ update_id: 1, text: "🚀" }))
    const start = whole.indexOf(0xf0)
    const cut = new Uint8Array([...whole.slice(0, start + 2), ...bytes('"}')])
    expect(complaint(cut)).toBe("Expected an update, got a text that is not valid UTF-8")
    expect(complaint(whole.slice(0, start + 2))).toContain("not valid UTF-8")
    expect(complaint(new Uint8Array([0xff, 0xfe, 0x7b, 0]))).toContain("not valid UTF-8")
  })

  test("is accepted if its chunks, split in a character, are joined first", () => {
    const whole = Buffer.from(JSON.stringify(update))
    const middle = whole.indexOf(0xf0) + 2
    const joined = Buffer.concat([whole.subarray(0, middle), whole.subarray(middle)])
    expect(parseUpdate(joined)).toEqual(update)
  })

  test("is never shown, neither in the message nor in the cause", () => {
    const secrets = [
      "hunter2 is my password",
      '{"update_id":"hunter2"}',
      '{"text":"hunter2"}',
      '["hunter2"]',
      '{"update_id":1,"text":hunter2}',
    ]
    for (const input of [...secrets, ...secrets.map(bytes)]) {
      const error = errorOf(input)
      expect(String(error.stack)).not.toContain("hunter2")
      expect(String(error.cause)).not.toContain("hunter2")
    }
  })

  test("is refused with an InvalidUpdate, whatever its type", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.string(), fc.uint8Array()), (input) => {
        try {
          const { update_id: id } = parseUpdate(input as object)
          expect(Number.isInteger(id) && id >= 0 && id < 2 ** 31).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidUpdate)
        }
      }),
    )
  })
})

function errorOf(input: string | Uint8Array): Error {
  try {
    parseUpdate(input)
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error("It was accepted")
}
