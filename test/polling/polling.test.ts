import { describe, expect, onTestFinished, test, vi } from "vitest"
import { HandedBack, MemoryQueue, QueueFull } from "../../src/queue/index.js"
import { Polling } from "../../src/polling/polling.js"
import { WakeUp } from "../../src/polling/wake-up.js"
import { isSettled, untilTrue } from "../support/waiting.js"
import { stage } from "./stage.js"

/** Records every wait of polling: its milliseconds, and its end. */
function recordedWaits() {
  const spy = vi.spyOn(WakeUp.prototype, "wait")
  onTestFinished(() => spy.mockRestore())
  return spy.mock
}

describe("a poll", () => {
  test("puts every update, with the id of its bot, in Telegram's order", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    for (let count = 0; count < 5; count += 1) telegram.send()
    await start()
    await queue.untilPut(5)
    telegram.send()
    await queue.untilPut(6)
    expect(queue.ids).toEqual([100, 101, 102, 103, 104, 105])
    expect(queue.puts.map(({ botId }) => botId)).toEqual([42, 42, 42, 42, 42, 42])
  })

  test("requests a wait of 30 s and up to 100 updates, and omits options that were not given", async () => {
    const { telegram, start } = await stage()
    await start()
    const { params } = await telegram.untilCalled("getUpdates")
    expect(params).toEqual({ limit: 100, timeout: 30 })
  })

  test("sends the given limit, time-out and update types", async () => {
    const { telegram, start } = await stage()
    await start({ limit: 7, timeout: 12, allowedUpdates: ["message", "poll"] })
    const { params } = await telegram.untilCalled("getUpdates")
    expect(params).toEqual({ limit: 7, timeout: 12, allowed_updates: ["message", "poll"] })
  })

  test("confirms an update when its put has resolved", async () => {
    const { telegram, queue, start } = await stage()
    telegram.send()
    await start()
    const put = await queue.of(100)
    expect(telegram.ids).toEqual([100])
    put.resolve()
    await untilTrue(() => telegram.isLongPolled)
    expect(telegram.ids).toEqual([])
    expect(telegram.polls.at(-1)?.params).toMatchObject({ offset: 101, timeout: 30 })
  })

  test("follows the previous one without a pause, but in no busy loop", async () => {
    const { telegram, start } = await stage()
    const waits = recordedWaits()
    await start({ timeout: 1 })
    await telegram.untilCalled("getUpdates", 3)
    const [first, second, third] = telegram.polls
    expect(second!.at - first!.at).toBeGreaterThan(900)
    expect(third!.at - second!.at).toBeGreaterThan(900)
    expect(waits.calls).toEqual([])
  })

  test("never repeats an offset within half a second when Telegram does not wait", async () => {
    const { telegram, start, begun } = await stage()
    const empty = { status: 200, body: '{"ok":true,"result":[]}' }
    telegram.fail("getUpdates", empty, empty, empty)
    await start({ timeout: 0 })
    await telegram.untilCalled("getUpdates", 3)
    const [first, second, third] = begun("getUpdates")
    expect(second!.at - first!.at).toBeGreaterThan(498)
    expect(third!.at - second!.at).toBeGreaterThan(498)
  })

  test("logs an error for a value that is not an update, and confirms it with the next update", async () => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    telegram.push({ update_id: -5, secret: "its content" })
    telegram.push("a text")
    telegram.push([])
    telegram.send()
    await start()
    await telegram.untilLongPolled()
    expect(queue.ids).toEqual([100])
    expect(telegram.polls.at(-1)?.params.offset).toBe(101)
    expect(logger.at("error")).toHaveLength(3)
    expect(logger.lines.join()).not.toContain("its content")
  })

  test("does not loop on an answer without valid updates", async () => {
    const { telegram, logger, start } = await stage()
    telegram.fail("getUpdates", { status: 200, body: '{"ok":true,"result":[null,7,"x"]}' })
    await start()
    await telegram.untilCalled("getUpdates", 2)
    const [first, second] = telegram.polls
    expect(second!.at - first!.at).toBeGreaterThan(1900)
    expect(logger.at("error")).toHaveLength(3)
  })

  test("treats an answer that is not a list as a transient failure", async () => {
    const { telegram, queue, logger, start } = await stage(() => "accept")
    telegram.fail("getUpdates", { status: 200, body: '{"ok":true,"result":{"update_id":1}}' })
    telegram.send()
    await start()
    await queue.untilPut(1)
    expect(logger.at("warn")).toEqual([expect.stringContaining("not an array of updates")])
  })

  test("puts updates of unknown types", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    telegram.push({ update_id: 100, hologram: { id: 1 } })
    telegram.push({ update_id: 101 })
    await start()
    await queue.untilPut(2)
    expect(queue.ids).toEqual([100, 101])
  })
})

