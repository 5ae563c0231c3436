import { describe, expect, test } from "vitest"
import { filters } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import type { Delivery } from "../../../src/queue/update-queue.js"
import { deferred, untilTrue } from "../../support/waiting.js"
import { dispatchedEach, reference, textIn } from "../../support/dispatched.js"

const stage = dispatchedEach()

describe("stop", () => {
  test("before start reports an empty drain", async () => {
    expect(await stage.dispatcher.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
  })

  test("waits for running handlers, hands back waiting updates, and reports both", async () => {
    const gate = deferred()
    const began = deferred()
    stage.dispatcher.on(filters.text, () => (began.resolve(), gate.promise))
    stage.dispatcher.start()
    const [first, second] = [textIn(1), textIn(1)]
    const firstPut = stage.put(first)
    const secondPut = stage.put(second)
    await began.promise
    const stopped = stage.dispatcher.stop()
    await expect(secondPut).rejects.toMatchObject({ code: "handed-back" })
    gate.resolve()
    expect(await stopped).toEqual({
      handled: [reference(first)],
      handedBack: [reference(second)],
      unknown: [],
    })
    await firstPut
  })

  test("still handles waiting updates that are acknowledged", async () => {
    stage.queue = new MemoryQueue({ holdMs: 20 })
    stage.dispatcher = stage.dispatcherWith({})
    const gate = deferred()
    const seen: string[] = []
    stage.dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "first") await gate.promise
      seen.push(ctx.message.text)
    })
    stage.dispatcher.start()
    const updates = ["first", "second", "third"].map((text) => textIn(1, text))
    await Promise.all(updates.map(stage.put))
    const stopped = stage.dispatcher.stop()
    gate.resolve()
    const verdict = await stopped
    expect(seen).toEqual(["first", "second", "third"])
    expect(verdict).toEqual({ handled: updates.map(reference), handedBack: [], unknown: [] })
  })

  test("begins no update that is put while it stops", async () => {
    stage.queue = new MemoryQueue({ holdMs: 20 })
    stage.dispatcher = stage.dispatcherWith({})
    const gate = deferred()
    const seen: string[] = []
    stage.dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "first") await gate.promise
      seen.push(ctx.message.text)
    })
    stage.dispatcher.start()
    const updates = ["first", "second"].map((text) => textIn(1, text))
    await Promise.all(updates.map(stage.put))
    const stopped = stage.dispatcher.stop()
    // By then the waiting update was handed back, and the second update is awaited.
    await new Promise((resolve) => setImmediate(resolve))
    const late = textIn(2, "late")
    await expect(stage.put(late)).rejects.toMatchObject({ code: "handed-back" })
    gate.resolve()
    expect(await stopped).toEqual({
      handled: updates.map(reference),
      handedBack: [reference(late)],
      unknown: [],
    })
    expect(seen).toEqual(["first", "second"])
  })

  test("called twice shares one promise", async () => {
    stage.dispatcher.start()
    const first = stage.dispatcher.stop()
    expect(stage.dispatcher.stop({ deadlineMs: 0 })).toBe(first)
    await first
  })

  test("aborts the signals at the deadline, and hands back the updates left undone", async () => {
    const reasons: unknown[] = []
    stage.dispatcher.on(filters.text, async ({ signal }) => {
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      )
    })
    stage.dispatcher.catch((error) => reasons.push(error))
    stage.dispatcher.start()
    const update = textIn(1)
    const refused = expect(stage.put(update)).rejects.toMatchObject({ code: "handed-back" })
    await untilTrue(() => stage.queue.waiting === 0)
    const verdict = await stage.dispatcher.stop({ deadlineMs: 10 })
    await refused
    expect(verdict).toEqual({ handled: [], handedBack: [reference(update)], unknown: [] })
    expect(reasons).toEqual([])
  })

  test("counts a handler that succeeds within the grace after the deadline as handled", async () => {
    const update = textIn(1)
    stage.dispatcher.on(filters.text, async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve))
    })
    stage.dispatcher.start()
    const done = stage.put(update)
    await untilTrue(() => stage.queue.waiting === 0)
    expect(await stage.dispatcher.stop({ deadlineMs: 0 })).toEqual({
      handled: [reference(update)],
      handedBack: [],
      unknown: [],
    })
    await done
  })

  test("abandons a handler that does not end, and reports an acknowledged update as unknown", async () => {
    stage.queue = new MemoryQueue({ holdMs: 600_000 })
    stage.dispatcher = stage.dispatcherWith({})
    const gate = deferred()
    stage.dispatcher.on(filters.text, () => gate.promise)
    stage.dispatcher.start()
    const forgotten = textIn(1)
    const put = stage.put(forgotten)
    await untilTrue(() => stage.queue.waiting === 0)
    stage.queue.acknowledge(reference(forgotten).botId, [forgotten.update_id])
    await put
    const known = textIn(2)
    const refused = expect(stage.put(known)).rejects.toMatchObject({ code: "handed-back" })
    const before = performance.now()
    const verdict = await stage.dispatcher.stop({ deadlineMs: 0 })
    expect(performance.now() - before).toBeLessThan(15_000)
    await refused
    expect(verdict).toEqual({
      handled: [],
      handedBack: [reference(known)],
      unknown: [reference(forgotten)],
    })
    gate.resolve()
  })

  test("reports an acknowledged update that had not begun at the deadline as unknown", async () => {
    stage.queue = new MemoryQueue({ holdMs: 20 })
    stage.dispatcher = stage.dispatcherWith({ concurrency: 1 })
    const gate = deferred()
    stage.dispatcher.on(filters.text, () => gate.promise)
    stage.dispatcher.start()
    const updates = [textIn(1), textIn(1)]
    await Promise.all(updates.map(stage.put))
    const verdict = await stage.dispatcher.stop({ deadlineMs: 10 })
    expect(verdict.unknown).toHaveLength(2)
    expect(verdict.unknown).toEqual(expect.arrayContaining(updates.map(reference)))
    gate.resolve()
  })

  test("awaited by a handler ends by the deadline", async () => {
    const verdicts: unknown[] = []
    stage.dispatcher.on(filters.text, async () => {
      verdicts.push(await stage.dispatcher.stop({ deadlineMs: 10 }))
    })
    stage.dispatcher.start()
    const update = textIn(1)
    await expect(stage.put(update)).rejects.toMatchObject({ code: "handed-back" })
    await untilTrue(() => verdicts.length === 1)
    expect(verdicts).toEqual([{ handled: [], handedBack: [reference(update)], unknown: [] }])
  })

  test("not awaited by a handler lets the handler finish", async () => {
    let stopped: Promise<unknown> | undefined
    stage.dispatcher.on(filters.text, () => void (stopped = stage.dispatcher.stop()))
    stage.dispatcher.start()
    const update = textIn(1)
    await stage.put(update)
    expect(await stopped).toMatchObject({ handled: [reference(update)] })
  })

  test("has no end if the deadline is Infinity", async () => {
    const gate = deferred()
    stage.dispatcher.on(filters.text, () => gate.promise)
    stage.dispatcher.start()
    const update = textIn(1)
    const done = stage.put(update)
    await untilTrue(() => stage.queue.waiting === 0)
    const stopped = stage.dispatcher.stop({ deadlineMs: Infinity })
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
    stage.queue = new SilentQueue()
    stage.dispatcher = stage.dispatcherWith({})
    stage.dispatcher.on(filters.text, () => new Promise(() => {}))
    stage.dispatcher.start()
    const update = textIn(1)
    void stage.put(update).catch(() => {})
    await untilTrue(() => stage.queue.waiting === 0)
    const verdict = await stage.dispatcher.stop({ deadlineMs: 10 })
    expect(verdict).toEqual({ handled: [], handedBack: [], unknown: [reference(update)] })
  })

  test("of a queue that cannot hand back reports so, and still ends", async () => {
    stage.queue.handBack = () => Promise.reject(new Error("store is down"))
    stage.dispatcher.start()
    expect(await stage.dispatcher.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
    expect(stage.logger.errors).toEqual(["Could not hand back the waiting updates: store is down"])
  })
})

