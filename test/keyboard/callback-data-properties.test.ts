import fc from "fast-check"
import { expect, test } from "vitest"
import type { Context } from "../../src/dispatch/index.js"
import { callbackData } from "../../src/keyboard/index.js"
import { fieldForm } from "../../src/keyboard/field-form.js"
import { packText, unpackText } from "../../src/keyboard/packed-text.js"
import { dispatchedEach } from "../support/dispatched.js"
import { pressUpdate } from "../support/updates.js"

const stage = dispatchedEach()

const text = fc.oneof(
  fc.string({ unit: "binary" }).filter((string) => string.isWellFormed()),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("~", ":", "\0", "e", "*", "ж", "語", "😀") }),
)

/** Returns a text whose packed form has exactly this number of bytes. */
function filled(start: string, bytes: number): string {
  let filled = ""
  for (const character of start) {
    if (bytesOf(packText("t", filled + character)) > bytes) break
    filled += character
  }
  const rest = bytes - (filled === "" ? 0 : bytesOf(packText("t", filled)))
  return filled + "x".repeat(rest)
}

function bytesOf(string: string): number {
  return new TextEncoder().encode(string).length
}

test.each([63, 64, 65])(
  "data of any script at %i bytes come back, whole up to 64 bytes and stored beyond",
  async (bytes) => {
    const note = callbackData("note", { text: "text" })
    const made: { data: string; text: string }[] = []
    const seen: unknown[] = []
    const overhead = "note:xx".length
    stage.dispatcher.message((ctx: Context) => {
      const texts = fc.sample(text, { numRuns: 200, seed: bytes })
      for (const start of texts) {
        const whole = filled(start, bytes - overhead)
        made.push({ data: note({ text: whole }, ctx), text: whole })
      }
    })
    stage.dispatcher.callbackQuery(note, (ctx) => void seen.push(ctx.data.text))
    stage.dispatcher.start()
    await stage.put({ update_id: 1, message: pressUpdate("x").callback_query!.message as never })
    expect(made).toHaveLength(200)
    for (const { data } of made) {
      expect(bytesOf(data)).toBe(bytes > 64 ? "note:*".length + 22 : bytes)
      await stage.put(pressUpdate(data))
    }
    expect(seen).toEqual(made.map((one) => one.text))
  },
)

test("each text comes back from its packed form, which has no colon and no NUL", () => {
  fc.assert(
    fc.property(text, (original) => {
      const packed = packText("t", original)
      expect(packed).not.toMatch(/[:\0]/)
      expect(unpackText(packed)).toBe(original)
    }),
  )
})

test("each data of fields comes back: negative numbers, big ids, separators, absent fields", () => {
  const form = fieldForm<object>({
    ...{ id: "int", up: "bool", name: "text" },
    ...{ count: "int?", note: "text?", seen: "bool?", kind: ["a", "b:c"] },
  })
  const data = fc.record(
    {
      id: fc.maxSafeInteger(),
      up: fc.boolean(),
      name: text,
      count: fc.maxSafeInteger(),
      note: text,
      seen: fc.boolean(),
      kind: fc.constantFrom("a", "b:c"),
    },
    { requiredKeys: ["id", "up", "name", "kind"], noNullPrototype: true },
  )
  fc.assert(
    fc.property(data, (original) => {
      expect(form.unpack(form.pack(original))).toEqual(original)
    }),
  )
})

test("a text that no call has packed is invalid, or is the only packed form of its data, and never throws", () => {
  const form = fieldForm<object>({ id: "int", note: "text?" })
  const { pack, unpack } = form
  const check = pack({ id: 1 }).slice(0, 2)
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map((rest) => check + rest),
      ),
      (forged) => {
        const data = unpack(forged)
        if (data !== undefined) expect(pack(data)).toBe(forged)
      },
    ),
  )
})

const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty"]

test.each(inherited)("a field that is called %s comes back, and may be absent", (name) => {
  const form = fieldForm<object>({ [name]: "int?", text: "text?" })
  const data = { [name]: 7 }
  expect(Object.entries(form.unpack(form.pack(data)) ?? {})).toEqual([[name, 7]])
  expect(Object.keys(form.unpack(form.pack({})) ?? { lost: 1 })).toEqual([])
  expect(form.maxBytes({})).toBeLessThan(form.maxBytes(data))
  expect(() => fieldForm({ [name]: "int" }).pack({})).toThrow("got undefined")
})
