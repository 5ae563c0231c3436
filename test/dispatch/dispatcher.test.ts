import { describe, expect, onTestFinished, test, vi } from "vitest"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import type { Delivery } from "../../src/queue/update-queue.js"
import type { Update } from "../../src/telegram/types.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { namedBot, textUpdate } from "../support/updates.js"

const bot = namedBot()

const stage = dispatchedEach()

describe("options", () => {
  test.each([
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: 1.5 }],
    ["handlerTimeoutMs", { handlerTimeoutMs: -1 }],
    ["handlerTimeoutMs", { handlerTimeoutMs: "1" as never }],
  ])("a wrong %s is a TypeError that names it", (name, options) => {
    expect(() => stage.dispatcherWith(options)).toThrow(TypeError)
    expect(() => stage.dispatcherWith(options)).toThrow(`\`${name}\``)
  })

  test("a wrong deadlineMs is a TypeError", () => {
    expect(() => stage.dispatcher.stop({ deadlineMs: -1 })).toThrow("`deadlineMs`")
  })
})

describe("start", () => {
  test("needs a queue", () => {
    expect(() => new Dispatcher({ bot }).start()).toThrow(TypeError)
    expect(() => new Dispatcher({ bot }).start()).toThrow("`queue`")
  })

  test("passes updates to the handlers, in the order of each chat", async () => {
    const seen: string[] = []
    stage.dispatcher.on(filters.text, async (ctx) => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(ctx.message.text)
    })
    stage.dispatcher.start()
    await Promise.all(["a", "b", "c"].map((text) => stage.put(textIn(1, text))))
    expect(seen).toEqual(["a", "b", "c"])
  })

  test("does nothing while it runs", async () => {
    let count = 0
    stage.dispatcher.on(filters.text, () => void (count += 1))
    stage.dispatcher.start()
    stage.dispatcher.start()
    expect(stage.dispatcher.isRunning).toBe(true)
    await stage.put(textIn(1))
    expect(count).toBe(1)
  })

  test("after stop() continues with the updates that were put meanwhile", async () => {
    const seen: string[] = []
    stage.dispatcher.on(filters.text, (ctx) => void seen.push(ctx.message.text))
    stage.dispatcher.start()
    await stage.dispatcher.stop()
    expect(stage.dispatcher.isRunning).toBe(false)
    const waiting = stage.put(textIn(1, "meanwhile"))
    stage.dispatcher.start()
    await waiting
    expect(seen).toEqual(["meanwhile"])
  })

  test("during a stop rejects with an error that says to wait", async () => {
    stage.dispatcher.start()
    const stopped = stage.dispatcher.stop()
    expect(() => stage.dispatcher.start()).toThrow("The dispatcher is stopping; await stop() first")
    await stopped
  })
})

describe("an update of the queue", () => {
  test("counts as handled if no handler matches, or if one threw", async () => {
    stage.dispatcher.command("fail", () => {
      throw new Error("oh")
    })
    stage.dispatcher.start()
    await stage.put(textIn(1, "nobody listens"))
    await stage.put(textIn(1, "/fail"))
    expect(stage.logger.errors).toHaveLength(1)
  })

  test("has its attempt number", async () => {
    const attempts: number[] = []
    stage.dispatcher.on(filters.text, (ctx) => void attempts.push(ctx.attempt))
    const done = stage.put(textIn(1))
    const delivery = await stage.queue.take(new AbortController().signal)
    await delivery.retry()
    stage.dispatcher.start()
    await done
    expect(attempts).toEqual([2])
  })

  test("of another bot is set aside without a handler, and logged", async () => {
    const seen: Update[] = []
    stage.dispatcher.use((ctx) => void seen.push(ctx.update))
    stage.dispatcher.start()
    const update = textIn(1)
    await stage.queue.put({ botId: 5, update })
    expect(seen).toEqual([])
    expect(stage.queue.setAsideUpdates).toMatchObject([{ botId: 5, update }])
    expect(stage.logger.errors).toEqual([expect.stringContaining("give each bot its own queue")])
  })

  test("waits in the queue while `concurrency` updates are running", async () => {
    stage.dispatcher = stage.dispatcherWith({ concurrency: 2 })
    const gates = [deferred(), deferred(), deferred()]
    let running = 0
    let most = 0
    stage.dispatcher.on(filters.text, async (ctx) => {
      most = Math.max(most, ++running)
      await gates[ctx.chat.id]?.promise
      running -= 1
    })
    stage.dispatcher.start()
    const puts = [0, 1, 2].map((chat) => stage.put(textIn(chat)))
    await untilTrue(() => running === 2)
    expect(stage.queue.waiting).toBe(1)
    gates[0]?.resolve()
    await puts[0]
    await untilTrue(() => running === 2)
    gates[1]?.resolve()
    gates[2]?.resolve()
    await Promise.all(puts)
    expect(most).toBe(2)
  })
})

