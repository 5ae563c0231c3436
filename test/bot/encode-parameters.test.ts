import { Readable } from "node:stream"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeParameters, containsStream } from "../../src/bot/encode-parameters.js"
import { InputFile } from "../../src/telegram/input-file.js"

const fieldsOf = (params?: object) => encodeParameters("sendMessage", params).fields

test("values that JSON can represent pass unchanged, in a copy", () => {
  const params = { a: "x", b: 0, c: false, d: [1, [2]], e: { f: { g: "" } } }
  expect(fieldsOf(params)).toEqual(params)
  expect(fieldsOf(params)["e"]).not.toBe(params.e)
  expect(fieldsOf()).toEqual({})
})

test("undefined and null are left out at every depth, and the given object is not changed", () => {
  const params = { a: null, b: undefined, c: { d: null, e: [{ f: null, g: undefined, h: 1 }] } }
  const before = structuredClone(params)
  expect(fieldsOf(params)).toStrictEqual({ c: { e: [{ h: 1 }] } })
  expect(params).toStrictEqual(before)
})

test("no sent value ever contains null", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (params) => {
      let text: string
      try {
        text = JSON.stringify(fieldsOf(params))
      } catch (error) {
        // Only a null in an array is refused.
        expect(error).toBeInstanceOf(TypeError)
        expect(JSON.stringify(params)).toMatch(/[[,]null[,\]]/)
        return
      }
      JSON.parse(text, (_key, value: unknown) => {
        expect(value).not.toBeNull()
        return value
      })
    }),
  )
})

test.each([
  [{ media: [1, null] }, "media[1]", "null"],
  [{ media: [undefined] }, "media[0]", "undefined"],
  // oxlint-disable-next-line no-sparse-arrays -- the test is about the hole
  [{ media: [1, , 2] }, "media[1]", "undefined"],
  [{ a: { b: [() => 1] } }, "a.b[0]", "() => 1"],
  [{ chat_id: Number.NaN }, "chat_id", "NaN"],
  [{ chat_id: Infinity }, "chat_id", "Infinity"],
  [
    { chat_id: 2n ** 60n },
    "chat_id",
    `the BigInt ${2n ** 60n}n, which is too large for a number in JSON`,
  ],
  [{ a: Symbol("x") }, "a", "Symbol(x)"],
  [{ photo: new Uint8Array(1) }, "photo", "bytes; use InputFile.bytes()"],
  [{ photo: new ArrayBuffer(1) }, "photo", "bytes; use InputFile.bytes()"],
  [{ photo: Readable.from(["x"]) }, "photo", "a stream; use InputFile.stream()"],
  [
    { media: [{ media: new ReadableStream() }] },
    "media[0].media",
    "a stream; use InputFile.stream()",
  ],
  [{ photo: new Blob(["x"]) }, "photo", "a Blob; use InputFile.stream(blob.stream())"],
  [{ photo: new Response("x") }, "photo", "a Response; use InputFile.stream(response.body)"],
  [
    { photo: { source: "cat.jpg" } },
    "photo",
    "an object with `source`, as Telegraf takes files; use InputFile.path(), .stream() or .bytes()",
  ],
])(
  "a value that JSON cannot represent is a TypeError that names its place: %#",
  (params, path, what) => {
    const message = `Expected the parameter \`${path}\` of sendMessage to be a value that JSON can represent, got ${what}.`
    expect(() => fieldsOf(params)).toThrow(TypeError)
    expect(() => fieldsOf(params)).toThrow(message)
  },
)

test("a BigInt is sent as a number where JSON can represent it", () => {
  expect(fieldsOf({ chat_id: -1_001_234_567_890n })).toEqual({ chat_id: -1_001_234_567_890 })
})

test("an object that contains itself is a TypeError", () => {
  const markup: Record<string, unknown> = {}
  markup["self"] = markup
  expect(() => fieldsOf({ reply_markup: markup })).toThrow("an object that contains itself")
})

test("builders are serialized as by JSON: toJSON counts, methods do not", () => {
  class Keyboard {
    inline_keyboard = [[{ text: "a", callback_data: "b" }]]
    text = () => this
  }
  const date = { toJSON: () => ({ day: 1, no: null }) }
  expect(fieldsOf({ reply_markup: new Keyboard(), date })).toStrictEqual({
    reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "b" }]] },
    date: { day: 1 },
  })
})

describe("files", () => {
  const one = InputFile.bytes("one")
  const two = InputFile.bytes("two")

  test("that are parameters themselves keep their names", () => {
    const encoded = encodeParameters("sendVideo", { chat_id: 1, video: one, thumbnail: two })
    expect(encoded.fields).toEqual({ chat_id: 1 })
    expect(encoded.files).toEqual([
      { name: "video", path: "video", file: one },
      { name: "thumbnail", path: "thumbnail", file: two },
    ])
  })

  test("that are nested, however deep, are attached by name, each once", () => {
    const blocks = [{ blocks: [{ video: { media: two } }, { photo: { media: one } }] }]
    const encoded = encodeParameters("sendRichMessage", {
      media: [{ media: one, thumbnail: two }],
      rich_message: { blocks },
    })
    expect(encoded.fields).toEqual({
      media: [{ media: "attach://file0", thumbnail: "attach://file1" }],
      rich_message: {
        blocks: [
          {
            blocks: [
              { video: { media: "attach://file1" } },
              { photo: { media: "attach://file0" } },
            ],
          },
        ],
      },
    })
    expect(encoded.files).toEqual([
      { name: "file0", path: "media[0].media", file: one },
      { name: "file1", path: "media[0].thumbnail", file: two },
    ])
  })

  test("that are streams are reported, since they cannot be sent twice", () => {
    const stream = InputFile.stream(new ReadableStream<Uint8Array>())
    expect(containsStream(encodeParameters("x", { a: [{ b: stream }] }))).toBe(true)
    expect(containsStream(encodeParameters("x", { a: [{ b: one }] }))).toBe(false)
  })
})
