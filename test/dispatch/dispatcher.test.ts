import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Dispatcher, type DispatcherOptions, filters } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import type { Delivery } from "../../src/queue/update-queue.js"
import type { Update } from "../../src/telegram/types.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { keptLogger, namedBot, textUpdate } from "./updates.js"

const botId = 110
const bot = namedBot()

let queue: MemoryQueue
let logger: ReturnType<typeof keptLogger>
let dispatcher: Dispatcher

beforeEach(() => {
  queue = new MemoryQueue()
  logger = keptLogger()
  dispatcher = dispatcherWith({})
})

afterEach(async () => {
  await dispatcher.stop({ deadlineMs: 0 })
  await queue[Symbol.asyncDispose]()
})

function dispatcherWith(options: Partial<DispatcherOptions>): Dispatcher {
  return new Dispatcher({ bot, queue, logger, ...options })
}

/** A text in a chat of its own. */
function textIn(chat: number, text = "x"): Update {
  return textUpdate(text, { chat: { id: chat, type: "private", first_name: "A" } })
}

const put = (update: Update) => queue.put({ botId, update })
const reference = (update: Update) => ({ botId, updateId: update.update_id })

describe("options", () => {
  test.each([
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: 1.5 }],
    ["handlerTimeoutMs", { handlerTimeoutMs: -1 }],
    ["handlerTimeoutMs", { handlerTimeoutMs: "1" as never }],
  ])("a wrong %s is a TypeError that names it", (name, options) => {
    expect(() => dispatcherWith(options)).toThrow(TypeError)
    expect(() => dispatcherWith(options)).toThrow(`\`${name}\``)
  })

  test("a wrong deadlineMs is a TypeError", () => {
    expect(() => dispatcher.stop({ deadlineMs: -1 })).toThrow("`deadlineMs`")
  })
})

describe("start", () => {
  test("needs a queue", () => {
    expect(() => new Dispatcher({ bot }).start()).toThrow(TypeError)
    expect(() => new Dispatcher({ bot }).start()).toThrow("`queue`")
  })

  test("hands what is put to the handlers, in the order of each chat", async () => {
    const seen: string[] = []
    dispatcher.on(filters.text, async (ctx) => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(ctx.message.text)
    })
    dispatcher.start()
    await Promise.all(["a", "b", "c"].map((text) => put(textIn(1, text))))
    expect(seen).toEqual(["a", "b", "c"])
  })

  test("does nothing while it runs", async () => {
    let count = 0
    dispatcher.on(filters.text, () => void (count += 1))
    dispatcher.start()
    dispatcher.start()
    expect(dispatcher.isRunning).toBe(true)
    await put(textIn(1))
    expect(count).toBe(1)
  })

  test("after stop() goes on with what was put meanwhile", async () => {
    const seen: string[] = []
    dispatcher.on(filters.text, (ctx) => void seen.push(ctx.message.text))
    dispatcher.start()
    await dispatcher.stop()
    expect(dispatcher.isRunning).toBe(false)
    const waiting = put(textIn(1, "meanwhile"))
    dispatcher.start()
    await waiting
    expect(seen).toEqual(["meanwhile"])
  })

  test("while it stops is an error that says to wait", async () => {
    dispatcher.start()
    const stopped = dispatcher.stop()
    expect(() => dispatcher.start()).toThrow("The dispatcher is stopping; await stop() first")
    await stopped
  })
})