describe("calls of `take`", () => {
  test("are pending for all free places, so that a queue can answer several at once", async () => {
    let outstanding = 0
    let most = 0
    class CountingQueue extends MemoryQueue {
      override readonly maxPendingTakes = 32

      override async take(signal: AbortSignal): Promise<Delivery> {
        most = Math.max(most, ++outstanding)
        try {
          return await super.take(signal)
        } finally {
          outstanding -= 1
        }
      }
    }
    stage.queue = new CountingQueue()
    stage.dispatcher = stage.dispatcherWith({ concurrency: 8 })
    let running = 0
    let mostOfBoth = 0
    stage.dispatcher.on(filters.text, async () => {
      mostOfBoth = Math.max(mostOfBoth, ++running + outstanding)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    })
    stage.dispatcher.start()
    expect(outstanding).toBe(8)
    await Promise.all(Array.from({ length: 50 }, (_, chat) => stage.put(textIn(chat))))
    expect(most).toBe(8)
    expect(mostOfBoth).toBeLessThanOrEqual(8)
    await stage.dispatcher.stop()
    expect(outstanding).toBe(0)
  })

  test("that fail together are logged once, and repeated after a while", async () => {
    class FailingQueue extends MemoryQueue {
      override take(signal: AbortSignal): Promise<Delivery> | Delivery {
        return stage.logger.errors.length < 2
          ? Promise.reject(new Error("store is down"))
          : super.take(signal)
      }
    }
    stage.queue = new FailingQueue()
    stage.dispatcher = stage.dispatcherWith({})
    stage.dispatcher.start()
    await stage.put(textIn(1))
    expect(stage.logger.errors).toHaveLength(2)
    expect(stage.logger.errors[0]).toMatch(
      /^Could not take from the queue, .* in \d+ ms: store is down$/,
    )
  })

  test("of a closed queue end, and the reason is logged once", async () => {
    stage.dispatcher.start()
    await stage.queue[Symbol.asyncDispose]()
    await untilTrue(() => stage.logger.errors.length > 0)
    expect(stage.logger.errors).toEqual([expect.stringContaining("queue was closed")])
    expect(await stage.dispatcher.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
  })

  test("end with a stop during the wait for a repetition", async () => {
    class DownQueue extends MemoryQueue {
      override take(): Promise<Delivery> {
        return Promise.reject(new Error("store is down"))
      }
    }
    stage.queue = new DownQueue()
    stage.dispatcher = stage.dispatcherWith({})
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    stage.dispatcher.start()
    await untilTrue(() => stage.logger.errors.length === 1)
    // No time passes: an uninterrupted wait would not end.
    await stage.dispatcher.stop()
    expect(stage.logger.errors).toHaveLength(1)
  })
})

test("an update whose end cannot be stored is logged, and others continue", async () => {
  class ForgetfulQueue extends MemoryQueue {
    override async take(signal: AbortSignal): Promise<Delivery> {
      const delivery = await super.take(signal)
      delivery.done = () => Promise.reject(new Error("store is down"))
      return delivery
    }
  }
  stage.queue = new ForgetfulQueue({ holdMs: 10 })
  stage.dispatcher = stage.dispatcherWith({})
  const seen: number[] = []
  stage.dispatcher.on(filters.text, (ctx) => void seen.push(ctx.chat.id))
  stage.dispatcher.start()
  void stage.put(textIn(1)).catch(() => {})
  void stage.put(textIn(2)).catch(() => {})
  await untilTrue(() => stage.logger.errors.length === 2)
  expect(seen).toEqual([1, 2])
  expect(stage.logger.errors[0]).toMatch(
    /^Could not end the delivery of update \d+: store is down$/,
  )
})

test("when the queue withdraws an update, ctx.signal aborts and the update is not ended", async () => {
  const taken = new AbortController()
  const ends: string[] = []
  class LeasingQueue extends MemoryQueue {
    override async take(signal: AbortSignal): Promise<Delivery> {
      const delivery = await super.take(signal)
      const end = (name: string) => async () => void ends.push(name)
      return {
        botId: delivery.botId,
        update: delivery.update,
        lane: delivery.lane,
        attempt: 1,
        receivedAt: delivery.receivedAt,
        signal: taken.signal,
        done: end("done"),
        retry: end("retry"),
        setAside: end("setAside"),
        handBack: async () => Boolean(ends.push("handBack")),
      }
    }
  }
  stage.queue = new LeasingQueue({ holdMs: 1 })
  stage.dispatcher = stage.dispatcherWith({})
  const ended = deferred()
  stage.dispatcher.on(filters.text, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve))
    ended.resolve()
    throw signal.reason
  })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  taken.abort(new Error("lease lost"))
  await ended.promise
  await stage.dispatcher.stop()
  expect(ends).toEqual([])
  expect(stage.logger.errors).toEqual([])
})

describe("process", () => {
  test("handles an update without a queue, and never rejects", async () => {
    const alone = new Dispatcher({ bot, logger: stage.logger })
    const seen: string[] = []
    alone.on(filters.text, (ctx) => {
      seen.push(ctx.message.text)
      throw new Error("oh")
    })
    await alone.process(textUpdate("x"))
    expect(seen).toEqual(["x"])
    expect(stage.logger.errors).toHaveLength(1)
  })

  test("accepts an object that only resembles an update", async () => {
    stage.dispatcher.command("start", () => {})
    for (const content of [{}, { message: {} }, { message: null }, { message: { entities: 5 } }]) {
      await stage.dispatcher.process({ update_id: 1, ...content } as unknown as Update)
    }
    expect(stage.logger.errors).toEqual([])
  })
})
