import { describe, expect, test } from "vitest"
import type { UpdateState } from "../../../src/dispatch/context/update-state.js"
import { type Context, filters } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { OpenResponse } from "../../../src/webhook/open-response.js"
import { keptBot, namedBot } from "../../support/updates.js"
import { deferred } from "../../support/waiting.js"
import { dispatchedEach, textIn } from "../../support/dispatched.js"

const stage = dispatchedEach()

async function stored(space: string, key: string): Promise<unknown> {
  const [entry] = await stage.queue.state.read([{ botId: namedBot().id, space, key }])
  return entry && JSON.parse(entry.json)
}

test("the writes of the handlers are committed with the end of the update", async () => {
  const seen: unknown[] = []
  stage.dispatcher.on(filters.text, async (ctx, next) => {
    ctx.state.set("cart", "1", { items: ["tea"] })
    ctx.state.delete("old", "1")
    seen.push(await stored("cart", "1"))
    await next()
  })
  stage.dispatcher.on(filters.text, async (ctx) => {
    seen.push(await ctx.state.get("cart", "1"))
  })
  await stage.queue.state.write([
    { kind: "set", key: { botId: namedBot().id, space: "old", key: "1" }, json: "1" },
  ])
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(seen).toEqual([undefined, { items: ["tea"] }])
  expect(await stored("cart", "1")).toEqual({ items: ["tea"] })
  expect(await stored("old", "1")).toBeUndefined()
})

test("1,000 updates of different chats count one value exactly", async () => {
  stage.dispatcher.on(filters.text, async (ctx) => {
    const count = Number((await ctx.state.get("bot", "count")) ?? 0)
    await new Promise(setImmediate)
    ctx.state.set("bot", "count", count + 1)
  })
  stage.dispatcher.start()
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => stage.put(textIn(index + 1))))
  await expect.poll(() => stored("bot", "count")).toBe(1_000)
})

describe("no write is stored", () => {
  test("of a handler that throws, also if the update is then done", async () => {
    stage.dispatcher.on(filters.text, (ctx) => {
      ctx.state.set("cart", "1", 1)
      throw new Error("Failed")
    })
    stage.dispatcher.catch(() => {})
    stage.dispatcher.start()
    await stage.put(textIn(1))
    expect(await stored("cart", "1")).toBeUndefined()
  })

  test("of an aborted handler", async () => {
    const late = deferred()
    const ended = deferred()
    let refusal: unknown
    stage.dispatcher = stage.dispatcherWith({ handlerTimeoutMs: 10 })
    stage.dispatcher.on(filters.text, async (ctx) => {
      ctx.state.set("cart", "1", 1)
      await late.promise
      try {
        ctx.state.set("cart", "1", 2)
      } catch (error) {
        refusal = error
      }
      ended.resolve()
    })
    stage.dispatcher.catch(() => late.resolve())
    stage.dispatcher.start()
    await stage.put(textIn(1))
    await ended.promise
    expect(refusal).toMatchObject({ code: "handler-timeout" })
    expect(await stored("cart", "1")).toBeUndefined()
  })
})

test("an attempt begins with the values from before the failed one", async () => {
  const seen: unknown[] = []
  stage.dispatcher = stage.dispatcherWith({ attempts: { max: 3, backoff: () => 0 } })
  stage.dispatcher.on(filters.text, async (ctx) => {
    seen.push(await ctx.state.get("cart", "1"))
    ctx.state.set("cart", "1", ctx.attempt)
    if (ctx.attempt < 3) throw new Error("Failed")
  })
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(seen).toEqual([undefined, undefined, undefined])
  expect(await stored("cart", "1")).toBe(3)
})

test("an error handler can write", async () => {
  stage.dispatcher.on(filters.text, (ctx) => {
    ctx.state.set("dialog", "1", "open")
    throw new Error("Failed")
  })
  stage.dispatcher.catch((_, ctx) => ctx.state.set("dialog", "1", "ended"))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(await stored("dialog", "1")).toBe("ended")
})

test("a handler whose value another program keeps changing finally fails", async () => {
  const { state } = stage.queue
  const key = { botId: namedBot().id, space: "bot", key: "count" }
  let runs = 0
  const errors: unknown[] = []
  stage.dispatcher.on(filters.text, async (ctx) => {
    await ctx.state.get("bot", "count")
    ctx.state.set("bot", "count", "mine")
    runs += 1
    await state.write([{ kind: "set", key, json: `${runs}` }])
  })
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(runs).toBe(20)
  expect(errors).toMatchObject([{ code: "state-conflict" }])
  expect(await stored("bot", "count")).toBe(20)
})

