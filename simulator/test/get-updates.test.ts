import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { MovableClock, Simulator } from "../src/index.js"
import { call, type Answer } from "./conformance-stage.js"

class Polling implements AsyncDisposable {
  readonly telegram: Simulator
  readonly clock: MovableClock
  readonly bot: ReturnType<Simulator["bot"]>

  private constructor(telegram: Simulator, clock: MovableClock) {
    this.telegram = telegram
    this.clock = clock
    this.bot = telegram.bot()
  }

  static async start(): Promise<Polling> {
    const clock = new MovableClock()
    return new Polling(await Simulator.start({ seed: 3, clock }), clock)
  }

  call(method: string, params: object = {}): Promise<Answer> {
    return call(this.telegram, this.bot.token, method, params)
  }

  push(count = 1): number[] {
    const date = Math.floor(this.clock.now() / 1000)
    const message = { message_id: 1, date, chat: { id: 5 } }
    return Array.from({ length: count }, () => this.bot.push({ message } as never) ?? 0)
  }

  async ids(params: object): Promise<number[]> {
    const { result } = await this.call("getUpdates", params)
    return (result as { update_id: number }[]).map((update) => update.update_id)
  }

  /** Begins a long poll. Resolves when the poll waits. */
  async wait(params: object): Promise<{ answer: Promise<Answer> }> {
    const { calls } = this.telegram
    const before = calls.length
    const answer = this.call("getUpdates", params)
    while (!this.bot.isPolling && calls.length === before) await sleep(1)
    return { answer }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.telegram[Symbol.asyncDispose]()
  }
}

test("an offset confirms the updates before it, and no others", async () => {
  await using polling = await Polling.start()
  const [first = 0, second = 0, third = 0] = polling.push(3)
  expect(await polling.ids({})).toEqual([first, second, third])
  expect(await polling.ids({ offset: second })).toEqual([second, third])
  expect(await polling.ids({ offset: 0 })).toEqual([second, third])
  expect(await polling.ids({ offset: third + 1, timeout: 0 })).toEqual([])
  expect(polling.bot.pendingUpdateCount).toBe(0)
})

test("ids begin between 2,000,001 and 1,000,000,000 and increase by one", async () => {
  await using polling = await Polling.start()
  const [first = 0, second = 0] = polling.push(2)
  expect(first).toBeGreaterThan(2_000_000)
  expect(first).toBeLessThanOrEqual(1_000_000_000)
  expect(second).toBe(first + 1)
})

test("an offset of tail + 11 returns all updates and confirms none; tail + 10 confirms all", async () => {
  await using polling = await Polling.start()
  const ids = polling.push(3)
  const tail = (ids[2] ?? 0) + 1
  expect(await polling.ids({ offset: tail + 11 })).toEqual(ids)
  expect(polling.bot.pendingUpdateCount).toBe(3)
  const { answer } = await polling.wait({ offset: tail + 10, timeout: 1 })
  expect(polling.bot.pendingUpdateCount).toBe(0)
  await polling.clock.advance(1000)
  expect((await answer).result).toEqual([])
})

test("an offset more than 100,000 behind returns all updates and confirms none", async () => {
  await using polling = await Polling.start()
  const ids = polling.push(2)
  expect(await polling.ids({ offset: (ids[0] ?? 0) - 100_001 })).toEqual(ids)
})

test("a negative offset drops all updates but the last ones", async () => {
  await using polling = await Polling.start()
  const ids = polling.push(5)
  expect(await polling.ids({ offset: -2 })).toEqual(ids.slice(3))
  expect(polling.bot.pendingUpdateCount).toBe(2)
})

test("409 goes to the older poll at once; a second 409 follows 3 s later", async () => {
  await using polling = await Polling.start()
  const older = await polling.wait({ timeout: 50 })
  const newer = polling.call("getUpdates", { timeout: 50 })
  expect(await older.answer).toEqual({
    ok: false,
    error_code: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  })
  let isAnswered = false
  void newer.then(() => (isAnswered = true))
  const newest = polling.call("getUpdates", { timeout: 50 })
  await polling.telegram.calls.wait(({ status }) => status === 409)
  await sleep(30)
  await polling.clock.advance(2900)
  expect(isAnswered).toBe(false)
  await polling.clock.advance(101)
  expect((await newer).error_code).toBe(409)
  polling.push()
  expect((await newest).result).toHaveLength(1)
})

