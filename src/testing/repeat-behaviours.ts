import assert from "node:assert/strict"
import type { ProbedBehaviours } from "./queue-probe.js"

/** The behaviours for repeats: Telegram sends an update again until it is acknowledged. */
export const repeatBehaviours: ProbedBehaviours = {
  "a repeated update_id joins the waiting first one, and is delivered once": async (probe) => {
    const first = probe.put(7, 5)
    const again = probe.put(7, 5)
    await (await probe.takeUpdate(first)).done()
    await probe.expectForgotten(first)
    await probe.expectForgotten(again)
    await probe.expectNothing()
  },

  "a repeated update_id joins the first one in a worker's hands, and is delivered once": async (
    probe,
  ) => {
    const first = probe.put(7, 5)
    const held = await probe.takeUpdate(first)
    const again = probe.put(7, 5)
    await probe.expectNothing()
    await held.done()
    await probe.expectForgotten(again)
    await probe.expectNothing()
  },

  "an update that is put again after it was handled is acknowledged at once": async (probe) => {
    const first = probe.put(7, 5)
    await (await probe.takeUpdate(first)).done()
    await probe.expectForgotten(probe.put(7, 5))
    await probe.expectNothing()
  },

  "an update that is put again after it was set aside is acknowledged at once": async (probe) => {
    const first = probe.put(7, 5)
    await (await probe.takeUpdate(first)).setAside(new Error("Too often"))
    await probe.expectForgotten(probe.put(7, 5))
    await probe.expectNothing()
  },

  "the same update_id of another bot is a different update": async (probe) => {
    probe.put(7, 5, 1)
    probe.put(7, 5, 2)
    const bots = [(await probe.take()).botId, (await probe.take()).botId]
    assert.deepEqual(new Set(bots), new Set([1, 2]))
  },

  "an update_id lower than the last one is new": async (probe) => {
    const high = probe.put(7, 900_000_000)
    await (await probe.takeUpdate(high)).done()
    await (await probe.takeUpdate(probe.put(7, 4_130_345))).done()
    await probe.takeUpdate(probe.put(7, 4_130_346))
  },
}