describe("an update of the queue", () => {
  test("counts as handled when no handler wants it, and when one threw", async () => {
    dispatcher.command("fail", () => {
      throw new Error("oh")
    })
    dispatcher.start()
    await put(textIn(1, "nobody listens"))
    await put(textIn(1, "/fail"))
    expect(logger.errors).toHaveLength(1)
  })

  test("tells its attempt", async () => {
    const attempts: number[] = []
    dispatcher.on(filters.text, (ctx) => void attempts.push(ctx.attempt))
    const done = put(textIn(1))
    const delivery = await queue.take(new AbortController().signal)
    await delivery.retry()
    dispatcher.start()
    await done
    expect(attempts).toEqual([2])
  })

  test("of another bot is set aside, reaches no handler, and is logged", async () => {
    const seen: Update[] = []
    dispatcher.use((ctx) => void seen.push(ctx.update))
    dispatcher.start()
    const update = textIn(1)
    await queue.put({ botId: 5, update })
    expect(seen).toEqual([])
    expect(queue.setAsideUpdates).toMatchObject([{ botId: 5, update }])
    expect(logger.errors).toEqual([expect.stringContaining("a queue of its own")])
  })

  test("waits where as many as `concurrency` are running, without being taken", async () => {
    dispatcher = dispatcherWith({ concurrency: 2 })
    const gates = [deferred(), deferred(), deferred()]
    let running = 0
    let most = 0
    dispatcher.on(filters.text, async (ctx) => {
      most = Math.max(most, ++running)
      await gates[ctx.chat.id]?.promise
      running -= 1
    })
    dispatcher.start()
    const puts = [0, 1, 2].map((chat) => put(textIn(chat)))
    await untilTrue(() => running === 2)
    expect(queue.waiting).toBe(1)
    gates[0]?.resolve()
    await puts[0]
    await untilTrue(() => running === 2)
    gates[1]?.resolve()
    gates[2]?.resolve()
    await Promise.all(puts)
    expect(most).toBe(2)
  })
})