describe("an unacknowledged update", () => {
  test("holds the offset, while others are fetched and none is put twice", async () => {
    const { telegram, queue, start } = await stage((id) => (id === 101 ? "wait" : "accept"))
    telegram.send(1)
    telegram.send(2)
    telegram.send(3)
    await start()
    await queue.untilPut(3)
    telegram.send(4)
    await queue.untilPut(4)
    telegram.send(5)
    await queue.untilPut(5)
    expect(queue.ids).toEqual([100, 101, 102, 103, 104])
    expect(telegram.ids).toEqual([101, 102, 103, 104])
    // An offset lower by one confirms the same updates.
    const held = telegram.polls.filter(({ params }) => [100, 101].includes(params.offset ?? 0))
    expect(held.length).toBeGreaterThanOrEqual(2)
    expect(held.every(({ params }) => params.timeout === 0)).toBe(true)
  })

  test("causes half a second between calls with its offset, and rare calls in quiet times", async () => {
    const { telegram, queue, start, begun } = await stage()
    telegram.send()
    await start()
    await queue.untilPut(1)
    await telegram.untilCalled("getUpdates", 9)
    const calls = begun("getUpdates").slice(1, 9)
    const gaps = calls.slice(1).map(({ at }, index) => at - calls[index]!.at)
    for (const [index, gap] of gaps.entries()) {
      const [offset, next] = [calls[index]?.params.offset, calls[index + 1]?.params.offset]
      if (offset === next) expect(gap).toBeGreaterThan(498)
    }
    expect(gaps.at(-1)).toBeGreaterThan(498)
  })

  test("does not delay the next update by half a second while others arrive", async () => {
    const { telegram, queue, start } = await stage((id) => (id === 100 ? "wait" : "accept"))
    telegram.send()
    await start()
    await queue.untilPut(1)
    const begin = performance.now()
    for (let count = 2; count < 12; count += 1) {
      telegram.send()
      await queue.untilPut(count)
    }
    // Ten times half a second would be 5000.
    expect(performance.now() - begin).toBeLessThan(4500)
    expect(telegram.ids).toHaveLength(11)
  })

  test("lets the offset move at once when its put resolves", async () => {
    const { telegram, queue, start } = await stage()
    telegram.send()
    await start()
    const put = await queue.of(100)
    const waits = recordedWaits()
    await untilTrue(() => waits.calls.at(-1)?.[0] === 500)
    const waited = waits.calls.length
    put.resolve()
    await new Promise(setImmediate)
    expect(await isSettled(waits.results[waited - 1]?.value as Promise<void>)).toBe(true)
    await telegram.untilLongPolled()
    for (const [ms] of waits.calls.slice(waited)) expect(ms).toBeLessThanOrEqual(100)
    expect(telegram.polls.at(-1)?.params.offset).toBe(101)
  })

  test("leaves room in a call for the full number of new updates", async () => {
    const { telegram, queue, start } = await stage()
    telegram.send()
    await start({ limit: 1 })
    await queue.untilPut(1)
    telegram.send(2)
    await queue.untilPut(2)
    expect(queue.ids).toEqual([100, 101])
    expect(telegram.polls.some(({ params }) => params.limit === 2)).toBe(true)
  })

  test("delays no other chat, whatever its handler does", async () => {
    const { telegram, start } = await stage()
    const queue = new MemoryQueue({ holdMs: 200 })
    telegram.send(1, "slow")
    await start({ queue })
    const signal = AbortSignal.timeout(60_000)
    const slow = await queue.take(signal)
    telegram.send(1, "behind")
    telegram.send(2, "other")
    const other = await queue.take(signal)
    expect(other.update.message?.text).toBe("other")
    await other.done()
    await untilTrue(() => telegram.updates.length === 0)
    await slow.done()
    const behind = await queue.take(signal)
    expect(behind).toMatchObject({ attempt: 1, lane: "1" })
    await behind.done()
    await queue[Symbol.asyncDispose]()
  })
})

