import fc from "fast-check"
import { expect, test } from "vitest"
import { Fleet } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Simulator } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"

/** An event of one of three bots, or of the fleet. */
type Act =
  | { readonly kind: "add" | "remove"; readonly bot: number; readonly isAwaited: boolean }
  | { readonly kind: "start" | "stop" }

const act = fc.oneof<fc.Arbitrary<Act>[]>(
  fc.record({
    kind: fc.constantFrom("add" as const, "remove" as const),
    bot: fc.nat(2),
    isAwaited: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom("start" as const, "stop" as const) }),
)

test("after any sequence of additions and removals, exactly the bots in the fleet answer", async () => {
  await using telegram = await Simulator.start({ local: true })
  const ada = telegram.user({ first_name: "Ada" })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      const accounts = [telegram.bot(), telegram.bot(), telegram.bot()]
      const botOptions = { apiRoot: telegram.apiRoot, localMode: true }
      await using fleet = new Fleet({ botOptions, logger: silentLogger })
      fleet.dispatcher.command("start", (ctx) => ctx.reply(`hello from ${ctx.bot.id}`))
      const port = await freePort()
      const options = {
        server: new WebhookServer({ port }),
        webhookUrl: `http://127.0.0.1:${port}/bots`,
      }
      const present = new Set<number>()
      let isRunning = false
      let under: Promise<unknown>[] = []
      const settle = async () => {
        await Promise.all(under)
        under = []
      }
      for (const each of acts) {
        if (!("bot" in each)) {
          await settle()
          if (each.kind === "start" && !isRunning) await fleet.startWebhook(options)
          if (each.kind === "stop") await fleet.stop()
          isRunning = each.kind === "start"
          continue
        }
        const { id, token } = accounts[each.bot]!
        if (each.kind === "add") {
          under.push(fleet.add(token))
          present.add(id)
        } else {
          const wasThere = present.delete(id)
          under.push(fleet.remove(id).then((answer) => expect(answer).toBe(wasThere)))
        }
        if (each.isAwaited) await settle()
      }
      await settle()
      expect(new Set(fleet.bots.map(({ id }) => id))).toEqual(present)
      expect(fleet.isRunning).toBe(isRunning)
      expect(options.server.address !== undefined).toBe(isRunning)
      for (const account of accounts) {
        const isHeard = isRunning && present.has(account.id)
        await ada.send(account, "/start")
        if (isHeard) expect((await ada.hears()).text).toBe(`hello from ${account.id}`)
        else expect(account.pendingUpdateCount).toBe(1)
      }
    }),
    { numRuns: 100 },
  )
})