test("a timeout of 60 behaves as 50", async () => {
  await using polling = await Polling.start()
  const { answer } = await polling.wait({ timeout: 60 })
  await polling.clock.advance(49_900)
  expect(polling.bot.isPolling).toBe(true)
  await polling.clock.advance(101)
  expect((await answer).result).toEqual([])
})

test("repeating a call within 3 s waits up to 3 s; within 0.5 s it returns single updates", async () => {
  await using polling = await Polling.start()
  expect(await polling.ids({ timeout: 0 })).toEqual([])
  const { answer } = await polling.wait({ timeout: 0 })
  await polling.clock.advance(2900)
  expect(polling.bot.isPolling).toBe(true)
  await polling.clock.advance(101)
  expect((await answer).result).toEqual([])
  await polling.clock.advance(5000)
  const ids = polling.push(3)
  expect(await polling.ids({})).toEqual(ids)
  expect(await polling.ids({})).toEqual(ids.slice(0, 1))
  await polling.clock.advance(500)
  expect(await polling.ids({})).toEqual(ids)
})

test.each([
  [0, 1],
  [-5, 1],
  [7, 7],
  [1000, 100],
])("a limit of %d returns %d updates", async (limit, expected) => {
  await using polling = await Polling.start()
  polling.push(200)
  expect(await polling.ids({ limit })).toHaveLength(expected)
})

test("an expired update is not received, and counts until it is read past", async () => {
  await using polling = await Polling.start()
  polling.bot.push({ inline_query: { id: "1", from: { id: 5 } } } as never)
  await polling.clock.advance(32_000)
  expect(polling.bot.pendingUpdateCount).toBe(1)
  expect(await polling.ids({})).toEqual([])
  expect(polling.bot.pendingUpdateCount).toBe(0)
})

test("the queue holds 100,000 updates, and drops newer ones", async () => {
  await using polling = await Polling.start()
  polling.push(100_000)
  const message = { message_id: 1, date: 2_000_000_000, chat: { id: 5 } }
  expect(polling.bot.push({ message } as never)).toBeUndefined()
  expect(polling.bot.pendingUpdateCount).toBe(100_000)
})

test("an answer is shorter than 4 MiB", async () => {
  await using polling = await Polling.start()
  const text = "x".repeat(500_000)
  const message = { date: Math.floor(polling.clock.now() / 1000), chat: { id: 5 }, text }
  for (let count = 0; count < 20; count++) polling.bot.push({ message } as never)
  expect(await polling.ids({})).toHaveLength(8)
})

test("an update of an unwanted type takes no id, and allowed_updates holds until it is changed", async () => {
  await using polling = await Polling.start()
  const reaction = { message_reaction: { chat: { id: 5 }, date: 2_000_000_000 } }
  expect(polling.bot.push(reaction as never)).toBeUndefined()
  await polling.ids({ allowed_updates: ["message_reaction"] })
  const id = polling.bot.push(reaction as never) ?? 0
  expect(polling.push()).toEqual([0])
  expect(await polling.ids({ offset: id, allowed_updates: "nonsense" })).toEqual([id])
  expect((await polling.call("getWebhookInfo")).result).toMatchObject({
    allowed_updates: ["message_reaction"],
  })
  expect(await polling.ids({ offset: id + 1, allowed_updates: [] })).toEqual([])
  expect((await polling.call("getWebhookInfo")).result).not.toHaveProperty("allowed_updates")
})

test("the ids can start again, and every waiting update is lost", async () => {
  await using polling = await Polling.start()
  const [before = 0] = polling.push()
  polling.bot.restartUpdateIds()
  expect(polling.bot.pendingUpdateCount).toBe(0)
  const [after = 0] = polling.push()
  expect(after).not.toBe(before + 1)
  expect(await polling.ids({})).toEqual([after])
})

test("closing the simulator ends the long polls", async () => {
  const polling = await Polling.start()
  const { answer } = await polling.wait({ timeout: 50 })
  const ended = answer.catch(() => "cut")
  await polling[Symbol.asyncDispose]()
  expect(await ended).toBeDefined()
})
