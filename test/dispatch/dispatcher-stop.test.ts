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
