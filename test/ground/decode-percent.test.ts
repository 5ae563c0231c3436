import { expect, test } from "vitest"
import { decodePercent } from "../../src/ground/decode-percent.js"

test.each([
  ["https://a.example/110%3Asecret", "https://a.example/110:secret"],
  ["https://a.example/%zz", "https://a.example/%zz"],
  ["https://a.example/%", "https://a.example/%"],
])("%s is decoded to %s", (text, decoded) => {
  expect(decodePercent(text)).toBe(decoded)
})
