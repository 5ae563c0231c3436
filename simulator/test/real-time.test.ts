/** The tests of the movable clock that take only seconds, with the real clock. */
import { expect, test } from "vitest"
import { Simulator } from "../src/index.js"
import { call } from "./conformance-stage.js"
import { ok, response, ScriptedWebhook, type Received } from "./scripted-webhook.js"

// Timers may fire slightly early; a busy machine delays everything.
const earlyMs = 60

interface Playing extends AsyncDisposable {
  readonly webhook: ScriptedWebhook
  readonly telegram: Simulator
  readonly bot: ReturnType<Simulator["bot"]>
}

async function play(script: (request: Received) => void, params: object = {}): Promise<Playing> {
  const webhook = await ScriptedWebhook.start(script)
  const telegram = await Simulator.start({ local: true })
  const bot = telegram.bot()
  await call(telegram, bot.token, "setWebhook", { url: webhook.url, ...params })
  return {
    webhook,
    telegram,
    bot,
    async [Symbol.asyncDispose]() {
      await telegram[Symbol.asyncDispose]()
      await webhook[Symbol.asyncDispose]()
    },
  }
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => at - (times[index] ?? 0))
}

function expectAtLeast(found: readonly number[], seconds: readonly number[]): void {
  expect(found.length).toBeGreaterThanOrEqual(seconds.length)
  for (const [index, least] of seconds.entries()) {
    expect(found[index]).toBeGreaterThanOrEqual(least * 1000 - earlyMs)
  }
}

test.concurrent("the first retry is immediate, then after 2, 4 and 8 seconds", async () => {
  await using world = await play((request) => request.answer(response("500 Oops")))
  await world.telegram.user().send(world.bot, "hi")
  await world.webhook.until(() => world.webhook.requests.length === 5)
  const found = gaps(world.webhook.requests.map(({ at }) => at))
  expectAtLeast(found, [0, 2, 4, 8])
  expect(found[0]).toBeLessThan(found[1] ?? 0)
})

test.concurrent("a Retry-After of 3 seconds is obeyed, and counts as the first failure", async () => {
  const header = "Retry-After: 3"
  await using world = await play((request) => request.answer(response("503 Busy", [header])))
  await world.telegram.user().send(world.bot, "hi")
  await world.webhook.until(() => world.webhook.requests.length === 3)
  expectAtLeast(gaps(world.webhook.requests.map(({ at }) => at)), [3, 3])
})

test.concurrent("no connection is added if the only handler has been running since 10 s after the last 2xx", async () => {
  const held: Received[] = []
  let holds = false
  await using world = await play((request) => {
    if (holds) held.push(request)
    else request.answer(ok)
  })
  const { telegram, bot, webhook } = world
  const people = Array.from({ length: 4 }, () => telegram.user())
  await people[0]!.send(bot, "one")
  await telegram.deliveries.wait(({ outcome }) => outcome === "delivered")
  await new Promise((resolve) => void setTimeout(resolve, 10_200))
  holds = true
  for (const person of people) await person.send(bot, "two")
  await webhook.until(() => held.length === 1)
  await new Promise((resolve) => void setTimeout(resolve, 1000))
  expect(held).toHaveLength(1)
  holds = false
  held[0]?.answer(ok)
  await webhook.until(() => webhook.requests.length === 5)
  expect(webhook.requests.length).toBe(5)
})

test.concurrent("a second 409 is held for 3 seconds", async () => {
  await using telegram = await Simulator.start()
  const bot = telegram.bot()
  const refused: Promise<number>[] = []
  /** Resolves with the time until the poll was refused; 0 if it was not. */
  const poll = async () => {
    const began = performance.now()
    const answer = await call(telegram, bot.token, "getUpdates", { timeout: 50, offset: -1 })
    return answer.error_code === 409 ? performance.now() - began : 0
  }
  for (let count = 0; count < 2; count++) {
    refused.push(poll())
    await new Promise((resolve) => void setTimeout(resolve, 100))
  }
  const last = poll()
  const [first = 0, second = 0] = await Promise.all(refused)
  expect(first).toBeGreaterThan(0)
  // The second poll has caused the first refusal.
  expectAtLeast([second], [3])
  await telegram.user().send(bot, "hi")
  expect(await last).toBe(0)
})

test.concurrent("a timeout of 60 behaves as 50", async () => {
  await using telegram = await Simulator.start({ local: true })
  const bot = telegram.bot()
  const began = performance.now()
  const answer = await call(telegram, bot.token, "getUpdates", { timeout: 60 })
  const seconds = (performance.now() - began) / 1000
  expect(answer).toMatchObject({ ok: true, result: [] })
  expect(seconds).toBeGreaterThanOrEqual(50 - earlyMs / 1000)
  expect(seconds).toBeLessThan(60)
})

test.concurrent("repeating a call waits 3 seconds, whatever its timeout", async () => {
  await using telegram = await Simulator.start()
  const { token } = telegram.bot()
  await call(telegram, token, "getUpdates", { offset: 7 })
  const before = performance.now()
  expect((await call(telegram, token, "getUpdates", { offset: 7 })).result).toEqual([])
  expectAtLeast([performance.now() - before], [3])
})

test.concurrent("a port that refuses is tried every two seconds while an update waits", async () => {
  await using world = await play(() => {})
  const { telegram, bot } = world
  await world.webhook[Symbol.asyncDispose]()
  await telegram.user().send(bot, "hi")
  const dates = new Set<number>()
  while (dates.size < 3) {
    const { result } = await call(telegram, bot.token, "getWebhookInfo")
    const info = result as { last_error_date?: number; last_error_message?: string }
    if (info.last_error_date !== undefined) dates.add(info.last_error_date)
    await new Promise((resolve) => void setTimeout(resolve, 100))
  }
  const [first = 0, second = 0, third = 0] = dates
  expect([second - first, third - second].every((gap) => gap >= 1)).toBe(true)
})

test.concurrent("an idle connection is kept longer than the usual 5 seconds of servers", async () => {
  await using world = await play((request) => request.answer(ok))
  const ada = world.telegram.user()
  await ada.send(world.bot, "one")
  await world.telegram.deliveries.wait(() => true, 1)
  await new Promise((resolve) => void setTimeout(resolve, 6000))
  await ada.send(world.bot, "two")
  await world.telegram.deliveries.wait(() => true, 2)
  expect(world.webhook.connections).toBe(1)
})
