import type { Message, Update, UserFromGetMe } from "@grammyjs/types"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { MovableClock, Simulator } from "../../src/index.js"
import { call } from "../conformance-stage.js"
import { Meeting } from "../meeting.js"

const names = { first_name: "Tea", username: "tea_bot" }

/** A bot that manages bots, with a bot that Ada has created. */
async function start() {
  const world = await Meeting.start({ can_manage_bots: true })
  const { ada, bot, telegram } = world
  const tea = await ada.createBot(bot, names)
  const ask = (method: string, params: object = {}, token = tea.token) =>
    call(telegram, token, method, params)
  return {
    ...world,
    world,
    ada,
    bot,
    telegram,
    tea,
    ask,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

test("a person creates a bot with a link of its manager, which gets managed_bot and its token", async () => {
  await using stage = await start()
  const { world, ada, tea } = stage
  expect(await world.updates()).toEqual([
    {
      managed_bot: {
        user: expect.objectContaining({ id: ada.id }),
        bot: { id: tea.id, is_bot: true, ...names },
      },
    },
  ])
  const token = await world.result<string>("getManagedBotToken", { user_id: tea.id })
  expect(token).toBe(tea.token)
  expect((await stage.ask("getMe", {}, token)).result).toMatchObject(names)
  await ada.send(tea, "Hello")
  const updates = (await stage.ask("getUpdates")).result as Update[]
  expect(updates[0]?.message?.text).toBe("Hello")
})

test("a key requests a bot, with suggested names that the person may change", async () => {
  await using stage = await start()
  const { world, ada, telegram } = stage
  await world.updates()
  const request = { request_id: 1, suggested_name: "Shop", suggested_username: "shop_bot" }
  const keyboard = [[{ text: "Create", request_managed_bot: request }]]
  const shown = { chat_id: ada.id, text: "x", reply_markup: { keyboard } }
  await world.result("sendMessage", shown)
  await expect(ada.tap("Create", { bot: { username: "shop" } })).rejects.toThrow('ends in "bot"')
  await expect(ada.tap("Create", { bot: { username: "Tea_bot" } })).rejects.toThrow("already")
  const said = await ada.tap("Create", { bot: { first_name: "My shop" } })
  const bot = { first_name: "My shop", username: "shop_bot" }
  expect(said.managed_bot_created?.bot).toMatchObject(bot)
  expect(await world.updates()).toMatchObject([
    { managed_bot: { user: { id: ada.id }, bot } },
    { message: { from: { id: ada.id }, managed_bot_created: { bot } } },
  ])
  expect(telegram.bots.map(({ username }) => username)).toContain("shop_bot")
})

test("a new token ends the session of the former one, and forgets its webhook and updates", async () => {
  await using stage = await start()
  const { world, ada, tea, telegram } = stage
  const waiting = stage.ask("getUpdates", { timeout: 50 })
  await expect.poll(() => tea.isPolling).toBe(true)
  await world.updates()
  const former = tea.token
  const token = await world.result("replaceManagedBotToken", { user_id: tea.id })
  expect(await waiting).toMatchObject({ error_code: 401, description: "Unauthorized" })
  expect(await stage.ask("getMe", {}, former)).toMatchObject({ error_code: 401 })
  expect(token).toBe(tea.token)
  expect(await world.updates()).toMatchObject([{ managed_bot: { bot: { id: tea.id } } }])
  await ada.send(tea, "Lost")
  await ada.revokeToken(tea)
  expect(tea.token).not.toBe(token)
  expect(tea.pendingUpdateCount).toBe(0)
  expect(await world.types()).toEqual(["managed_bot"])
  expect(telegram.bots.find(({ id }) => id === tea.id)?.token).toBe(tea.token)
})

test("a handler that replaces the token at each managed_bot is refused after ten tokens in a minute", async () => {
  const clock = new MovableClock({ graceMs: 30 })
  await using telegram = await Simulator.start({ clock })
  const manager = telegram.bot({ can_manage_bots: true })
  const { id: user_id } = await telegram.user().createBot(manager, names)
  const replace = () => call(telegram, manager.token, "replaceManagedBotToken", { user_id })
  for (let count = 1; count <= 10; count += 1) expect((await replace()).ok).toBe(true)
  expect(manager.pendingUpdateCount).toBe(11)
  expect(await replace()).toMatchObject({ error_code: 429, parameters: { retry_after: 60 } })
  expect(manager.pendingUpdateCount).toBe(11)
  await clock.advance(60_000)
  expect((await replace()).ok).toBe(true)
})

test("the owner of a managed bot changes", async () => {
  await using stage = await start()
  const { world, ada, bob, tea } = stage
  await world.updates()
  await ada.transferBot(tea, bob)
  expect(await world.updates()).toMatchObject([{ managed_bot: { user: { id: bob.id } } }])
  await expect(ada.revokeToken(tea)).rejects.toThrow("no bot that Ada has created")
})

test("only the owner and the added people write to a restricted bot", async () => {
  await using stage = await start()
  const { world, ada, bob, tea, telegram } = stage
  const settings = () => world.result("getManagedBotAccessSettings", { user_id: tea.id })
  expect(await settings()).toEqual({ is_access_restricted: false })
  const set = (more: object) =>
    world.ask("setManagedBotAccessSettings", {
      user_id: tea.id,
      is_access_restricted: true,
      ...more,
    })
  await set({})
  expect(await settings()).toEqual({ is_access_restricted: true })
  await expect(bob.send(tea, "Hello")).rejects.toThrow("Bob has no access to it")
  await ada.send(tea, "Hello")
  await set({ added_user_ids: [bob.id, ada.id] })
  expect(await settings()).toMatchObject({ added_users: [{ id: bob.id, first_name: "Bob" }] })
  await bob.send(tea, "Hello")
  const many = Array.from({ length: 11 }, () => telegram.user().id)
  expect(await set({ added_user_ids: many })).toMatchObject({ error_code: 400 })
  expect(await set({ added_user_ids: "[" })).toMatchObject({
    description: "Bad Request: can't parse added_user_ids JSON object",
  })
  await set({ is_access_restricted: false, added_user_ids: [bob.id] })
  expect(await settings()).toEqual({ is_access_restricted: false })
})

test.each(["getManagedBotToken", "replaceManagedBotToken", "getManagedBotAccessSettings"])(
  "%s is for bots that the bot manages",
  async (method) => {
    await using stage = await start()
    const { world, bot, ada } = stage
    for (const user_id of [bot.id, ada.id]) {
      expect(await world.refusal(method, { user_id })).toBe("Bad Request: BOT_INVALID")
    }
    expect(await world.refusal(method, { user_id: 5 })).toBe("Bad Request: user not found")
    expect(await world.refusal(method)).toBe("Bad Request: invalid user_id specified")
  },
)

test("a bot without can_manage_bots gets no bots", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  await expect(ada.createBot(bot, names)).rejects.toThrow("create it with can_manage_bots")
  const request_managed_bot = { request_id: 1 }
  const keyboard = [[{ text: "Create", request_managed_bot }]]
  const shown = { chat_id: ada.id, text: "x", reply_markup: { keyboard } }
  expect(await world.refusal("sendMessage", shown)).toMatch("MANAGER_PERMISSION_MISSING")
  await world.result("setMySettings", { can_manage_bots: true })
  expect(await world.result<UserFromGetMe>("getMe")).toMatchObject({ can_manage_bots: true })
  expect((await world.result<Message>("sendMessage", shown)).text).toBe("x")
})

test("a state file keeps managed bots", async () => {
  const state = join(await mkdtemp(join(tmpdir(), "sounder-")), "state.json")
  const manager = { token: "5:manager", can_manage_bots: true }
  const first = await Simulator.start({ state })
  const ada = first.user({ first_name: "Ada" })
  const { token, id } = await ada.createBot(first.bot(manager), names)
  await first[Symbol.asyncDispose]()
  await using second = await Simulator.start({ state })
  const answer = await call(second, manager.token, "getManagedBotToken", { user_id: id })
  expect(answer.result).toBe(token)
})