describe("one `take` at a time", () => {
  test("is outstanding, however many wait", async () => {
    let outstanding = 0
    let most = 0
    class CountingQueue extends MemoryQueue {
      override async take(signal: AbortSignal): Promise<Delivery> {
        most = Math.max(most, ++outstanding)
        try {
          return await super.take(signal)
        } finally {
          outstanding -= 1
        }
      }
    }
    queue = new CountingQueue()
    dispatcher = dispatcherWith({ concurrency: 8 })
    dispatcher.on(filters.text, () => new Promise((resolve) => setImmediate(resolve)))
    dispatcher.start()
    await Promise.all(Array.from({ length: 50 }, (_, chat) => put(textIn(chat))))
    expect(most).toBe(1)
    await dispatcher.stop()
    expect(outstanding).toBe(0)
  })

  test("that fails is logged and tried again after a while", async () => {
    let failures = 2
    class FailingQueue extends MemoryQueue {
      override take(signal: AbortSignal): Promise<Delivery> {
        return failures-- > 0 ? Promise.reject(new Error("store is down")) : super.take(signal)
      }
    }
    queue = new FailingQueue()
    dispatcher = dispatcherWith({})
    dispatcher.start()
    await put(textIn(1))
    expect(logger.errors).toHaveLength(2)
    expect(logger.errors[0]).toMatch(/^Could not take from the queue, .* in \d+ ms: store is down$/)
  })

  test("of a closed queue is the last, and said once", async () => {
    dispatcher.start()
    await queue[Symbol.asyncDispose]()
    await untilTrue(() => logger.errors.length > 0)
    expect(logger.errors).toEqual([expect.stringContaining("queue was closed")])
    expect(await dispatcher.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
  })

  test("ends while it is waited for another try, when it is stopped", async () => {
    class DownQueue extends MemoryQueue {
      override take(): Promise<Delivery> {
        return Promise.reject(new Error("store is down"))
      }
    }
    queue = new DownQueue()
    dispatcher = dispatcherWith({})
    dispatcher.start()
    await untilTrue(() => logger.errors.length >= 2)
    const before = performance.now()
    await dispatcher.stop()
    expect(performance.now() - before).toBeLessThan(400)
  })
})

test("an update whose end cannot be stored is logged, and the rest goes on", async () => {
  class ForgetfulQueue extends MemoryQueue {
    override async take(signal: AbortSignal): Promise<Delivery> {
      const delivery = await super.take(signal)
      delivery.done = () => Promise.reject(new Error("store is down"))
      return delivery
    }
  }
  queue = new ForgetfulQueue({ holdMs: 10 })
  dispatcher = dispatcherWith({})
  const seen: number[] = []
  dispatcher.on(filters.text, (ctx) => void seen.push(ctx.chat.id))
  dispatcher.start()
  void put(textIn(1)).catch(() => {})
  void put(textIn(2)).catch(() => {})
  await untilTrue(() => logger.errors.length === 2)
  expect(seen).toEqual([1, 2])
  expect(logger.errors[0]).toMatch(/^Could not end update \d+: store is down$/)
})

describe("stop", () => {
  test("before start answers that nothing was there", async () => {
    expect(await dispatcher.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
  })

  test("waits for what runs, gives back what waits, and says so", async () => {
    const gate = deferred()
    const began = deferred()
    dispatcher.on(filters.text, () => (began.resolve(), gate.promise))
    dispatcher.start()
    const [first, second] = [textIn(1), textIn(1)]
    const firstPut = put(first)
    const secondPut = put(second)
    await began.promise
    const stopped = dispatcher.stop()
    await expect(secondPut).rejects.toMatchObject({ code: "handed-back" })
    gate.resolve()
    expect(await stopped).toEqual({
      handled: [reference(first)],
      handedBack: [reference(second)],
      unknown: [],
    })
    await firstPut
  })

  test("still handles what waits and has been forgotten by Telegram", async () => {
    queue = new MemoryQueue({ holdMs: 20 })
    dispatcher = dispatcherWith({})
    const gate = deferred()
    const seen: string[] = []
    dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "first") await gate.promise
      seen.push(ctx.message.text)
    })
    dispatcher.start()
    const updates = ["first", "second", "third"].map((text) => textIn(1, text))
    await Promise.all(updates.map(put))
    const stopped = dispatcher.stop()
    gate.resolve()
    const verdict = await stopped
    expect(seen).toEqual(["first", "second", "third"])
    expect(verdict).toEqual({ handled: updates.map(reference), handedBack: [], unknown: [] })
  })

  test("begins nothing that is put while it stops", async () => {
    queue = new MemoryQueue({ holdMs: 20 })
    dispatcher = dispatcherWith({})
    const gate = deferred()
    const seen: string[] = []
    dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "first") await gate.promise
      seen.push(ctx.message.text)
    })
    dispatcher.start()
    const updates = ["first", "second"].map((text) => textIn(1, text))
    await Promise.all(updates.map(put))
    const stopped = dispatcher.stop()
    // By then what waited has been given back, and the second update is waited for.
    await new Promise((resolve) => setImmediate(resolve))
    const late = textIn(2, "late")
    await expect(put(late)).rejects.toMatchObject({ code: "handed-back" })
    gate.resolve()
    expect(await stopped).toEqual({
      handled: updates.map(reference),
      handedBack: [reference(late)],
      unknown: [],
    })
    expect(seen).toEqual(["first", "second"])
  })

  test("called twice shares one promise", async () => {
    dispatcher.start()
    const first = dispatcher.stop()
    expect(dispatcher.stop({ deadlineMs: 0 })).toBe(first)
    await first
  })

  test("at the deadline aborts the signals, and what then ends undone is given back", async () => {
    const reasons: unknown[] = []
    dispatcher.on(filters.text, async ({ signal }) => {
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      )
    })
    dispatcher.catch((error) => reasons.push(error))
    dispatcher.start()
    const update = textIn(1)
    const refused = expect(put(update)).rejects.toMatchObject({ code: "handed-back" })
    await untilTrue(() => queue.waiting === 0)
    const verdict = await dispatcher.stop({ deadlineMs: 10 })
    await refused
    expect(verdict).toEqual({ handled: [], handedBack: [reference(update)], unknown: [] })
    expect(reasons).toEqual([])
  })

  test("what ends well within the grace after the deadline is handled", async () => {
    const update = textIn(1)
    dispatcher.on(filters.text, async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve))
    })
    dispatcher.start()
    const done = put(update)
    await untilTrue(() => queue.waiting === 0)
    expect(await dispatcher.stop({ deadlineMs: 0 })).toEqual({
      handled: [reference(update)],
      handedBack: [],
      unknown: [],
    })
    await done
  })

  test("what does not end is given up, and is unknown where Telegram has forgotten it", async () => {
    queue = new MemoryQueue({ holdMs: 800 })
    dispatcher = dispatcherWith({})
    const gate = deferred()
    dispatcher.on(filters.text, () => gate.promise)
    dispatcher.start()
    const forgotten = textIn(1)
    await put(forgotten)
    const known = textIn(2)
    const refused = expect(put(known)).rejects.toMatchObject({ code: "handed-back" })
    const before = performance.now()
    const verdict = await dispatcher.stop({ deadlineMs: 0 })
    expect(performance.now() - before).toBeLessThan(2_000)
    await refused
    expect(verdict).toEqual({
      handled: [],
      handedBack: [reference(known)],
      unknown: [reference(forgotten)],
    })
    gate.resolve()
  })

  test("what had not begun at the deadline, and only this process has, is unknown", async () => {
    queue = new MemoryQueue({ holdMs: 20 })
    dispatcher = dispatcherWith({ concurrency: 1 })
    const gate = deferred()
    dispatcher.on(filters.text, () => gate.promise)
    dispatcher.start()
    const updates = [textIn(1), textIn(1)]
    await Promise.all(updates.map(put))
    const verdict = await dispatcher.stop({ deadlineMs: 10 })
    expect(verdict.unknown).toHaveLength(2)
    expect(verdict.unknown).toEqual(expect.arrayContaining(updates.map(reference)))
    gate.resolve()
  })

  test("awaited by a handler ends at the deadline at the latest", async () => {
    const verdicts: unknown[] = []
    dispatcher.on(filters.text, async () => {
      verdicts.push(await dispatcher.stop({ deadlineMs: 10 }))
    })
    dispatcher.start()
    const update = textIn(1)
    await expect(put(update)).rejects.toMatchObject({ code: "handed-back" })
    await untilTrue(() => verdicts.length === 1)
    expect(verdicts).toEqual([{ handled: [], handedBack: [reference(update)], unknown: [] }])
  })

  test("not awaited by a handler lets it finish", async () => {
    let stopped: Promise<unknown> | undefined
    dispatcher.on(filters.text, () => void (stopped = dispatcher.stop()))
    dispatcher.start()
    const update = textIn(1)
    await put(update)
    expect(await stopped).toMatchObject({ handled: [reference(update)] })
  })

  test("has no end where the deadline is Infinity", async () => {
    const gate = deferred()
    dispatcher.on(filters.text, () => gate.promise)
    dispatcher.start()
    const update = textIn(1)
    const done = put(update)
    await untilTrue(() => queue.waiting === 0)
    const stopped = dispatcher.stop({ deadlineMs: Infinity })
    gate.resolve()
    expect(await stopped).toMatchObject({ handled: [reference(update)], unknown: [] })
    await done
  })

  test("of a queue that never answers ends soon after the deadline", async () => {
    class SilentQueue extends MemoryQueue {
      override async take(signal: AbortSignal): Promise<Delivery> {
        const delivery = await super.take(signal)
        delivery.handBack = () => new Promise(() => {})
        return delivery
      }
      override handBack(): Promise<never> {
        return new Promise(() => {})
      }
    }
    queue = new SilentQueue()
    dispatcher = dispatcherWith({})
    dispatcher.on(filters.text, () => new Promise(() => {}))
    dispatcher.start()
    const update = textIn(1)
    void put(update).catch(() => {})
    await untilTrue(() => queue.waiting === 0)
    const verdict = await dispatcher.stop({ deadlineMs: 10 })
    expect(verdict).toEqual({ handled: [], handedBack: [], unknown: [reference(update)] })
  })

  test("of a queue that cannot give back says so, and still ends", async () => {
    queue.handBack = () => Promise.reject(new Error("store is down"))
    dispatcher.start()
    expect(await dispatcher.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
    expect(logger.errors).toEqual(["Could not give back what waits in the queue: store is down"])
  })
})

