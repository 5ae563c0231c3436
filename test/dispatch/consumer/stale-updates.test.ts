import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { Dispatcher, type DispatcherOptions } from "../../../src/dispatch/index.js"
import { updateStale } from "../../../src/events/index.js"
import { MemoryQueue, type UpdateQueue } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import type { Update } from "../../../src/telegram/types.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { untilTrue } from "../../support/waiting.js"
import {
  ada,
  adasChat,
  namedBot,
  pressUpdate,
  textUpdate,
  updateWith,
} from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

const newPath = pathsIn(temporaryFolder())
const botId = 110
const bot = namedBot()

const steady = performance.now.bind(performance)
let passedMs = 0
let logger: RecordingLogger
let closing: (() => PromiseLike<unknown>)[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] })
  passedMs = 0
  vi.spyOn(performance, "now").mockImplementation(() => steady() + passedMs)
  logger = new RecordingLogger()
  closing = []
})

afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  for (const close of closing) await close()
})

/** Advances both clocks; timers do not fire. */
function pass(ms: number): void {
  passedMs += ms
  setClock(ms)
}

/** Sets the wall clock. */
function setClock(byMs: number): void {
  vi.setSystemTime(Date.now() + byMs)
}

const inlineQuery = () =>
  updateWith({ inline_query: { id: "1", from: ada, query: "q", offset: "" } })
const checkout = () =>
  updateWith({
    pre_checkout_query: {
      id: "1",
      from: ada,
      currency: "XTR",
      total_amount: 1,
      invoice_payload: "",
    },
  })
const widgetQuery = () =>
  updateWith({ widget_query: { id: "1", from: ada, chat: adasChat, data: "tap" } })
const shipping = () =>
  updateWith({ shipping_query: { id: "1", from: ada, invoice_payload: "", shipping_address: {} } })

/** Lets updates age in a queue, then dispatches them. Returns the handled types. */
async function handledAfter(
  ageMs: number,
  updates: readonly Update[],
  options: Partial<DispatcherOptions> = {},
  queue: UpdateQueue & { readonly waiting: number } = new MemoryQueue({ holdMs: 600_000 }),
): Promise<string[]> {
  const handled: string[] = []
  for (const update of updates) void queue.put({ botId, update }).catch(() => {})
  await untilTrue(() => queue.waiting >= Math.max(1, updates.length))
  pass(ageMs)
  const dispatcher = new Dispatcher({ bot, queue, logger, ...options })
  dispatcher.use(({ updateType, isStale }) => {
    handled.push(`${updateType}${isStale ? " late" : ""}`)
  })
  dispatcher.start()
  closing.push(
    () => dispatcher.stop(),
    () => queue[Symbol.asyncDispose](),
  )
  await untilTrue(() => queue.waiting === 0)
  await dispatcher.stop()
  return handled
}

describe("a stale update", () => {
  const all = () => [
    ...[pressUpdate("a"), inlineQuery(), checkout(), shipping(), widgetQuery(), textUpdate("x")],
  ]
  const queries = ["callback_query", "message", "shipping_query"]

  test("reaches no handler: a pre-checkout query after 10 s, a query of a widget after 15 s, an inline query after 30 s, a press and a shipping query after 150 s", async () => {
    const at = async (ageMs: number) => (await handledAfter(ageMs, all())).toSorted()
    const late = [...queries, "inline_query"].toSorted()
    const withWidget = [...late, "widget_query"].toSorted()
    expect(await at(10_000)).toEqual([...withWidget, "pre_checkout_query"].toSorted())
    expect(await at(10_100)).toEqual(withWidget)
    expect(await at(15_000)).toEqual(withWidget)
    expect(await at(15_100)).toEqual(late)
    expect(await at(30_000)).toEqual(late)
    expect(await at(30_100)).toEqual(queries)
    expect(await at(150_000)).toEqual(queries)
    expect(await at(150_100)).toEqual(["message"])
  })

  test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"])(
    "is never of an unknown type, not even of one named %s",
    async (type) => {
      const update = JSON.parse(`{"update_id":1,"${type}":{"chat":{"id":7}}}`) as Update
      expect(await handledAfter(3_600_000, [update])).toEqual([type])
    },
  )

  test("is done: it is acknowledged, and its chat continues", async () => {
    const queue = new MemoryQueue({ holdMs: 600_000 })
    const press = pressUpdate("a")
    const put = queue.put({ botId, update: press })
    expect(await handledAfter(151_000, [], {}, queue)).toEqual([])
    await put
  })

  test("is handled with the option `handle`, and the context says that it is late", async () => {
    const options = { stale: "handle" } as const
    expect(await handledAfter(200_000, [pressUpdate("a"), textUpdate("x")], options)).toEqual([
      "callback_query late",
      "message",
    ])
    expect(logger.errors).toEqual([])
  })

  test("is handled if a function, which gets its age, decides so", async () => {
    const given: unknown[] = []
    const stale: DispatcherOptions["stale"] = (update, ageMs) => {
      given.push([update.update_id, Math.round(ageMs / 1_000)])
      return update.callback_query?.data === "a" ? "handle" : "drop"
    }
    const presses = [pressUpdate("a"), pressUpdate("b")]
    expect(await handledAfter(200_000, presses, { stale })).toEqual(["callback_query late"])
    expect(given).toEqual(presses.map((press) => [press.update_id, 200]))
  })

  test("is handled if that function throws, and the error is logged", async () => {
    const stale = () => {
      throw new Error("a mistake")
    }
    expect(await handledAfter(200_000, [pressUpdate("a")], { stale })).toHaveLength(1)
    expect(logger.errors[0]).toMatch(/^`stale` failed on update \d+, which is handled: a mistake$/)
  })

  test("is published on `sounder:update:stale` each time, and logged once a minute", async () => {
    const told: unknown[] = []
    const stop = updateStale.subscribe(({ type, ageMs }) => told.push([type, ageMs > 150_000]))
    await handledAfter(200_000, [pressUpdate("a"), pressUpdate("b"), pressUpdate("c")])
    stop()
    expect(told).toEqual([0, 1, 2].map(() => ["callback_query", true]))
    expect(logger.errors).toEqual([
      expect.stringMatching(
        /^Dropped an update too old to be answered: callback_query \d+ waited 200 s, and Telegram accepts an answer for 150 s\. To handle such updates, set the `stale` option$/,
      ),
    ])
  })

  test("is recognized after a restart, because its age is stored", async () => {
    const path = newPath()
    const first = new SqliteQueue({ path })
    await first.put({ botId, update: pressUpdate("a") })
    await first[Symbol.asyncDispose]()
    expect(await handledAfter(151_000, [], {}, new SqliteQueue({ path }))).toEqual([])
    expect(logger.errors).toHaveLength(1)
  })
})