describe("a put that rejects", () => {
  test("leaves the update, and those after it, at Telegram, and puts them again in order", async () => {
    let isFull = true
    const { telegram, queue, logger, start } = await stage((id) =>
      isFull && id > 100 ? new QueueFull(1) : "accept",
    )
    for (let count = 0; count < 4; count += 1) telegram.send()
    await start()
    await queue.untilPut(4)
    await telegram.untilCalled("getUpdates", 2)
    expect(telegram.ids).toEqual([101, 102, 103])
    isFull = false
    await untilTrue(() => telegram.updates.length === 0)
    const again = queue.ids.slice(4)
    expect(again.slice(-3)).toEqual([101, 102, 103])
    expect(new Set(queue.ids.filter((id, at) => queue.ids.indexOf(id) !== at))).toEqual(
      new Set([101, 102, 103]),
    )
    expect(logger.at("warn")).toEqual([expect.stringContaining("accepts no more for now")])
  })

  test("slows polling down", async () => {
    const { telegram, start } = await stage(() => new QueueFull(1))
    telegram.send()
    await start()
    await telegram.untilCalled("getUpdates", 4)
    const [first, second, third, fourth] = telegram.polls.map(({ at }) => at)
    expect(second! - first!).toBeGreaterThan(240)
    expect(third! - second!).toBeGreaterThan(490)
    expect(fourth! - third!).toBeGreaterThan(990)
  })

  test("is logged if its store fails, and is repeated", async () => {
    let fails = true
    const { telegram, queue, logger, start } = await stage(() =>
      fails ? new Error("disk full") : "accept",
    )
    telegram.send()
    await start()
    await queue.untilPut(1)
    fails = false
    await queue.untilPut(2)
    expect(queue.ids).toEqual([100, 100])
    expect(logger.at("error")).toEqual([
      expect.stringContaining("The queue refused an update: disk full"),
    ])
  })

  test("is not logged for updates that were handed back", async () => {
    const { telegram, queue, logger, start } = await stage((updateId) =>
      queue.puts.length > 1 ? "accept" : new HandedBack({ botId: 42, updateId }),
    )
    telegram.send()
    await start()
    await queue.untilPut(2)
    expect([...logger.at("warn"), ...logger.at("error")]).toEqual([])
  })

  test("has the same effect as a queue that throws", async () => {
    const { telegram, queue, start } = await stage((id) => {
      if (id === 100 && queue.puts.length === 1) throw new Error("not a promise")
      return "accept"
    })
    telegram.send()
    await start()
    await queue.untilPut(2)
    expect(queue.ids).toEqual([100, 100])
  })

  test("does not confirm a later update whose put has resolved", async () => {
    const { telegram, queue, start } = await stage((id) => (id === 100 ? "wait" : "accept"))
    telegram.send(1)
    telegram.send(2)
    const polling = await start()
    await queue.untilPut(2)
    const first = await queue.of(100)
    await polling.stopIntake()
    first.reject(new HandedBack({ botId: 42, updateId: 100 }))
    await polling.finish()
    expect(telegram.ids).toEqual([100, 101])
  })
})

describe("ids that jump to lower values after a quiet week", () => {
  test("are followed, without an endless loop", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    telegram.nextId = 727_334_708
    telegram.send()
    await start()
    await queue.untilPut(1)
    await telegram.untilLongPolled()
    telegram.nextId = 117_314_199
    telegram.send()
    await queue.untilPut(2)
    await telegram.untilLongPolled()
    expect(telegram.ids).toEqual([])
    expect(telegram.polls.at(-1)?.params.offset).toBe(117_314_200)
    telegram.send()
    await queue.untilPut(3)
    expect(queue.ids).toEqual([727_334_708, 117_314_199, 117_314_200])
  })

  test("are followed while an older update is unacknowledged", async () => {
    const { telegram, queue, start } = await stage((id) => (id === 5000 ? "wait" : "accept"))
    telegram.nextId = 5000
    telegram.send()
    await start()
    const old = await queue.of(5000)
    telegram.updates = []
    telegram.nextId = 7
    telegram.send()
    await queue.untilPut(2)
    expect(telegram.ids).toEqual([7])
    old.resolve()
    await untilTrue(() => telegram.updates.length === 0)
    expect(queue.ids).toEqual([5000, 7])
  })
})