test("when the queue takes an update away, ctx.signal aborts and nobody ends it", async () => {
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
        signal: taken.signal,
        done: end("done"),
        retry: end("retry"),
        setAside: end("setAside"),
        handBack: async () => Boolean(ends.push("handBack")),
      }
    }
  }
  queue = new LeasingQueue({ holdMs: 1 })
  dispatcher = dispatcherWith({})
  const ended = deferred()
  dispatcher.on(filters.text, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve))
    ended.resolve()
    throw signal.reason
  })
  dispatcher.start()
  await put(textIn(1))
  taken.abort(new Error("lease lost"))
  await ended.promise
  await dispatcher.stop()
  expect(ends).toEqual([])
  expect(logger.errors).toEqual([])
})

describe("process", () => {
  test("is a way in without a queue, and never rejects", async () => {
    const alone = new Dispatcher({ bot, logger })
    const seen: string[] = []
    alone.on(filters.text, (ctx) => {
      seen.push(ctx.message.text)
      throw new Error("oh")
    })
    await alone.process(textUpdate("x"))
    expect(seen).toEqual(["x"])
    expect(logger.errors).toHaveLength(1)
  })

  test("takes what has only the look of an update", async () => {
    dispatcher.command("start", () => {})
    for (const content of [{}, { message: {} }, { message: null }, { message: { entities: 5 } }]) {
      await dispatcher.process({ update_id: 1, ...content } as unknown as Update)
    }
    expect(logger.errors).toEqual([])
  })
})
