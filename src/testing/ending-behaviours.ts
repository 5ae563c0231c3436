import assert from "node:assert/strict"
import { HandedBack } from "../queue/index.js"
import { pause, type ProbedBehaviours } from "./queue-probe.js"

/** A delay in milliseconds that suffices to put and take an update of another lane, even on a slow machine. */
const delayMs = 1_000

/** Returns the behaviours of the four ways to end a delivery. */
export function endingBehaviours(isDurable: boolean): ProbedBehaviours {
  return { ...everyQueue, ...(isDurable ? durableQueue : handingBackQueue) }
}

const everyQueue: ProbedBehaviours = {
  "an update that is done is never delivered again, and Telegram may forget it": async (probe) => {
    const put = probe.put(7)
    await (await probe.takeUpdate(put)).done()
    await probe.expectForgotten(put)
    await probe.expectNothing()
  },

  "an update that is retried comes again in its place, as the next attempt": async (probe) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    await (await probe.takeUpdate(first)).retry()
    const again = await probe.takeUpdate(first)
    assert.equal(again.attempt, 2)
    await again.done()
    assert.equal((await probe.takeUpdate(second)).attempt, 1)
  },

  "a retry that is not counted comes again after its delay, as the same attempt": async (probe) => {
    const put = probe.put(7)
    const held = await probe.takeUpdate(put)
    const start = performance.now()
    await held.retry({ delayMs: 50, isCounted: false })
    const again = await probe.takeUpdate(put)
    assert.ok(performance.now() - start >= 48, "The update came before its delay was over")
    assert.equal(again.attempt, 1)
    await again.retry()
    assert.equal((await probe.takeUpdate(put)).attempt, 2)
  },

  "a delayed retry keeps its lane closed, and no other, until the delay is over": async (probe) => {
    const [first] = probe.putAll(1, 2)
    assert.ok(first)
    const held = await probe.takeUpdate(first)
    const start = performance.now()
    await held.retry({ delayMs })
    await (await probe.takeUpdate(probe.put(2))).done()
    await probe.takeUpdate(first)
    assert.ok(performance.now() - start >= delayMs - 2, "The update came before its delay was over")
  },

  "an update that is set aside leaves its lane, and the next one comes": async (probe) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    await (await probe.takeUpdate(first)).setAside(new Error("Too often"))
    await probe.takeUpdate(second)
    await probe.expectForgotten(first)
  },

  "only the first ending of a delivery counts": async (probe) => {
    const [first, second] = probe.putAll(7, 3)
    assert.ok(first && second)
    const held = await probe.takeUpdate(first)
    await held.retry()
    await held.done()
    await held.setAside(new Error("Late"))
    const again = await probe.takeUpdate(first)
    await again.done()
    await again.retry()
    await probe.takeUpdate(second)
    await again.done()
    await probe.expectNothing()
  },

  "a retry with an invalid delay rejects, and does not end the delivery": async (probe) => {
    const held = await probe.takeUpdate(probe.put(7))
    await assert.rejects(held.retry({ delayMs: -1 }), TypeError)
    const next = probe.put(7)
    await held.done()
    await probe.takeUpdate(next)
  },
}

const handingBackQueue: ProbedBehaviours = {
  "Telegram may not forget an update before it is handled": async (probe) => {
    const put = probe.put(7)
    await pause(0)
    await probe.takeUpdate(put)
    await pause(20)
    assert.equal(put.state, "open")
  },

  "an update that is handed back is sent again, and is then new": async (probe) => {
    const put = probe.put(7)
    assert.equal(await (await probe.takeUpdate(put)).handBack(), true)
    await probe.expectRefused(put, HandedBack)
    const again = await probe.takeUpdate(probe.put(7, put.updateId))
    assert.equal(again.attempt, 1)
  },

  "the updates behind a delivery are handed back with it, so that none overtakes it": async (
    probe,
  ) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    await (await probe.takeUpdate(first)).handBack()
    await probe.expectRefused(second, HandedBack)
    await probe.expectNothing()
  },
}

const durableQueue: ProbedBehaviours = {
  "Telegram may forget an update when it is stored": async (probe) => {
    await probe.expectForgotten(probe.put(7))
  },

  "an update that is handed back is delivered again from the store, in its place": async (
    probe,
  ) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    assert.equal(await (await probe.takeUpdate(first)).handBack(), true)
    await (await probe.takeUpdate(first)).done()
    await probe.takeUpdate(second)
  },
}
