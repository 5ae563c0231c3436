import { describe, expect, onTestFinished, test } from "vitest"
import {
  isPutWatched,
  updateHandled,
  updateHandling,
  updatePut,
  updateSetAside,
  updateSettled,
} from "../../src/events/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import type { Update } from "../../src/telegram/types.js"
import { rejectedBy } from "../support/aborts.js"
import { keptBot, pressUpdate, textUpdate, updateWith } from "../support/updates.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { deferred } from "../support/waiting.js"
import { heardOn } from "../support/listening.js"

const { bot } = keptBot()
const nextPath = pathsIn(temporaryFolder())

const queues: [string, () => Promise<UpdateQueue>][] = [
  ["MemoryQueue", async () => new MemoryQueue()],
  ["SqliteQueue", async () => new SqliteQueue({ path: nextPath() })],
]

describe.each(queues)("a %s publishes", (_name, make) => {
  test("a put when it is made, and its outcome", async () => {
    const queue = await made(make)
    const puts = heardOn(updatePut)
    const settled = heardOn(updateSettled)
    const update = textUpdate("Hello")
    const put = queue.put({ botId: bot.id, update })
    expect(puts).toMatchObject([{ botId: bot.id, update, type: "message", isRepeated: false }])
    expect(settled).toEqual([])
    await (await queue.take(new AbortController().signal)).done()
    await put
    expect(settled).toMatchObject([{ update, outcome: "taken", isRepeated: false }])
    expect(settled[0]?.durationMs).toBeGreaterThan(0)
  })

  test("that an update is a repeated one", async () => {
    const queue = await made(make)
    const settled = heardOn(updateSettled)
    const incoming = { botId: bot.id, update: textUpdate("Hello") }
    const puts = [queue.put(incoming), queue.put(incoming)]
    await (await queue.take(new AbortController().signal)).done()
    await Promise.all(puts)
    await queue.put(incoming)
    expect(settled.map(({ isRepeated }) => isRepeated)).toEqual([false, true, true])
  })

  test("that its capacity was reached, and that a value is not an update", async () => {
    const queue = await made(make)
    const settled = heardOn(updateSettled)
    // A caller in JavaScript may put any value.
    const nothing = {} as Update
    await expect(queue.put({ botId: bot.id, update: nothing })).rejects.toThrow(TypeError)
    await queue[Symbol.asyncDispose]()
    await expect(queue.put({ botId: bot.id, update: textUpdate("Hi") })).rejects.toThrow()
    expect(settled[0]).toMatchObject({ outcome: "failed", error: expect.any(TypeError) })
    expect(settled[1]?.outcome).toBe(queue instanceof MemoryQueue ? "handed-back" : "failed")
  })
})

test("a full queue and a failed queue as different reasons", async () => {
  const queue = await made(async () => new MemoryQueue({ capacity: 1 }))
  const settled = heardOn(updateSettled)
  void queue.put({ botId: bot.id, update: textUpdate("One") })
  await expect(queue.put({ botId: bot.id, update: textUpdate("Two") })).rejects.toThrow()
  expect(settled).toMatchObject([{ outcome: "full", error: { code: "queue-full" } }])
})

test("nothing about a put without a subscriber", () => {
  expect(isPutWatched()).toBe(false)
  const stop = updateSettled.subscribe(() => {})
  expect(isPutWatched()).toBe(true)
  stop()
})

describe("a dispatcher publishes", () => {
  test("handlers before and after they run, with one object for both", async () => {
    const dispatcher = dispatcherOf()
    const order: unknown[] = []
    onTestFinished(updateHandling.subscribe((message) => order.push(message)))
    onTestFinished(updateHandled.subscribe((message) => order.push(message)))
    dispatcher.command("start", () => void order.push("handler"))
    const update = textUpdate("/start")
    await dispatcher.process(update)
    expect(order).toEqual([order[0], "handler", order[0]])
    expect(order[0]).toMatchObject({ botId: bot.id, update, type: "message", attempt: 1 })
    expect(order[0]).toMatchObject({ outcome: "done", durationMs: expect.any(Number) })
  })

  test("the outcome of the handling", async () => {
    const dispatcher = dispatcherOf({ handlerTimeoutMs: 20 })
    const handled = heardOn(updateHandled)
    const error = new Error("Broken")
    dispatcher.command("fail", () => Promise.reject(error))
    dispatcher.command("wait", (ctx) => rejectedBy(ctx.signal))
    dispatcher.callbackQuery("yes", () => {})
    await dispatcher.process(textUpdate("/fail"))
    await dispatcher.process(textUpdate("/wait"))
    await dispatcher.process(textUpdate("Nobody wants it"))
    await dispatcher.process(pressUpdate("yes"))
    await dispatcher.process(updateWith({ something_new: {} }))
    expect(handled.map(({ type, outcome }) => [type, outcome])).toEqual([
      ["message", "failed"],
      ["message", "timed-out"],
      ["message", "unmatched"],
      ["callback_query", "done"],
      ["something_new", "unmatched"],
    ])
    expect(handled[0]?.error).toMatchObject({ code: "handler-error", cause: error })
    expect(handled[1]?.error).toMatchObject({ code: "handler-timeout" })
    expect(handled[3]?.error).toBeUndefined()
  })

  test("that handlers were aborted with their work undone", async () => {
    const queue = await made(async () => new MemoryQueue())
    const dispatcher = dispatcherOf({ queue })
    const handled = heardOn(updateHandled)
    const running = deferred()
    dispatcher.command("wait", (ctx) => {
      running.resolve()
      return rejectedBy(ctx.signal)
    })
    dispatcher.start()
    void queue.put({ botId: bot.id, update: textUpdate("/wait") })
    await running.promise
    await dispatcher.stop({ deadlineMs: 0 })
    expect(handled).toMatchObject([{ outcome: "stopped" }])
  })

  test("that an update was set aside", async () => {
    const queue = await made(async () => new MemoryQueue())
    const aside = heardOn(updateSetAside)
    const dispatcher = dispatcherOf({ queue })
    dispatcher.start()
    const update = textUpdate("For another bot")
    await queue.put({ botId: bot.id + 1, update })
    await dispatcher.stop()
    expect(aside).toMatchObject([{ botId: bot.id + 1, update, attempt: 1 }])
  })

  test("and lets a subscriber run the handlers within its own context", async () => {
    const dispatcher = dispatcherOf()
    const order: string[] = []
    const surround = (name: string) =>
      updateHandling.subscribe((message) => {
        const { around } = message
        message.around = (run) => {
          order.push(name)
          return around(run)
        }
      })
    onTestFinished(surround("first"))
    onTestFinished(surround("second"))
    dispatcher.command("start", () => void order.push("handler"))
    await dispatcher.process(textUpdate("/start"))
    expect(order).toEqual(["second", "first", "handler"])
  })
})

function dispatcherOf(options: { queue?: UpdateQueue; handlerTimeoutMs?: number } = {}) {
  return new Dispatcher({ bot, logger: silentLogger, ...options })
}

async function made<Q extends UpdateQueue>(make: () => Promise<Q>): Promise<Q> {
  const queue = await make()
  onTestFinished(() => queue[Symbol.asyncDispose]())
  return queue
}
