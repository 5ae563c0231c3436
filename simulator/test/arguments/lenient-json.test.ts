import fc from "fast-check"
import { expect, test } from "vitest"
import { jsonPairs } from "../../src/arguments/lenient-json.js"

test.each([
  [
    '{"a":"x\\u00e9","b":12}',
    [
      ["a", "xé"],
      ["b", "12"],
    ],
  ],
  [
    '{"a":1,"a":2}',
    [
      ["a", "1"],
      ["a", "2"],
    ],
  ],
  [
    '{"a":{"b":["]"]},"c":null}',
    [
      ["a", '{"b":["]"]}'],
      ["c", "null"],
    ],
  ],
  ['{"a":12345678901234567890}', [["a", "12345678901234567890"]]],
  ['{"a":1,"b":', [["a", "1"]]],
  ['{"a":1,"b":{"c"}}', [["a", "1"]]],
  ['{"a":1,"b":tru}', [["a", "1"]]],
  ['{"a":1,}', [["a", "1"]]],
  ['{"a":"unended', []],
  ["[1]", []],
  ['"text"', []],
  ["", []],
])("%s gives %j", (text, pairs) => {
  expect(jsonPairs(text)).toEqual(pairs)
})

test("every object gives its members", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (object, pretty) => {
      const text = JSON.stringify(object, null, pretty ? 2 : 0)
      const read = jsonPairs(text).map(([name, value]) => [
        name,
        typeof object[name] === "string" ? value : (JSON.parse(value) as unknown),
      ])
      const plain: object = JSON.parse(text)
      expect(read).toEqual(Object.entries(plain))
    }),
  )
})

test("a cut of any object gives some of its members and never throws", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(200), (object, length) => {
      const whole = jsonPairs(JSON.stringify(object))
      const cut = jsonPairs(JSON.stringify(object).slice(0, length))
      expect(cut.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, cut.length - 1)))
    }),
  )
})
