import { expect, expectTypeOf, onTestFinished, test } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { MemoryBotStore } from "../../src/fleet/store/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { untilTrue } from "../support/waiting.js"

async function stage(options: FleetOptions = {}) {
  const telegram = await Simulator.start({ local: true })
  const botOptions = { apiRoot: telegram.apiRoot, localMode: true }
  const fleet = new Fleet({ botOptions, logger: silentLogger, ...options })
  onTestFinished(async () => {
    await fleet[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  })
  const ada = telegram.user()
  const ask = async (account: Parameters<typeof ada.send>[0]) => {
    await ada.send(account, "/start")
    return (await ada.hears()).text
  }
  return { telegram, fleet, ask }
}

test("the bots of a kind have handlers and data of their own", async () => {
  const { telegram, fleet, ask } = await stage()
  const shop = fleet.kind("shop", (data) => String(data))
  shop.command("start", (ctx) => {
    expectTypeOf(ctx.botData).toEqualTypeOf<string>()
    return ctx.reply(`shop of ${ctx.botData}`)
  })
  fleet.kind("quiz").command("start", (ctx) => ctx.reply(`quiz ${JSON.stringify(ctx.botData)}`))
  fleet.dispatcher.command("start", (ctx) => ctx.reply("no kind"))
  await fleet.startPolling()
  const [one, other, third] = [telegram.bot(), telegram.bot(), telegram.bot()]
  await fleet.add(one.token, { kind: "shop", data: "Ada" })
  await fleet.add(other.token, { kind: "quiz", data: { level: 3 } })
  await fleet.add(third.token)
  expect(await ask(one)).toBe("shop of Ada")
  expect(await ask(other)).toBe('quiz {"level":3}')
  expect(await ask(third)).toBe("no kind")
  expect(() => fleet.kind("a b")).toThrow("Expected the `kind` option")
})

test("data that are changed in the store reach the handlers", async () => {
  const store = new MemoryBotStore()
  const { telegram, fleet, ask } = await stage({ store })
  fleet.kind("shop").command("start", (ctx) => ctx.reply(String(ctx.botData)))
  await fleet.startPolling()
  const account = telegram.bot()
  await fleet.add(account.token, { kind: "shop", data: "old" })
  expect(await ask(account)).toBe("old")
  await store.setData(account.id, "new")
  await untilTrue(async () => (await ask(account)) === "new")
})

test("data of a bot can be replaced by null, and are kept if none are given", async () => {
  const { telegram, fleet, ask } = await stage()
  fleet.kind("shop").command("start", (ctx) => ctx.reply(JSON.stringify(ctx.botData)))
  await fleet.startPolling()
  const account = telegram.bot()
  await fleet.add(account.token, { kind: "shop", data: "old" })
  await fleet.add(account.token)
  expect(await ask(account)).toBe('"old"')
  await fleet.add(account.token, { data: null })
  expect(await ask(account)).toBe("null")
})
