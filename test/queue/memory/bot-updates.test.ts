import { expect, test } from "vitest"
import { BotUpdates } from "../../../src/queue/memory/bot-updates.js"

test("a chat's lane is kept until its next update", () => {
  const bot = new BotUpdates(1, { count: 0 })
  const lane = bot.lane("7")
  bot.occupy(lane)
  bot.release(lane)
  expect(bot.lane("7")).toBe(lane)
})

test("few idle lanes are kept, and all lanes with updates, after any number of bots and chats", () => {
  const idle = { count: 0 }
  const bots = Array.from({ length: 100 }, () => new BotUpdates(1, idle))
  const occupied = bots.map((bot) => bot.lane("occupied"))
  for (const [index, bot] of bots.entries()) bot.occupy(occupied[index]!)
  for (const bot of bots) {
    for (let chat = 0; chat < 3_000; chat += 1) {
      const lane = bot.lane(`${chat}`)
      bot.occupy(lane)
      bot.release(lane)
    }
  }
  expect(bots.every((bot, index) => bot.lane("occupied") === occupied[index])).toBe(true)
  const kept = bots.flatMap((bot) => [...bot.lanes]).filter(({ isIdle }) => isIdle)
  expect(kept).toHaveLength(idle.count)
  expect(idle.count).toBeLessThan(1_024 + 3 * bots.length)
})
