import fc from "fast-check"
import { expect, test } from "vitest"
import { jsonText } from "../../src/ground/json-text.js"

const cycle: { name: string; items: unknown[] } = { name: "a", items: [] }
cycle.items.push({ of: cycle })

class Cart {
  items = []
}

test.each([
  [
    "a Date",
    { a: { at: new Date(0) } },
    "cart.a.at",
    "an object of the class Date: store its toISOString()",
  ],
  ["a Map", [new Map()], "cart[0]", "an object of the class Map"],
  ["an object of a class", { cart: new Cart() }, "cart.cart", "the class Cart"],
  ["a bigint", { "two words": 1n }, 'cart["two words"]', "a bigint"],
  ["undefined in an array", { a: [1, undefined] }, "cart.a[1]", "undefined"],
  ["a hole in an array", { a: Object.assign([1], { length: 2 }) }, "cart.a[1]", "undefined"],
  ["undefined", undefined, "cart", "undefined"],
  ["NaN", { n: Number.NaN }, "cart.n", "NaN"],
  ["Infinity", { n: Infinity }, "cart.n", "Infinity"],
  ["a function", { toJSON: () => 1 }, "cart.toJSON", "a function"],
  ["a symbol", { s: Symbol("x") }, "cart.s", "a symbol"],
  ["a cycle", cycle, "cart.items[0].of", "contains itself"],
])("%s is refused with its path", (_, value, place, text) => {
  const refused = () => jsonText("cart", value)
  expect(refused).toThrow(TypeError)
  expect(refused).toThrow(place)
  expect(refused).toThrow(text)
})

test("a property that is undefined is left out", () => {
  expect(jsonText("cart", { a: undefined, b: 1 })).toBe(`{"b":1}`)
})

test("an object can occur twice", () => {
  const item = { id: 1 }
  expect(jsonText("cart", [item, item])).toBe(`[{"id":1},{"id":1}]`)
})

test("every JSON value survives serialization", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(JSON.parse(jsonText("value", value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
