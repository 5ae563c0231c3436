import fc from "fast-check"
import { expect, test } from "vitest"
import { BotUpdates } from "../../../src/queue/memory/bot-updates.js"
import { Lane, QueuedUpdate } from "../../../src/queue/memory/lane.js"
import { ReadyLanes } from "../../../src/queue/memory/ready-lanes.js"
import { updateOf } from "../../../src/testing/queue-probe.js"

const bot = new BotUpdates(1, { count: 0 })

function laneWith(sequence: number): Lane {
  const lane = new Lane(bot, `${sequence}`)
  lane.append(new QueuedUpdate({ botId: 1, update: updateOf(1, 1) }, lane, { sequence, size: 0 }))
  return lane
}

const headsOf = (lanes: readonly (Lane | undefined)[]) => lanes.map((lane) => lane?.head?.sequence)

test("ready lanes are taken in the order of their first updates, however they became ready", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(1_000), { maxLength: 60 }),
      fc.uniqueArray(fc.integer({ min: 500, max: 1_500 }), { maxLength: 20 }),
      (reopened, newest) => {
        const ready = new ReadyLanes()
        for (const sequence of newest.toSorted((a, b) => a - b)) ready.addNewest(laneWith(sequence))
        for (const sequence of reopened) ready.addReopened(laneWith(sequence))
        const all = [...reopened, ...newest].toSorted((a, b) => a - b)
        expect(headsOf(all.map(() => ready.shift()))).toEqual(all)
        expect(ready.shift()).toBeUndefined()
      },
    ),
  )
})

test("lanes that are added while others are taken are sorted in", () => {
  const ready = new ReadyLanes()
  for (const sequence of [5, 3, 9]) ready.addReopened(laneWith(sequence))
  expect(headsOf([ready.shift()])).toEqual([3])
  for (const sequence of [7, 1]) ready.addReopened(laneWith(sequence))
  ready.addNewest(laneWith(10))
  expect(headsOf([1, 2, 3, 4, 5].map(() => ready.shift()))).toEqual([1, 5, 7, 9, 10])
})

test("no lane is left after clear()", () => {
  const ready = new ReadyLanes()
  ready.addNewest(laneWith(2))
  ready.addReopened(laneWith(1))
  ready.clear()
  expect(ready.shift()).toBeUndefined()
  ready.addNewest(laneWith(3))
  expect(headsOf([ready.shift()])).toEqual([3])
})
