import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ValuesById } from "../../../src/queue/memory/values-by-id.js"

const sorted = (values: Iterable<number>) => [...values].toSorted((one, other) => one - other)

const highest = 2 ** 31 - 1

describe("a table of updates by id", () => {
  test("finds updates until they are removed", () => {
    const updates = new ValuesById<string>()
    updates.set(7, "seven")
    updates.set(7 + 64, "of the same place")
    updates.set(highest, "the highest")
    updates.delete(7)
    updates.delete(8)
    expect([7, 71, highest].map((id) => updates.get(id))).toEqual([
      undefined,
      "of the same place",
      "the highest",
    ])
    expect([...updates.values()].toSorted()).toEqual(["of the same place", "the highest"])
  })

  test("finds updates after it has grown, and is empty when all are removed", () => {
    const updates = new ValuesById<number>()
    for (const round of [1, 2, 3]) {
      const ids = Array.from({ length: 1_000 }, (_, index) => round * 7_919 + index * 3)
      for (const id of ids) updates.set(id, id)
      expect(ids.every((id) => updates.get(id) === id)).toBe(true)
      expect(updates.size).toBe(1_000)
      for (const id of ids) updates.delete(id)
      expect([updates.size, [...updates.values()].length]).toEqual([0, 0])
    }
  })

  test("has the same contents as a Map after any sequence of changes", () => {
    // Few places, so that ids meet and are removed between others.
    const id = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: highest }))
    const change = fc.record({ id, isRemoved: fc.boolean(), value: fc.integer() })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const updates = new ValuesById<number>()
        const map = new Map<number, number>()
        for (const { id, isRemoved, value } of changes) {
          if (isRemoved) updates.delete(id)
          else updates.set(id, value)
          if (isRemoved) map.delete(id)
          else map.set(id, value)
          expect(updates.get(id)).toBe(map.get(id))
        }
        for (const { id } of changes) expect(updates.get(id)).toBe(map.get(id))
        expect(sorted(updates.values())).toEqual(sorted(map.values()))
        expect(updates.size).toBe(map.size)
      }),
    )
  })
})
