import fc from "fast-check"
import { expect, test } from "vitest"
import { RememberedIds } from "../../../src/queue/memory/remembered-ids.js"

const dayMs = 24 * 60 * 60 * 1000

/** Ids next to each other, as Telegram assigns them, and any others that a program may put. */
const anyId = fc.oneof(fc.integer({ min: 1_000, max: 1_100 }), fc.maxSafeInteger())

test("exactly the ids that were added are known, each of its own bot", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), anyId)), fc.array(anyId), (added, others) => {
      const ids = new RememberedIds()
      for (const [bot, id] of added) ids.add(bot, id)
      const asked = [...added.map(([, id]) => id), ...others]
      for (const bot of [0, 1, 2]) {
        const own = new Set(added.filter(([ofBot]) => ofBot === bot).map(([, id]) => id))
        expect(asked.map((id) => ids.has(bot, id, 0))).toEqual(asked.map((id) => own.has(id)))
      }
    }),
  )
})

test("an id is known until 100,000 others have followed, or for a day", () => {
  const ids = new RememberedIds()
  for (let id = 0; id < 200_000; id += 1) ids.add(1, id)
  expect([100_000, 199_999].map((id) => ids.has(1, id, dayMs - 1))).toEqual([true, true])
  ids.add(1, 200_000)
  expect([0, 99_999, 100_000].map((id) => ids.has(1, id, 0))).toEqual([false, false, true])
  expect(ids.has(1, 100_000, 2 * dayMs)).toBe(false)
})
