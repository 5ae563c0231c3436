import assert from "node:assert/strict"
import { HandedBack } from "../queue/index.js"
import { pause, type ProbedBehaviours } from "./queue-probe.js"

/** Returns the behaviours of a queue whose workers stop, and of a closed queue. */
export function stoppingBehaviours(isDurable: boolean): ProbedBehaviours {
  return { ...everyQueue, ...(isDurable ? durableQueue : handingBackQueue) }
}

const everyQueue: ProbedBehaviours = {
  "an abort of a pending take rejects with the reason, and takes no update": async (probe) => {
    const abort = new AbortController()
    const reason = new Error("The worker stops")
    const waiting = probe.taking(abort.signal)
    abort.abort(reason)
    await assert.rejects(waiting, reason)
    await probe.takeUpdate(probe.put(7))
  },

  "a take with an aborted signal rejects with the reason, and takes no update": async (probe) => {
    const put = probe.put(7)
    const reason = new Error("The worker has stopped")
    await assert.rejects(probe.taking(AbortSignal.abort(reason)), reason)
    await probe.takeUpdate(put)
  },

  "an abort after the end of a take has no effect": async (probe) => {
    const abort = new AbortController()
    const put = probe.put(7)
    const delivery = await probe.taking(abort.signal)
    abort.abort(new Error("The worker stops"))
    await delivery.done()
    await probe.expectForgotten(put)
  },

  "closing a queue rejects pending takes": async (probe) => {
    const waiting = probe.taking(new AbortController().signal)
    const refused = assert.rejects(waiting, { code: "queue-closed" })
    await probe.queue[Symbol.asyncDispose]()
    await refused
    const later = probe.taking(new AbortController().signal)
    await assert.rejects(later, { code: "queue-closed" })
  },

  "a queue can be closed twice": async (probe) => {
    await probe.queue[Symbol.asyncDispose]()
    await probe.queue[Symbol.asyncDispose]()
  },
}

const handingBackQueue: ProbedBehaviours = {
  "`handBack()` hands back waiting updates, deliveries continue, and the queue stays usable":
    async (probe) => {
      const [held, waiting, other] = [probe.put(1), probe.put(1), probe.put(2)]
      const delivery = await probe.takeUpdate(held)
      assert.deepEqual(await probe.handBack(), {
        handedBack: [waiting.updateId, other.updateId],
        remaining: [],
      })
      await probe.expectRefused(waiting, HandedBack)
      await probe.expectRefused(other, HandedBack)
      await delivery.done()
      await probe.expectForgotten(held)
      await probe.takeUpdate(probe.put(1))
    },

  "an update that was handed back is new when it is put again": async (probe) => {
    const first = probe.put(7)
    await probe.handBack()
    await probe.expectRefused(first, HandedBack)
    const again = probe.put(7, first.updateId)
    await (await probe.takeUpdate(again)).done()
    await probe.expectForgotten(again)
  },

  "an update that waits for its next attempt is handed back, too": async (probe) => {
    const [first, second] = [probe.put(7), probe.put(7)]
    await (await probe.takeUpdate(first)).retry({ delayMs: 30 })
    const { handedBack } = await probe.handBack()
    assert.deepEqual(handedBack, [first.updateId, second.updateId])
    await pause(60)
    await probe.expectNothing()
    await probe.takeUpdate(probe.put(7))
  },

  "a closed queue hands back unhandled updates, and all later ones": async (probe) => {
    const [held, waiting] = [probe.put(7), probe.put(7)]
    const delivery = await probe.takeUpdate(held)
    await probe.queue[Symbol.asyncDispose]()
    await probe.expectRefused(held, HandedBack)
    await probe.expectRefused(waiting, HandedBack)
    await probe.expectRefused(probe.put(8), HandedBack)
    await delivery.done()
  },
}

const durableQueue: ProbedBehaviours = {
  "`handBack()` hands nothing back: waiting updates stay in the store": async (probe) => {
    const put = probe.put(7)
    await probe.expectForgotten(put)
    assert.deepEqual(await probe.handBack(), { handedBack: [], remaining: [] })
    await probe.takeUpdate(put)
  },
}
