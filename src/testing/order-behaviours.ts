import assert from "node:assert/strict"
import type { Delivery } from "../queue/index.js"
import { pause, type ProbedBehaviours, type QueueProbe } from "./queue-probe.js"

/** The behaviours of lanes: order within a lane, and lanes side by side. */
export const orderBehaviours: ProbedBehaviours = {
  "updates of one lane are taken in the order in which they were put": async (probe) => {
    for (const put of probe.putAll(7, 5)) await (await probe.takeUpdate(put)).done()
  },

  "a lane is closed while a worker has one of its updates": async (probe) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    const held = await probe.takeUpdate(first)
    await probe.expectNothing()
    await held.done()
    await probe.takeUpdate(second)
  },

  "workers have updates of different lanes at the same time": async (probe) => {
    const puts = [probe.put(1), probe.put(2), probe.put(3)]
    for (const put of puts) await probe.takeUpdate(put)
  },

  "lanes of different bots are different, even with the same name": async (probe) => {
    const puts = [probe.put(7, 1, 1), probe.put(7, 1, 2)]
    for (const put of puts) await probe.takeUpdate(put)
  },

  "a delivery contains its update, bot and lane, and is the first attempt": async (probe) => {
    probe.put(7, 5, 42)
    const { botId, update, lane, attempt } = await probe.take()
    assert.deepEqual([botId, update.update_id, lane, attempt], [42, 5, "7", 1])
    assert.equal(update.message?.text, "5")
  },

  "a delivery contains the time of the put, in every attempt": async (probe) => {
    // The clock of a store may differ from the clock of this process.
    const toleranceMs = 5_000
    const before = Date.now() - toleranceMs
    probe.put(7)
    const first = await probe.take()
    const { receivedAt } = first
    assert.ok(receivedAt >= before && receivedAt <= Date.now() + toleranceMs, `${receivedAt}`)
    await first.retry()
    assert.equal((await probe.take()).receivedAt, receivedAt)
  },

  "a parked update is delivered after it is unparked, if the queue supports parking": async (
    probe,
  ) => {
    if (!probe.queue.early) return
    const early = probe.park(7, 5)
    await early.put.settled
    assert.equal(early.put.state, "forgotten")
    await probe.expectNothing()
    const before = probe.put(7, 4)
    early.unpark()
    const after = probe.put(7, 6)
    for (const put of [before, early.put, after]) await (await probe.takeUpdate(put)).done()
  },

  "an update that is parked twice is delivered once, if the queue supports parking": async (
    probe,
  ) => {
    if (!probe.queue.early) return
    const early = probe.park(7, 5)
    await early.put.settled
    const again = probe.park(7, 5)
    await again.put.settled
    const before = probe.put(7, 4)
    early.unpark()
    again.unpark()
    for (const put of [before, early.put]) await (await probe.takeUpdate(put)).done()
    await probe.expectNothing()
  },

  "the highest id of a bot is known, if the queue supports it": async (probe) => {
    if (!probe.queue.highestId) return
    assert.equal(await probe.queue.highestId(1), undefined)
    for (const id of [5, 9, 7]) await probe.put(id, id).settled
    await probe.put(7, 20, 2).settled
    for (let taken = 0; taken < 4; taken++) await (await probe.take()).done()
    assert.equal(await probe.queue.highestId(1), 9)
    assert.equal(await probe.queue.highestId(2), 20)
  },

  "a slow lane delays no other": async (probe) => {
    const [slow] = probe.putAll(1, 3)
    assert.ok(slow)
    await probe.takeUpdate(slow)
    for (const put of probe.putAll(2, 3)) await (await probe.takeUpdate(put)).done()
  },

  "updates that wait in their lane occupy no worker": async (probe) => {
    await probe.takeUpdate(probe.put(1))
    const waiting = probe.queue.take(AbortSignal.timeout(30_000))
    probe.put(1)
    probe.put(1)
    const other = probe.put(2)
    assert.equal((await waiting).update.update_id, other.updateId)
  },

  "the lane with the oldest first update is taken first": async (probe) => {
    const [a1, b1, a2, b2] = [probe.put(1), probe.put(2), probe.put(1), probe.put(2)]
    const [a, b] = [await probe.takeUpdate(a1), await probe.takeUpdate(b1)]
    await b.done()
    await a.done()
    await probe.takeUpdate(a2)
    await probe.takeUpdate(b2)
  },

  "a waiting worker gets the next update that is put": async (probe) => {
    const waiting = probe.queue.take(AbortSignal.timeout(30_000))
    const put = probe.put(7)
    assert.equal((await waiting).update.update_id, put.updateId)
  },

  "with many workers, no lane is taken twice at a time, and each stays in order": async (probe) => {
    const updates = 120
    const puts = Array.from({ length: updates }, (_, index) => probe.put(index % 5))
    const idsByLane = await handleAll(probe, updates)
    for (let chat = 0; chat < 5; chat++) {
      const expected = puts.filter((_, index) => index % 5 === chat).map(({ updateId }) => updateId)
      assert.deepEqual(idsByLane.get(`${chat}`), expected)
    }
  },
}

/**
 * Takes and finishes `updates` deliveries with eight workers. Returns the update ids of each lane, in the
 * order of their deliveries.
 */
async function handleAll(probe: QueueProbe, updates: number): Promise<Map<string, number[]>> {
  const idsByLane = new Map<string, number[]>()
  const closedLanes = new Set<string>()
  const handle = async ({ lane, update }: Delivery) => {
    assert.ok(!closedLanes.has(lane), `Two workers have updates of lane ${lane} at the same time`)
    closedLanes.add(lane)
    idsByLane.set(lane, [...(idsByLane.get(lane) ?? []), update.update_id])
    await pause(update.update_id % 3)
    closedLanes.delete(lane)
  }
  let remaining = updates
  const work = async () => {
    while (remaining-- > 0) {
      const delivery = await probe.take()
      await handle(delivery)
      await delivery.done()
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return idsByLane
}
