import { getEventListeners } from "node:events"
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest"
import { HandedBack, MemoryQueue, QueueFull } from "../../../src/queue/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { built, finished, packageFolder } from "../../support/built.js"
import { isSettled } from "../../support/waiting.js"

const never = new AbortController().signal
const day = 24 * 60 * 60 * 1000
const put = (queue: MemoryQueue, chat: number, id: number, botId = 1) =>
  queue.put({ botId, update: updateOf(chat, id) })

describe("the acknowledgement delay", () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  test("an update is acknowledged when its handler has been running for holdMs", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    const first = put(queue, 1, 1)
    vi.advanceTimersByTime(1_000)
    expect(await isSettled(first), "it waits for a worker").toBe(false)
    await queue.take(never)
    vi.advanceTimersByTime(99)
    expect(await isSettled(first)).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await isSettled(first)).toBe(true)
  })

  test("an update is not acknowledged early while the handlers before it are fast", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    const puts = Array.from({ length: 50 }, (_, id) => put(queue, 1, id))
    for (const first of puts.slice(0, 40)) {
      const delivery = await queue.take(never)
      vi.advanceTimersByTime(60)
      expect(await isSettled(first)).toBe(false)
      await delivery.done()
    }
    for (const waiting of puts.slice(40)) expect(await isSettled(waiting)).toBe(false)
    await queue.handBack()
    await Promise.allSettled(puts)
  })

  test("an update behind a slow handler is acknowledged when it has itself waited for holdMs", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    const puts = [put(queue, 1, 1), put(queue, 1, 2)]
    await queue.take(never)
    vi.advanceTimersByTime(60)
    puts.push(put(queue, 1, 3))
    vi.advanceTimersByTime(40)
    const acknowledged = () => Promise.all(puts.map(isSettled))
    expect(await acknowledged()).toEqual([true, true, false])
    puts.push(put(queue, 1, 4))
    vi.advanceTimersByTime(60)
    expect(await acknowledged()).toEqual([true, true, true, false])
    vi.advanceTimersByTime(40)
    expect(await acknowledged()).toEqual([true, true, true, true])
  })

  test("a slow handler acknowledges no update of another lane", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    void put(queue, 1, 1)
    const other = put(queue, 2, 2)
    await queue.take(never)
    vi.advanceTimersByTime(1_000)
    expect(await isSettled(other)).toBe(false)
    await queue.handBack()
    await expect(other).rejects.toThrow(HandedBack)
  })

  test("the next handler of a lane has a delay of its own", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    void put(queue, 1, 1)
    const slow = await queue.take(never)
    vi.advanceTimersByTime(150)
    const next = put(queue, 1, 2)
    await slow.done()
    vi.advanceTimersByTime(50)
    const delivery = await queue.take(never)
    vi.advanceTimersByTime(99)
    expect(await isSettled(next)).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await isSettled(next)).toBe(true)
    await delivery.done()
  })

  test("a pending retry counts as a slow handler", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    const puts = [put(queue, 1, 1), put(queue, 1, 2)]
    await (await queue.take(never)).retry({ delayMs: 1_000 })
    vi.advanceTimersByTime(100)
    expect(await Promise.all(puts.map(isSettled))).toEqual([true, true])
  })

  test("with an infinite holdMs Telegram always waits for the handler", async () => {
    await using queue = new MemoryQueue({ holdMs: Infinity })
    const first = put(queue, 1, 1)
    const delivery = await queue.take(never)
    vi.advanceTimersByTime(day)
    expect(await isSettled(first)).toBe(false)
    await delivery.done()
    expect(await isSettled(first)).toBe(true)
  })

  test("a repeated update that is already acknowledged is acknowledged at once, and handled once", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    void put(queue, 1, 1)
    await queue.take(never)
    vi.advanceTimersByTime(100)
    expect(await isSettled(put(queue, 1, 1))).toBe(true)
    expect(queue.waiting).toBe(0)
  })

  test("an acknowledged update is not handed back, but remains to be handled", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    void put(queue, 1, 1)
    void put(queue, 1, 2)
    const delivery = await queue.take(never)
    vi.advanceTimersByTime(100)
    const young = put(queue, 1, 3)
    expect(await queue.handBack()).toEqual({
      handedBack: [{ botId: 1, updateId: 3 }],
      remaining: [{ botId: 1, updateId: 2 }],
    })
    await expect(young).rejects.toThrow(HandedBack)
    expect(await delivery.handBack()).toBe(false)
    expect((await queue.take(never)).update.update_id).toBe(2)
  })

  test("an acknowledged update that waits for its next attempt remains, and keeps its delay", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    void put(queue, 1, 1)
    const delivery = await queue.take(never)
    vi.advanceTimersByTime(100)
    await delivery.retry({ delayMs: 500 })
    expect((await queue.handBack()).remaining).toEqual([{ botId: 1, updateId: 1 }])
    const again = Promise.resolve(queue.take(never))
    vi.advanceTimersByTime(499)
    expect(await isSettled(again)).toBe(false)
    vi.advanceTimersByTime(1)
    expect((await again).attempt).toBe(2)
  })

  test("one timer serves all updates, and ends when no delay runs", async () => {
    await using queue = new MemoryQueue({ holdMs: 100 })
    for (let id = 0; id < 1_000; id++) void put(queue, id, id)
    expect(vi.getTimerCount()).toBe(1)
    for (let id = 0; id < 1_000; id++) await (await queue.take(never)).done()
    vi.advanceTimersByTime(100)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe("remembered ids", () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  async function handled(queue: MemoryQueue, id: number): Promise<void> {
    void put(queue, 1, id)
    await (await queue.take(never)).done()
  }

  test("an id is known for 24 hours, and new after 48", async () => {
    await using queue = new MemoryQueue()
    await handled(queue, 5)
    vi.advanceTimersByTime(day - 1)
    await put(queue, 1, 5)
    expect(queue.waiting).toBe(0)
    vi.advanceTimersByTime(day + 1)
    void put(queue, 1, 5)
    expect(queue.waiting).toBe(1)
    await (await queue.take(never)).done()
  })

  test("an id is known until 100,000 others have been handled, and their number is bounded", async () => {
    await using queue = new MemoryQueue()
    for (let id = 0; id <= 100_000; id++) await handled(queue, id)
    await put(queue, 1, 0)
    expect(queue.waiting).toBe(0)
    for (let id = 100_001; id <= 200_000; id++) await handled(queue, id)
    void put(queue, 1, 0)
    expect(queue.waiting).toBe(1)
    await (await queue.take(never)).done()
  })
})

describe("edges", () => {
  test("timers that are due at once leave turns of the event loop to others", async () => {
    await using queue = new MemoryQueue()
    const count = 5_000
    const put = { kind: "put", botId: 1, own: { name: "due", lane: "1" } } as const
    vi.useFakeTimers({ toFake: ["Date"] })
    onTestFinished(() => void vi.useRealTimers())
    const dueAt = Date.now() + 1
    await queue.state.write(Array.from({ length: count }, () => ({ ...put, dueAt })))
    vi.setSystemTime(dueAt)
    const seen = new Set<number>()
    while (queue.waiting < count) {
      seen.add(queue.waiting)
      await new Promise(setImmediate)
    }
    expect([...seen]).toContain(1_000)
  })

  test("the timers of a queue do not keep the process alive", async () => {
    await built()
    const program = `
      import { MemoryQueue } from "sounder"
      const queue = new MemoryQueue({ holdMs: 600_000, capacity: 1 })
      const update = (update_id) => ({ botId: 1, update: { update_id } })
      void queue.put(update(1))
      const delivery = await queue.take(new AbortController().signal)
      await delivery.retry({ delayMs: 600_000 })
      queue.put(update(2)).catch((error) => console.log(error.code))`
    const args = ["--input-type=module", "--eval", program]
    expect(await finished(process.execPath, args, packageFolder)).toEqual({
      status: 0,
      output: "queue-full\n",
    })
  })

  test("a refused or handed-back put whose promise is ignored does not end the process", async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on("unhandledRejection", note)
    const queue = new MemoryQueue({ capacity: 1 })
    void put(queue, 1, 1)
    void put(queue, 1, 2)
    await queue.handBack()
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off("unhandledRejection", note)
    expect(unhandled).toEqual([])
    await queue[Symbol.asyncDispose]()
  })

  test("a signal has one listener for any number of takes, and none once another signal is used", async () => {
    const queue = new MemoryQueue()
    const [signal, other] = [new AbortController().signal, new AbortController().signal]
    for (let id = 1; id < 5; id++) {
      const next = queue.take(signal)
      void put(queue, 1, id)
      await (await next).done()
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(1)
    const last = queue.take(other)
    expect(getEventListeners(signal, "abort")).toHaveLength(0)
    await queue[Symbol.asyncDispose]()
    await expect(last).rejects.toMatchObject({ code: "queue-closed" })
    expect(getEventListeners(other, "abort")).toHaveLength(0)
  })

  test("the last hundred updates that were set aside are kept with their errors", async () => {
    await using queue = new MemoryQueue()
    for (let id = 0; id < 101; id++) {
      void put(queue, 1, id)
      await (await queue.take(never)).setAside(`error ${id}`)
    }
    const kept = queue.setAsideUpdates
    expect(kept).toHaveLength(100)
    expect(kept[0]).toEqual({ botId: 1, update: updateOf(1, 1), error: "error 1" })
    expect(kept[99]?.error).toBe("error 100")
  })

  test("a full queue refuses updates until the turn is over and there is room", async () => {
    await using queue = new MemoryQueue({ capacity: 1 })
    const first = put(queue, 1, 1)
    await expect(put(queue, 1, 2)).rejects.toThrow(QueueFull)
    const delivery = await queue.take(never)
    await expect(put(queue, 2, 3)).rejects.toThrow("stores 1 updates")
    await new Promise((resolve) => setTimeout(resolve, 5))
    void put(queue, 1, 2).catch(() => {})
    expect(queue.waiting).toBe(1)
    await delivery.done()
    await first
  })

  test("lanes follow the given rule", async () => {
    await using queue = new MemoryQueue({ lane: (update) => `${update.update_id % 2}` })
    for (const id of [1, 2, 3]) put(queue, 7, id).catch(() => {})
    expect([(await queue.take(never)).lane, (await queue.take(never)).lane]).toEqual(["1", "0"])
    expect(queue.waiting).toBe(1)
  })

  test("a lane rule that throws or returns no string rejects the put and stores nothing", async () => {
    let answer: unknown
    // A rule in plain JavaScript.
    const lane = () => {
      if (answer instanceof Error) throw answer
      return answer as string
    }
    await using queue = new MemoryQueue({ lane })
    answer = new Error("No lane")
    await expect(put(queue, 1, 1)).rejects.toThrow("No lane")
    answer = undefined
    await expect(put(queue, 1, 1)).rejects.toThrow("a function that returns a string")
    answer = "a"
    void put(queue, 1, 1)
    await (await queue.take(never)).done()
    expect(queue.waiting).toBe(0)
  })

  test.each([
    ["null", null],
    ["{}", {}],
    ["an update without its id", { message: {} }],
    ["an update whose id is a text", { update_id: "1" }],
  ])("%s is no update, and its put rejects", async (_, update) => {
    await using queue = new MemoryQueue()
    await expect(queue.put({ botId: 1, update: update as never })).rejects.toThrow(TypeError)
    expect(queue.waiting).toBe(0)
  })

  test("a put without a bot's id rejects", async () => {
    await using queue = new MemoryQueue()
    const incoming = { botId: undefined as never, update: updateOf(1, 1) }
    await expect(queue.put(incoming)).rejects.toThrow("Expected an integer `botId`")
  })

  test.each([
    [{ holdMs: -1 }, "`holdMs`"],
    [{ holdMs: Number.NaN }, "`holdMs`"],
    [{ capacity: 0 }, "`capacity`"],
    [{ capacity: 1.5 }, "`capacity`"],
    [{ lane: "bot" as never }, "`lane`"],
  ])("the options %o are refused", (options, named) => {
    expect(() => new MemoryQueue(options)).toThrow(named)
    expect(() => new MemoryQueue(options)).toThrow(TypeError)
  })
})