describe.each([1, -1])("setting the clock by %i h", (hours) => {
  const queues: Record<string, () => UpdateQueue & { readonly waiting: number }> = {
    MemoryQueue: () => new MemoryQueue({ holdMs: 60_000 }),
    SqliteQueue: () => new SqliteQueue({ path: newPath() }),
  }

  test.each(Object.keys(queues))("makes no press stale that waits in a %s", async (name) => {
    const queue = queues[name]?.() ?? new MemoryQueue()
    const put = queue.put({ botId, update: pressUpdate("a") }).catch(() => {})
    // A durable queue stamps an update when it is stored; Telegram waits for a memory queue
    // meanwhile.
    if (name === "SqliteQueue") await put
    await untilTrue(() => queue.waiting > 0)
    pass(5_000)
    setClock(hours * 3_600_000)
    expect(await handledAfter(5_000, [], {}, queue)).toEqual(["callback_query"])
    expect(logger.errors).toEqual([])
  })

  test("does not hide from a context that its press is now stale", async () => {
    const dispatcher = new Dispatcher({ bot, logger })
    const seen: boolean[] = []
    dispatcher.use((ctx) => {
      setClock(hours * 3_600_000)
      seen.push(ctx.isStale)
      pass(200_000)
      seen.push(ctx.isStale)
    })
    await dispatcher.process(pressUpdate("a"))
    expect(seen).toEqual(hours > 0 ? [false, true] : [false, false])
  })
})

test("an update that was begun before is never dropped, however long it has waited", async () => {
  const queue = new MemoryQueue({ holdMs: 600_000 })
  const attempts: number[] = []
  const dispatcher = new Dispatcher({ bot, queue, logger, attempts: { backoff: () => 1 } })
  closing.push(
    () => dispatcher.stop(),
    () => queue[Symbol.asyncDispose](),
  )
  dispatcher.use(({ attempt }) => {
    attempts.push(attempt)
    pass(200_000)
    if (attempt < 3) throw new Error("no luck")
  })
  dispatcher.catch(() => {})
  dispatcher.start()
  await queue.put({ botId, update: pressUpdate("a") })
  expect(attempts).toEqual([1, 2, 3])
})

test("a context has the time at which its update was received", async () => {
  const dispatcher = new Dispatcher({ bot, logger })
  const now = new Date()
  const received: unknown[] = []
  dispatcher.use((ctx) => received.push(ctx.receivedAt, ctx.isStale))
  await dispatcher.process(pressUpdate("a"))
  expect(received).toEqual([expect.any(Date), false])
  expect((received[0] as Date).getTime() - now.getTime()).toBeLessThan(10_000)
})

test("an invalid rule is refused", () => {
  expect(() => new Dispatcher({ bot, stale: "forget" as never })).toThrow(
    'Expected the `stale` option to be "drop", "handle" or a function of an update and its age',
  )
})
