import { Simulator } from "@sounder/simulator"
import { expect, expectTypeOf, test } from "vitest"
import { Dispatcher, filters } from "../../../src/dispatch/index.js"
import { Bot } from "../../../src/bot/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { Updater } from "../../../src/updater.js"
import { ada, group, keptBot, updateWith } from "../../support/updates.js"

test("a type that this version does not know is asked for, delivered and handled", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "newer_bot" })
  const [seen, asked]: readonly [unknown[], unknown[]] = [[], []]
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const updater = new Updater({ bot, logger: silentLogger })
  bot.use((call, next) => {
    if (call.method === "getUpdates") asked.push(call.params)
    return next()
  })
  const handled = new Promise<void>((resolve) => {
    updater.dispatcher.type("hologram", (ctx) => {
      seen.push([ctx.updateType, ctx.update.hologram, ctx.chat?.id, ctx.from?.id])
      resolve()
    })
  })
  await updater.startPolling()
  // The types of the simulator lack this one, too.
  account.push({ hologram: { depth: 3, chat: group, from: ada } } as object)
  await handled
  expect(seen).toEqual([["hologram", { depth: 3, chat: group, from: ada }, -100, 7]])
  await updater.stop({ deadlineMs: 1_000 })
  expect(asked[0]).toMatchObject({ allowed_updates: ["hologram"] })
})

test("the payload of an unknown type is a record, and that of a known one is typed", () => {
  const dispatcher = new Dispatcher({ bot: keptBot().bot })
  dispatcher.type("hologram", (ctx) => {
    expectTypeOf(ctx.update.hologram).toEqualTypeOf<Readonly<Record<string, unknown>>>()
  })
  dispatcher.type("callback_query", (ctx) => {
    expectTypeOf(ctx.callbackQuery.id).toBeString()
  })
  dispatcher.type("poll_answer", (ctx) => {
    expectTypeOf(ctx.update.poll_answer.poll_id).toBeString()
  })
})

test("a handler of a type can have a filter", async () => {
  const dispatcher = new Dispatcher({ bot: keptBot().bot })
  const seen: string[] = []
  dispatcher.type("hologram", filters.user(7), () => void seen.push("Ada"))
  dispatcher.type("hologram", () => void seen.push("anybody"))
  await dispatcher.process(updateWith({ hologram: { from: ada } }))
  await dispatcher.process(updateWith({ hologram: { from: { ...ada, id: 8 } } }))
  await dispatcher.process(updateWith({ message: { from: ada } }))
  expect(seen).toEqual(["Ada", "anybody"])
})

test.each(["", "update_id", "own", "Message", "constructor!", 5])("%j is no type", (type) => {
  const dispatcher = new Dispatcher({ bot: keptBot().bot })
  // A program in JavaScript can pass anything.
  expect(() => dispatcher.type(type as string, () => {})).toThrow("Expected the `type` option")
})
