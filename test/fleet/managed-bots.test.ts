import { describe, expect, onTestFinished, test } from "vitest"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { MemoryBotStore } from "../../src/fleet/store/index.js"
import { RetryAfter } from "../../src/telegram/errors.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { untilTrue } from "../support/waiting.js"

const names = { first_name: "Tea", username: "tea_bot" }

/** A fleet that polls for a bot that manages bots. */
async function stage(options: FleetOptions = {}) {
  const telegram = await Simulator.start({ local: true })
  const logger = new RecordingLogger()
  const botOptions = { apiRoot: telegram.apiRoot, localMode: true }
  const fleet = new Fleet({ botOptions, logger, ...options })
  onTestFinished(async () => {
    await fleet.stop({ deadlineMs: 100 })
    await fleet[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  })
  fleet.dispatcher.command("start", (ctx) => ctx.reply(`hello from ${ctx.bot.id}`))
  const manager = telegram.bot({ can_manage_bots: true })
  const ada = telegram.user()
  await fleet.add(manager.token)
  /** The bots whose changes the program has handled. */
  const handled: number[] = []
  fleet.dispatcher.managedBot((ctx) => void handled.push(ctx.managedBot.bot.id))
  await fleet.startPolling()
  const stateOf = ({ id }: SimulatedBot) => fleet.status().find(({ bot }) => bot.id === id)?.state
  const ask = async (account: SimulatedBot) => {
    await ada.send(account, "/start")
    return (await ada.hears()).text
  }
  /** Resolves when the program has handled `count` changes. */
  const changes = (count: number) => untilTrue(() => handled.length === count)
  return { telegram, logger, fleet, manager, ada, ask, stateOf, changes }
}

const places: readonly [name: string, options: () => FleetOptions][] = [
  ["without a store", () => ({})],
  ["with a store", () => ({ store: new MemoryBotStore() })],
]

describe.each(places)("a bot that a person creates with a bot of a fleet %s", (_, options) => {
  test("joins, and answers, before the program's handler runs", async () => {
    const { fleet, manager, ada, ask, stateOf, changes } = await stage({
      ...options(),
      managedBots: true,
    })
    const tea = await ada.createBot(manager, names)
    await changes(1)
    expect(stateOf(tea)).toBe("receiving")
    expect(await ask(tea)).toBe(`hello from ${tea.id}`)
    expect(fleet.bots).toHaveLength(2)
  })

  test("stays out unless the fleet wants it", async () => {
    const { fleet, manager, ada, changes } = await stage(options())
    await ada.createBot(manager, names)
    await changes(1)
    expect(fleet.bots).toHaveLength(1)
  })

  test("has the kind, the data and the access that a function chooses, or stays out", async () => {
    const { fleet, telegram, manager, ada, ask, stateOf, changes } = await stage({
      ...options(),
      managedBots: async ({ manager: by, bot, owner }) => {
        if (bot.username !== names.username) return false
        await by.setManagedBotAccessSettings({ user_id: bot.id, is_access_restricted: true })
        return { kind: "shop", data: { owner: owner.id } }
      },
    })
    fleet.kind("shop").command("menu", (ctx) => ctx.reply(JSON.stringify(ctx.botData)))
    const tea = await ada.createBot(manager, names)
    const coffee = await ada.createBot(manager, { first_name: "C", username: "coffee_bot" })
    await changes(2)
    expect(stateOf(coffee)).toBeUndefined()
    await ada.send(tea, "/menu")
    expect((await ada.hears()).text).toBe(`{"owner":${ada.id}}`)
    await expect(telegram.user().send(tea, "/menu")).rejects.toThrow()
    await ada.revokeToken(tea)
    await changes(3)
    await ada.send(tea, "/menu")
    expect((await ada.hears()).text).toBe(`{"owner":${ada.id}}`)
    expect(await ask(manager)).toBe(`hello from ${manager.id}`)
  })

  test("gets its new token, also if that changes meanwhile", async () => {
    let create = async (): Promise<void> => {}
    const { manager, ada, ask, changes } = await stage({
      ...options(),
      managedBots: async () => {
        await create()
        return {}
      },
    })
    create = async () => {
      create = async () => {}
      await ada.revokeToken(tea)
    }
    const tea = await ada.createBot(manager, names)
    await changes(2)
    expect(await ask(tea)).toBe(`hello from ${tea.id}`)
    await ada.revokeToken(tea)
    await changes(3)
    expect(await ask(tea)).toBe(`hello from ${tea.id}`)
  })

  test("has the newest token if changes of two owners are handled at once", async () => {
    let isAsked = false
    let release = (): void => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    const { telegram, fleet, manager, ada, changes } = await stage({
      ...options(),
      managedBots: async ({ owner }) => {
        if (owner.id !== ada.id) return {}
        isAsked = true
        await released
        return {}
      },
    })
    const bob = telegram.user()
    const tea = await ada.createBot(manager, names)
    const oldToken = tea.token
    await untilTrue(() => isAsked)
    await ada.transferBot(tea, bob)
    await bob.revokeToken(tea)
    await changes(2)
    release()
    await changes(3)
    expect(tea.token).not.toBe(oldToken)
    await untilTrue(() => fleet.bots.find(({ id }) => id === tea.id)?.token === tea.token)
  })

  test("stays parked, and answers with its new token when it is woken", async () => {
    const { fleet, manager, ada, stateOf, changes } = await stage({
      ...options(),
      managedBots: true,
    })
    const tea = await ada.createBot(manager, names)
    await changes(1)
    await fleet.park(tea.id, "not paid")
    await ada.revokeToken(tea)
    await changes(2)
    expect(fleet.status()[1]).toMatchObject({ state: "parked", reason: "not paid" })
    await ada.send(tea, "/start")
    expect(await fleet.wake(tea.id)).toBe(true)
    expect((await ada.hears()).text).toBe(`hello from ${tea.id}`)
    expect(stateOf(tea)).toBe("receiving")
  })

  test("that was removed stays away", async () => {
    const { fleet, manager, ada, stateOf, changes } = await stage({
      ...options(),
      managedBots: true,
    })
    const tea = await ada.createBot(manager, names)
    await changes(1)
    await fleet.remove(tea.id)
    await ada.revokeToken(tea)
    await changes(2)
    expect(stateOf(tea)).toBeUndefined()
    await fleet.add(tea.token)
    expect(stateOf(tea)).toBe("receiving")
  })

  test("gets the token with which its manager replaces the old one, once", async () => {
    const { fleet, manager, ada, ask, changes } = await stage({ ...options(), managedBots: true })
    const tea = await ada.createBot(manager, names)
    await changes(1)
    const by = fleet.bots.find(({ id }) => id === manager.id)
    const token = await by?.replaceManagedBotToken({ user_id: tea.id })
    expect(token).toBe(tea.token)
    await changes(2)
    expect(await ask(tea)).toBe(`hello from ${tea.id}`)
    expect(fleet.bots.find(({ id }) => id === tea.id)?.token).toBe(token)
    await changes(2)
  })

  test("joins after failures of Telegram", async () => {
    const { telegram, manager, ada, ask, changes } = await stage({
      ...options(),
      managedBots: true,
    })
    telegram.fault("getManagedBotToken", { status: 500 }, 1)
    const tea = await ada.createBot(manager, names)
    await changes(1)
    expect(await ask(tea)).toBe(`hello from ${tea.id}`)
  })

  test("that its manager no longer manages stays out, with a warning", async () => {
    const { telegram, logger, manager, ada, stateOf, changes } = await stage({
      ...options(),
      managedBots: true,
    })
    const refusal = { status: 400, description: "Bad Request: BOT_INVALID" }
    telegram.fault("getManagedBotToken", refusal, 1)
    const tea = await ada.createBot(manager, names)
    await changes(1)
    expect(stateOf(tea)).toBeUndefined()
    expect(logger.at("warn").join()).toContain(`Bot ${tea.id} does not join the fleet`)
  })
})

test("a stored bot whose token was refused is active again with its new token", async () => {
  const store = new MemoryBotStore()
  const { manager, ada, ask, stateOf, changes } = await stage({ store, managedBots: true })
  const tea = await ada.createBot(manager, names)
  await changes(1)
  // Telegram says that the token is revoked before the manager learns of it.
  await store.park(manager.id)
  await ada.revokeToken(tea)
  await untilTrue(() => stateOf(tea) === "parked")
  expect(await store.get(tea.id)).toMatchObject({ reason: expect.stringContaining("revoked") })
  await store.wake(manager.id)
  await changes(2)
  expect(await ask(tea)).toBe(`hello from ${tea.id}`)
})

test("a handler does not wait for hours for the token of a managed bot", async () => {
  const { telegram, fleet, manager, ada } = await stage({ managedBots: true })
  const errors: unknown[] = []
  fleet.dispatcher.catch((error) => void errors.push(error.cause))
  telegram.fault("getManagedBotToken", { retryAfter: 3600 })
  await ada.createBot(manager, names)
  await untilTrue(() => errors.length === 1)
  expect(errors[0]).toBeInstanceOf(RetryAfter)
})

test("the option is true, false or a function", () => {
  expect(() => new Fleet({ managedBots: "yes" as never })).toThrow("`managedBots` option")
})