describe("an own update that a handler puts during a stop", () => {
  test("is handled before the deadline, if only this process has it", async () => {
    const [gate, began] = [deferred(), deferred()]
    const seen: unknown[] = []
    stage.dispatcher.on(filters.text, async (ctx) => {
      ctx.state.put({ name: "paid", data: 1 })
      began.resolve()
      await gate.promise
    })
    stage.dispatcher.event("paid", (ctx) => void seen.push(ctx.own.data))
    stage.dispatcher.start()
    const update = textIn(1)
    void stage.put(update)
    await began.promise
    const stopped = stage.dispatcher.stop()
    gate.resolve()
    const own = { botId: reference(update).botId, updateId: -1 }
    expect(await stopped).toEqual({
      handled: [reference(update), own],
      handedBack: [],
      unknown: [],
    })
    expect(seen).toEqual([1])
  })

  test("is unknown after the deadline", async () => {
    const began = deferred()
    stage.dispatcher.on(filters.text, async (ctx) => {
      ctx.state.put({ name: "paid" })
      began.resolve()
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
    })
    stage.dispatcher.event("paid", () => {})
    stage.dispatcher.start()
    const update = textIn(1)
    void stage.put(update)
    await began.promise
    const own = { botId: reference(update).botId, updateId: -1 }
    expect(await stage.dispatcher.stop({ deadlineMs: 10 })).toEqual({
      handled: [reference(update)],
      handedBack: [],
      unknown: [own],
    })
  })
})
