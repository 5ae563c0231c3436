import assert from "node:assert/strict"
import { type Delivery, type OwnPut, StateConflict } from "../queue/index.js"
import { type OwnContent, ownContent } from "../telegram/own-update.js"
import type { ProbedBehaviours, QueueProbe } from "./queue-probe.js"
import { storeOf } from "./state-behaviours.js"
import { delayOfWrites } from "./delay-of-writes.js"

/** The delay of a timer, in milliseconds. */
const dueInMs = 100
/** The least delay in milliseconds of a timer that is due after some writes. */
const laterInMs = 2_000

/** The behaviours of own updates and of timers. */
export const ownUpdateBehaviours: ProbedBehaviours = {
  "an own update is put at the end of its lane with the end of the update": async (probe) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    const delivery = await probe.takeUpdate(first)
    await delivery.done([own("paid", { lane: "7", data: { order: [1, "a", null] } })])
    await (await probe.takeUpdate(second)).done()
    const event = await takeOwn(probe, "paid")
    assert.deepEqual(event.own.data, { order: [1, "a", null] })
    assert.equal(event.delivery.lane, "7")
    assert.ok(event.delivery.update.update_id < 0)
    await event.delivery.done()
    await probe.expectNothing()
  },

  "the own updates of one delivery's end keep their order, and have different ids": async (
    probe,
  ) => {
    const delivery = await probe.takeUpdate(probe.put(7))
    await delivery.done(["a", "b", "c"].map((name) => own(name, { lane: "7" })))
    const ids = new Set<number>()
    for (const name of ["a", "b", "c"]) {
      const event = await takeOwn(probe, name)
      ids.add(event.delivery.update.update_id)
      await event.delivery.done()
    }
    assert.equal(ids.size, 3)
    await probe.expectNothing()
  },

  "an own update is retried in its place, and can be set aside": async (probe) => {
    await storeOf(probe).write([own("paid", { lane: "7" }), own("next", { lane: "7" })])
    await (await takeOwn(probe, "paid")).delivery.retry()
    const again = await takeOwn(probe, "paid")
    assert.equal(again.delivery.attempt, 2)
    await again.delivery.setAside(new Error("Too often"))
    await (await takeOwn(probe, "next")).delivery.done()
    await probe.expectNothing()
  },

  "a full queue accepts own updates": async (probe) => {
    const delivery = await probe.takeUpdate(probe.put(7))
    const many = Array.from({ length: 500 }, (_, index) => own(`${index}`, { lane: "9" }))
    await delivery.done(many)
    for (const { own: content } of many) {
      await (await takeOwn(probe, content.name)).delivery.done()
    }
    await probe.expectNothing()
  },

  "own updates leave the highest id of their bot as it is, if the queue supports it": async (
    probe,
  ) => {
    if (!probe.queue.highestId) return
    await storeOf(probe).write([own("first", { lane: "7" })])
    assert.equal(await probe.queue.highestId(1), undefined)
    await probe.put(8, 5).settled
    await storeOf(probe).write([own("second", { lane: "7" })])
    assert.equal(await probe.queue.highestId(1), 5)
  },

  "a timer puts its own update when it is due, not before": async (probe) => {
    const dueAt = Date.now() + dueInMs
    await storeOf(probe).write([timer("remind", dueAt)])
    const event = await takeOwn(probe, "remind")
    assert.ok(Date.now() >= dueAt - 2, "The timer was due too early")
    await event.delivery.done()
    await probe.expectNothing()
  },

  "the earliest of several timers is due first": async (probe) => {
    const delayMs = await delayOfWrites(storeOf(probe), laterInMs)
    const later = Date.now() + delayMs
    const dueAts = { late: later + 2 * dueInMs, early: later, middle: later + dueInMs }
    await storeOf(probe).write(Object.entries(dueAts).map(([name, dueAt]) => timer(name, dueAt)))
    for (const name of ["early", "middle", "late"]) {
      await (await takeOwn(probe, name)).delivery.done()
    }
  },

  "timers of the same time are due in the order in which they were set": async (probe) => {
    const dueAt = Date.now() + dueInMs
    const names = Array.from({ length: 20 }, (_, index) => `${index}`)
    await storeOf(probe).write(names.map((name) => timer(name, dueAt)))
    for (const name of names) await (await takeOwn(probe, name)).delivery.done()
    await probe.expectNothing()
  },

  "a put with the name of a timer replaces the timer, and a cancel removes it": async (probe) => {
    const state = storeOf(probe)
    const delayMs = await delayOfWrites(state, laterInMs)
    const later = Date.now() + delayMs
    await state.write([
      timer("replaced", later),
      timer("cancelled", later),
      timer("last", later + 1),
    ])
    await state.write([{ ...timer("replaced", later + 2), botId: 2 }])
    await state.write([
      timer("replaced", later + 3_600_000),
      { kind: "cancel", botId: 1, timer: "cancelled" },
      { kind: "cancel", botId: 1, timer: "never set" },
    ])
    const due = [await probe.take(), await probe.take()]
    const names = due.map(({ botId, update }) => `${botId} ${ownContent(update)?.name}`)
    // The timers of different shards have no common order.
    assert.deepEqual(probe.hasShards ? names.toSorted() : names, ["1 last", "2 replaced"])
    for (const delivery of due) await delivery.done()
    await state.write([timer("replaced", 0)])
    await (await takeOwn(probe, "replaced")).delivery.done()
    await probe.expectNothing()
  },

  "an own update whose writes conflict is not put": async (probe) => {
    const key = { botId: 1, space: "test", key: "cart" }
    const wrong = { kind: "set", key, json: "1", ifVersion: 77 } as const
    await assert.rejects(storeOf(probe).write([own("paid", { lane: "7" }), wrong]), StateConflict)
    await probe.expectNothing()
  },
}

function own(name: string, content: { readonly lane: string; readonly data?: unknown }): OwnPut {
  return { kind: "put", botId: 1, own: { name, ...content } }
}

function timer(name: string, dueAt: number): OwnPut {
  return { ...own(name, { lane: "7" }), dueAt, timer: name }
}

/** Takes a delivery; fails unless it is the own update of this name. */
async function takeOwn(
  probe: QueueProbe,
  name: string,
): Promise<{ delivery: Delivery; own: OwnContent }> {
  const delivery = await probe.take()
  const content = ownContent(delivery.update)
  assert.equal(content?.name, name)
  return { delivery, own: content }
}