test.each<[string, (state: UpdateState) => void]>([
  ["a key with NUL", (state) => state.set("cart", "a\0", 1)],
  ["a namespace with a lone surrogate", (state) => state.delete("\ud800", "a")],
  ["a time that is no number", (state) => state.set("cart", "1", 1, { expiresAt: Number.NaN })],
  ["a time within a millisecond", (state) => state.put({ name: "due" }, { dueAt: 1.5 })],
  ["a timer with NUL", (state) => state.put({ name: "due" }, { dueAt: 2, timer: "\0" })],
  ["a timer to cancel with NUL", (state) => state.cancelTimer("\0")],
])("%s is an error of the handler, and the chat continues", async (_, write) => {
  const errors: unknown[] = []
  stage.dispatcher.on(filters.text, (ctx) => {
    if (ctx.message.text === "wrong") write(ctx.state)
  })
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1, "wrong"))
  await stage.put(textIn(1, "right"))
  expect(errors).toEqual([expect.any(TypeError)])
})

test("writes that the queue refuses fail their update, and the chat continues", async () => {
  await using queue = new (class extends MemoryQueue {
    override async take(signal: AbortSignal) {
      const delivery = await super.take(signal)
      const done = delivery.done.bind(delivery)
      delivery.done = (writes = []) =>
        writes.length === 0 ? done() : Promise.reject(new TypeError("Too large"))
      return delivery
    }
  })()
  const errors: unknown[] = []
  const dispatcher = stage.dispatcherWith({ queue })
  dispatcher.on(filters.text, (ctx) => ctx.state.set("cart", "1", 1))
  dispatcher.catch((error, ctx) => {
    errors.push(error.cause)
    ctx.state.set("cart", "failed", 1)
  })
  dispatcher.start()
  for (const text of ["a", "b"]) await queue.put({ botId: namedBot().id, update: textIn(1, text) })
  expect(errors).toEqual([new TypeError("Too large"), new TypeError("Too large")])
  await dispatcher.stop({ deadlineMs: 0 })
})

test("without a queue, `ctx.state` says that a queue is needed", async () => {
  const errors: unknown[] = []
  stage.dispatcher.on(filters.text, (ctx) => ctx.state.set("cart", "1", 1))
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  await stage.dispatcher.process(textIn(1))
  expect(errors).toMatchObject([{ message: expect.stringContaining("a queue that keeps state") }])
})

describe("the call of `ctx.respond` is made once", () => {
  /** Puts an update whose response is open, and returns the call in the response and the bot's calls. */
  async function responded(handler: (ctx: Context, run: number) => unknown, max = 1) {
    const { bot, calls } = keptBot()
    const attempts = { max, backoff: () => 0 }
    stage.dispatcher = stage.dispatcherWith({ bot, attempts })
    stage.dispatcher.catch(() => {})
    let runs = 0
    stage.dispatcher.on(filters.text, (ctx) => handler(ctx, (runs += 1)))
    stage.dispatcher.start()
    const response = new OpenResponse()
    await stage.queue.put({ botId: bot.id, update: textIn(7), response })
    return { call: JSON.parse(response.acknowledged().body) as unknown, calls }
  }

  test("although a conflict has made the handlers run again", async () => {
    const key = { botId: namedBot().id, space: "count", key: "1" }
    const { call, calls } = await responded(async (ctx, run) => {
      await ctx.state.get("count", "1")
      if (run === 1) await stage.queue.state.write([{ kind: "set", key, json: "1" }])
      ctx.state.set("count", "1", run)
      await ctx.respond("sendMessage", { text: `run ${run}` })
    })
    expect(call).toMatchObject({ method: "sendMessage", text: "run 2" })
    expect(calls).toEqual([])
  })

  test("although the first attempt has failed", async () => {
    const { call, calls } = await responded(async (ctx, run) => {
      await ctx.respond("sendMessage", { text: `run ${run}` })
      if (run === 1) throw new Error("failed")
    }, 2)
    expect(call).toMatchObject({ method: "sendMessage", text: "run 2" })
    expect(calls).toEqual([])
  })
})
