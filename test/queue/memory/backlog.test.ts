import { expect, test } from "vitest"
import { Backlog } from "../../../src/queue/memory/backlog.js"

test("with many bots, a bot takes memory only while it has updates", () => {
  const backlog = new Backlog(Infinity)
  const busy = backlog.add(
    { botId: 1, update: { update_id: 1 } },
    { lane: backlog.bot(1).lane("chat"), size: 0, now: 0 },
  )
  for (let botId = 2; botId <= 10_000; botId++) {
    const lane = backlog.bot(botId).lane("chat")
    backlog.add({ botId, update: { update_id: 1 } }, { lane, size: 0, now: 0 })
    backlog.remove(backlog.takeFirst(lane))
    backlog.release(lane)
  }
  expect(backlog.bots.length).toBeLessThanOrEqual(1_024)
  expect(backlog.bots[0]?.queued.get(1)).toBe(busy)
  expect(backlog.bot(1).queued.size).toBe(1)
})
