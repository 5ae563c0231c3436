import fc from "fast-check"
import { expect, test } from "vitest"
import { GrowingText } from "../../src/world/growing-text.js"

test("a growing text equals the text of its parts, from any offset on", () => {
  const step = fc.record({ part: fc.string({ maxLength: 80 }), back: fc.nat(200) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const growing = new GrowingText()
      let whole = ""
      for (const { part, back } of steps) {
        growing.add(part)
        whole += part
        const offset = Math.max(0, whole.length - back)
        expect(growing.from(offset)).toBe(whole.slice(offset))
        expect(growing.length).toBe(whole.length)
      }
      expect(String(growing)).toBe(whole)
    }),
  )
})
