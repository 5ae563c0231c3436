import { describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { Simulator } from "@sounder/simulator"
import { modes } from "../support/modes.js"
import { untilTrue } from "../support/waiting.js"

const slowMs = 40_000
const both = modes.filter(({ name }) => name === "polling" || name === "webhook over HTTP")

describe.concurrent("a handler that takes 40 s", () => {
  for (const mode of both) {
    test(
      `by ${mode.name}: runs once, its chat waits, other chats are answered immediately`,
      { timeout: 5 * slowMs },
      async () => {
        await using telegram = await Simulator.start({ local: true })
        const account = telegram.bot({ username: "slow_bot" })
        await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
        const running = await mode.open(bot)
        const ran: string[] = []
        running.dispatcher.command("slow", async (ctx) => {
          ran.push("slow began")
          await new Promise((resolve) => setTimeout(resolve, slowMs))
          ran.push("slow ended")
          await ctx.reply("done at last")
        })
        running.dispatcher.on(filters.text, async (ctx) => {
          ran.push(ctx.message.text)
          await ctx.reply(ctx.message.text)
        })
        await running.start()
        const ada = telegram.user({ first_name: "Ada" })
        await ada.send(account, "/slow")
        await ada.send(account, "patience")

        const waits: number[] = []
        for (let n = 0; !ran.includes("slow ended"); n++) {
          const other = telegram.user({ first_name: `Other ${n}` })
          const sent = performance.now()
          await other.send(account, `quick ${n}`)
          expect((await other.hears({ timeoutMs: 60_000 })).text).toBe(`quick ${n}`)
          waits.push(performance.now() - sent)
          await new Promise((resolve) => setTimeout(resolve, 1_000))
        }

        expect((await ada.hears()).text).toBe("done at last")
        expect((await ada.hears()).text).toBe("patience")
        expect(waits.length).toBeGreaterThan(5)
        expect(Math.max(...waits)).toBeLessThan(slowMs / 3)
        expect(ran.filter((what) => what.startsWith("slow"))).toEqual(["slow began", "slow ended"])
        expect(new Set(ran).size).toBe(ran.length)
        await untilTrue(async () => (await bot.getWebhookInfo()).pending_update_count === 0)
        await running.stop()
      },
    )
  }
})
