import assert from "node:assert/strict"
import type { ProbedBehaviours } from "./queue-probe.js"

/** Returns the behaviours of a queue with a limited number of deliveries per bot. */
export function perBotBehaviours(perBot: number): ProbedBehaviours {
  return {
    "bots take turns: one with many updates delays no other": async (probe) => {
      for (let chat = 1; chat <= 40; chat++) probe.put(chat, chat, 1)
      const other = probe.put(1, 1_000, 2)
      // Shards take no turns. But more than `perBot` deliveries cannot all be of one bot.
      const takes = probe.hasShards ? perBot + 1 : 2
      const ids: number[] = []
      for (let taken = 0; taken < takes; taken++) ids.push((await probe.take()).update.update_id)
      assert.ok(
        ids.includes(other.updateId),
        `The bot with one update had to wait: ${ids.join(" and ")} were taken`,
      )
    },

    "workers have at most `perBot` updates of one bot, and other bots continue": async (probe) => {
      for (let chat = 1; chat <= perBot + 2; chat++) probe.put(chat, chat, 1)
      const held = []
      for (let taken = 0; taken < perBot; taken++) held.push(await probe.take())
      await probe.expectNothing()
      probe.put(1, 1_000, 2)
      assert.equal((await probe.take()).botId, 2)
      await probe.expectNothing()
      const [first, second] = held
      await first?.done()
      assert.equal((await probe.take()).update.update_id, perBot + 1)
      if (second) await second.retry({ delayMs: 60_000 })
      if (second) assert.equal((await probe.take()).update.update_id, perBot + 2)
    },

    "a waiting worker gets an update of a bot when another one of that bot has ended": async (
      probe,
    ) => {
      for (let chat = 1; chat <= perBot + 1; chat++) probe.put(chat, chat, 1)
      const held = []
      for (let taken = 0; taken < perBot; taken++) held.push(await probe.take())
      const waiting = probe.take()
      await held[0]?.done()
      assert.equal((await waiting).update.update_id, perBot + 1)
    },
  }
}
