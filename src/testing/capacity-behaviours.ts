import assert from "node:assert/strict"
import { QueueFull } from "../queue/index.js"
import { pause, type ProbedBehaviours, type ProbedPut, type QueueProbe } from "./queue-probe.js"

/** A time longer than one turn of the event loop, in milliseconds. */
const turnMs = 20

/** Returns the behaviours of a queue with a limited number of waiting updates. */
export function capacityBehaviours(capacity: number): ProbedBehaviours {
  /**
   * Fills the queue, each update in a chat of its own, because one chat may take only a share of
   * the capacity.
   */
  const fill = (probe: QueueProbe) =>
    Array.from({ length: capacity }, (_, index) => probe.put(100 + index))
  return {
    "a put beyond the capacity is refused, and a take makes room": async (probe) => {
      const puts = fill(probe)
      await probe.expectRefused(probe.put(7), QueueFull)
      assert.ok(!puts.some(({ state }) => state instanceof Error), `There is room for ${capacity}`)
      const [first] = puts
      assert.ok(first)
      await probe.takeUpdate(first)
      await pause(turnMs)
      const next = probe.put(7)
      await pause(turnMs)
      assert.ok(!(next.state instanceof Error), "There is room for one")
      await probe.expectRefused(probe.put(7), QueueFull)
    },

    "after a refused put, all later puts of the same turn are refused, even if a take makes room":
      async (probe) => {
        fill(probe)
        const refused = probe.put(1)
        const taking = probe.take()
        const follows = probe.put(2)
        await taking
        await probe.expectRefused(refused, QueueFull)
        await probe.expectRefused(follows, QueueFull)
      },

    "a refused update is new when it is put again": async (probe) => {
      const puts = fill(probe)
      const refused = probe.put(7)
      await probe.expectRefused(refused, QueueFull)
      for (const put of puts) await (await probe.takeUpdate(put)).done()
      await pause(turnMs)
      await probe.takeUpdate(probe.put(7, refused.updateId))
    },

    "a repeated update_id joins the first in a full queue": async (probe) => {
      const puts = fill(probe)
      const [first] = puts
      assert.ok(first)
      const again: ProbedPut = probe.put(7, first.updateId)
      await (await probe.takeUpdate(first)).done()
      await probe.expectForgotten(again)
    },
  }
}
