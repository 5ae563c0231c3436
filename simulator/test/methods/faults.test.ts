import { expect, test } from "vitest"
import { MovableClock, Simulator } from "../../src/index.js"
import { FileStore } from "../../src/world/file-store.js"
import { Conversation, keptMessages } from "../../src/world/conversation.js"
import { Random } from "../../src/ground/random.js"
import { Meeting } from "../meeting.js"
import { ok, response, ScriptedWebhook } from "../scripted-webhook.js"
import { call, ConformanceStage } from "../conformance-stage.js"

test("an update comes again with the next answer to polling", async () => {
  await using world = await Meeting.start()
  await world.ada.send(world.bot, "one")
  const { result } = await world.ask("getUpdates", { offset: -1 })
  const [update] = result as { update_id: number; message: { text: string } }[]
  const update_id = update?.update_id ?? 0
  world.bot.redeliver(update_id)
  await world.ada.send(world.bot, "two")
  expect((await world.ask("getUpdates", { offset: update_id + 1 })).result).toMatchObject([
    { update_id, message: { text: "one" } },
    { update_id: update_id + 1, message: { text: "two" } },
  ])
  expect(() => world.bot.redeliver(5)).toThrow("one of the last 1,000 updates, got 5")
})

test("an update comes again to the webhook", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(ok))
  const id = play.message(5)
  await play.settle()
  await play.telegram.deliveries.wait(({ updateId }) => updateId === id)
  play.bot.redeliver(id)
  await play.settle()
  const twice = await play.telegram.deliveries.wait(({ updateId }) => updateId === id, 2)
  expect(twice.map(({ outcome }) => outcome)).toEqual(["delivered", "delivered"])
  await expect(play.bot.pollFromElsewhere()).rejects.toThrow("to have no webhook")
})

test("another process also gets the unconfirmed updates", async () => {
  await using world = await Meeting.start()
  expect(await world.bot.pollFromElsewhere()).toMatchObject([{ message: { text: "/start" } }])
})

test("the waiting poll is told of the other process", async () => {
  await using world = await Meeting.start()
  const head = (await world.ask("getUpdates", { offset: -1 })).result as { update_id: number }[]
  const offset = (head[0]?.update_id ?? 0) + 1
  const polling = world.ask("getUpdates", { offset, timeout: 50 })
  while (!world.bot.isPolling) await new Promise(setImmediate)
  const elsewhere = world.bot.pollFromElsewhere()
  expect((await polling).description).toBe(
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  )
  const again = world.ask("getUpdates", { offset, timeout: 1 })
  expect(await elsewhere).toBeUndefined()
  await world.ada.send(world.bot, "end")
  await again
})

test("a host name that is not found is not resolved again for five minutes", async () => {
  const clock = new MovableClock()
  const host = "bot1.example.com:443"
  await using telegram = await Simulator.start({ clock, hosts: { [host]: "unknown" } })
  const { token } = telegram.bot()
  const set = async (url = "https://bot1.example.com/") => {
    await clock.advance(1000)
    return (await call(telegram, token, "setWebhook", { url })).description
  }
  const unknown = "Bad Request: bad webhook: Failed to resolve host: Name or service not known"
  expect(await set()).toBe(unknown)
  telegram.setHost(host, "127.0.0.1:5443")
  expect(await set()).toBe(unknown)
  await clock.advance(5 * 60_000)
  expect(await set()).toBe("Webhook was set")
  telegram.setHost(host, "unavailable")
  expect(await set("https://bot1.example.com/other")).toBe("Webhook was set")
  await clock.advance(29 * 60_000)
  expect(await set()).toBe(
    "Bad Request: bad webhook: Failed to resolve host: Temporary failure in name resolution",
  )
})

test("the host name of a webhook is resolved again about every half hour", async () => {
  const clock = new MovableClock()
  const host = "bot1.example.com:443"
  await using telegram = await Simulator.start({ clock, hosts: { [host]: "127.0.0.1:1" } })
  const { token } = telegram.bot()
  await call(telegram, token, "setWebhook", { url: "https://bot1.example.com/" })
  const address = async () => {
    const { result } = await call(telegram, token, "getWebhookInfo")
    return (result as { ip_address: string }).ip_address
  }
  telegram.setHost(host, "127.0.0.2:1")
  await clock.advance(29 * 60_000)
  expect(await address()).toBe("127.0.0.1")
  await clock.advance(5 * 60_000)
  expect(await address()).toBe("127.0.0.2")
})

test("a webhook whose address changes keeps its retries, and is called at its new address in time", async () => {
  const clock = new MovableClock({ graceMs: 30 })
  const failing = await ScriptedWebhook.start((it) => it.answer(response("500 Oops")), { clock })
  const fresh = await ScriptedWebhook.start((it) => it.answer(ok), { clock })
  await using old = failing
  await using next = fresh
  const host = `bot1.example.com:${old.port}`
  const hosts = { [host]: `127.0.0.1:${old.port}` }
  await using telegram = await Simulator.start({ clock, local: true, hosts, seed: 5 })
  const bot = telegram.bot()
  await call(telegram, bot.token, "setWebhook", { url: `http://${host}/` })
  telegram.setHost(host, `127.0.0.1:${next.port}`)
  await telegram.user().send(bot, "hi")
  await clock.advance(37 * 60_000)
  const [first] = next.requests
  expect(next.requests).toHaveLength(1)
  expect(first!.at - old.requests.at(-1)!.at).toBeGreaterThanOrEqual(60_000)
})

test("a bot may be closed only ten minutes after its start", async () => {
  const clock = new MovableClock()
  await using telegram = await Simulator.start({ clock })
  const { token } = telegram.bot()
  expect(await call(telegram, token, "close")).toMatchObject({
    error_code: 429,
    parameters: { retry_after: 600 },
  })
  await clock.advance(600_000)
  expect((await call(telegram, token, "close")).result).toBe(true)
  expect((await call(telegram, token, "getMe")).description).toBe(
    "Bad Request: the bot has already been closed",
  )
})

test("the oldest messages of a chat, and the oldest files, are removed to make room", () => {
  const chat = { id: 1, first_name: "A", type: "private" } as const
  const where = new Conversation(chat, { last: 0 })
  const total = keptMessages + 2
  for (let at = 0; at < total; at++) {
    where.keep({ message_id: where.nextId(), date: 1, chat, text: "x" })
  }
  expect(where.messages.size).toBe(keptMessages)
  expect([...where.messages.keys()][0]).toBe(3)
  const files = new FileStore(new Random(1), 10)
  const add = (bytes: number) => files.add("f", { name: "a", type: "", bytes: Buffer.alloc(bytes) })
  const [first, second, third] = [add(6), add(4), add(3)]
  expect(files.find(first.id)).toBeUndefined()
  expect(files.at(second.path)).toBe(second)
  expect(files.find(add(20).id)?.bytes.length).toBe(20)
  expect(files.find(third.id)).toBeUndefined()
})
