import assert from "node:assert/strict"
import { QueueFull } from "../queue/index.js"
import { pause, type ProbedBehaviours, type ProbedPut, type QueueProbe } from "./queue-probe.js"

/** A time of several turns of the event loop, in milliseconds. */
const severalTurnsMs = 20

/** Returns the tests that every queue with a limited number of waiting updates has to pass. */
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
      assert.ok(
        !puts.some(({ state }) => state instanceof Error),
        `A put was refused although the queue has room for ${capacity}`,
      )
      const [first] = puts
      assert.ok(first)
      await probe.takeUpdate(first)
      await pause(severalTurnsMs)
      const next = probe.put(7)
      await pause(severalTurnsMs)
      assert.ok(!(next.state instanceof Error), "A put was refused although a take had made room")
      await probe.expectRefused(probe.put(7), QueueFull)
    },

    "after a refused put, all later puts of the same turn are refused, even if a take makes room":
      async (probe) => {
        fill(probe)
        const refused = probe.put(1)
        const taking = probe.take()
        const laterPut = probe.put(2)
        await taking
        await probe.expectRefused(refused, QueueFull)
        await probe.expectRefused(laterPut, QueueFull)
      },

    "a refused update is new when it is put again": async (probe) => {
      const puts = fill(probe)
      const refused = probe.put(7)
      await probe.expectRefused(refused, QueueFull)
      for (const put of puts) await (await probe.takeUpdate(put)).done()
      await pause(severalTurnsMs)
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