describe("the stop", () => {
  test("ends the long poll at once", async () => {
    const { telegram, start } = await stage()
    const polling = await start()
    await telegram.untilLongPolled()
    const before = performance.now()
    await polling.stopIntake()
    await polling.finish()
    // The long poll itself lasts 30 s.
    expect(performance.now() - before).toBeLessThan(15_000)
    await untilTrue(() => telegram.polls[0]!.wasCut)
    expect(telegram.polls).toHaveLength(1)
  })

  test("puts nothing that arrives after the stop", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    const polling = await start()
    await telegram.untilLongPolled()
    const stopped = polling.stopIntake()
    telegram.send()
    await stopped
    await polling.finish()
    expect(queue.ids).toEqual([])
    expect(telegram.ids).toEqual([100])
  })

  test("confirms exactly the handled updates", async () => {
    const { telegram, queue, start } = await stage()
    for (let count = 0; count < 4; count += 1) telegram.send(count)
    const polling = await start()
    await queue.untilPut(4)
    await polling.stopIntake()
    for (const id of [100, 101, 103]) (await queue.of(id)).resolve()
    ;(await queue.of(102)).reject(new HandedBack({ botId: 42, updateId: 102 }))
    await polling.finish()
    expect(telegram.ids).toEqual([102, 103])
    expect(telegram.polls.at(-1)?.params).toEqual({ offset: 102, limit: 1, timeout: 0 })
    expect(queue.puts).toHaveLength(4)
  })

  test("waits for running handlers", async () => {
    const { telegram, queue, start } = await stage()
    telegram.send()
    const polling = await start()
    const put = await queue.of(100)
    await polling.stopIntake()
    const finished = polling.finish()
    expect(await isSettled(finished)).toBe(false)
    put.resolve()
    await finished
    expect(telegram.ids).toEqual([])
  })

  test("confirms at once updates that the interrupted call may not have confirmed", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    telegram.send()
    const polling = await start()
    await queue.untilPut(1)
    await telegram.untilLongPolled()
    const before = performance.now()
    await polling.finish()
    // Telegram keeps the answer to a second call with one offset back for 3 s.
    expect(performance.now() - before).toBeLessThan(2500)
    expect(telegram.polls.at(-1)?.params.offset).toBe(101)
  })

  test("makes no call if there is nothing to confirm", async () => {
    const { telegram, queue, start } = await stage()
    telegram.send()
    const polling = await start()
    await queue.untilPut(1)
    await polling.stopIntake()
    const calls = telegram.calls.length
    ;(await queue.of(100)).reject(new HandedBack({ botId: 42, updateId: 100 }))
    await polling.finish()
    expect(telegram.calls).toHaveLength(calls)
  })

  test("logs a confirmation that fails, and still ends", async () => {
    const { telegram, queue, logger, start } = await stage()
    telegram.send()
    const polling = await start()
    const put = await queue.of(100)
    await polling.stopIntake()
    put.resolve()
    telegram.fail("getUpdates", { status: 502, body: "<html>Bad Gateway</html>" })
    await polling.finish()
    await polling.ended
    expect(logger.at("warn")).toEqual([expect.stringContaining("which Telegram sends again")])
  })

  test("resolves ended after finish, never before", async () => {
    const { start } = await stage()
    const polling = await start()
    expect(await isSettled(polling.ended)).toBe(false)
    await polling.stopIntake()
    expect(await isSettled(polling.ended)).toBe(false)
    await polling.finish()
    await polling.ended
  })

  test("can be caused by the intake itself, and can be called again", async () => {
    const { telegram, start } = await stage()
    const polling = await start()
    await telegram.untilLongPolled()
    await Promise.all([polling.finish(), polling.finish(), polling.stopIntake()])
    await polling.finish()
    await polling[Symbol.asyncDispose]()
    expect(telegram.polls).toHaveLength(1)
  })

  test("can be followed by another start, which loses and repeats nothing", async () => {
    const { telegram, queue, start } = await stage(() => "accept")
    telegram.send()
    const first = await start()
    await queue.untilPut(1)
    await first.finish()
    telegram.send()
    const second = await start()
    await queue.untilPut(2)
    await second.finish()
    expect(queue.ids).toEqual([100, 101])
    expect(telegram.ids).toEqual([])
  })

  test("is an AsyncDisposable", async () => {
    const { telegram, start } = await stage()
    const polling: AsyncDisposable = await start()
    await polling[Symbol.asyncDispose]()
    expect(polling).toBeInstanceOf(Polling)
    expect(telegram.isLongPolled).toBe(false)
  })
})
