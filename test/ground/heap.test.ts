import fc from "fast-check"
import { expect, test } from "vitest"
import { Heap } from "../../src/ground/heap.js"

const ascending = (one: number, other: number) => one - other

test("a heap returns its items in ascending order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 200 }), (numbers) => {
      const heap = new Heap<{ readonly number: number }>(({ number }) => number)
      for (const number of numbers) heap.add({ number })
      expect(heap.size).toBe(numbers.length)
      expect(numbers.map(() => heap.shift()?.number)).toEqual(numbers.toSorted(ascending))
      expect(heap.shift()).toBeUndefined()
    }),
  )
})

test("items that are added between removals are sorted in", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20)), { maxLength: 200 }), (steps) => {
      const heap = new Heap<number>((item) => item)
      let sorted: number[] = []
      for (const item of steps) {
        if (item === null) expect(heap.shift()).toBe(sorted.shift())
        else {
          heap.add(item)
          sorted = [...sorted, item].toSorted(ascending)
        }
        expect(heap.first).toBe(sorted[0])
        expect(heap.size).toBe(sorted.length)
      }
    }),
  )
})
