import { afterEach, beforeEach, describe, expect, test } from "vitest"
import {
  type Attempts,
  AttemptsSpent,
  Dispatcher,
  type DispatcherOptions,
  type Failure,
  filters,
  Router,
} from "../../../src/dispatch/index.js"
import { updateRetried, updateSetAside } from "../../../src/events/index.js"
import { MemoryQueue, type UpdateQueue } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { Forbidden, HandlerError, RetryAfter } from "../../../src/telegram/errors.js"
import type { Update } from "../../../src/telegram/types.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { deferred, untilTrue } from "../../support/waiting.js"
import { namedBot, textUpdate } from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

const newPath = pathsIn(temporaryFolder())
const botId = 110
const bot = namedBot()
const soon = { firstMs: 1, maxMs: 1 }

let logger: RecordingLogger
let closing: (() => PromiseLike<unknown>)[]

beforeEach(() => {
  logger = new RecordingLogger()
  closing = []
})

afterEach(async () => {
  for (const close of closing) await close()
})

/** Starts a dispatcher. */
function dispatch(queue: UpdateQueue, options: Partial<DispatcherOptions> = {}): Dispatcher {
  const dispatcher = new Dispatcher({ bot, queue, logger, ...options })
  closing.push(
    () => dispatcher.stop({ deadlineMs: 0 }),
    () => queue[Symbol.asyncDispose](),
  )
  return dispatcher
}

/** A text in a chat of its own. */
function textIn(chat: number, text = "x"): Update {
  return textUpdate(text, { chat: { id: chat, type: "private", first_name: "A" } })
}

const reference = (update: Update) => ({ botId, updateId: update.update_id })

/** Returns a handler that fails `times` times, then succeeds, and records its errors. */
function failing(dispatcher: Dispatcher, times: number, thrown: unknown = new Error("no luck")) {
  const seen: string[] = []
  const failures: Failure[] = []
  dispatcher.on(filters.text, (ctx) => {
    seen.push(`${ctx.message.text} ${ctx.attempt}`)
    if (ctx.message.text === "x" && ctx.attempt <= times) throw thrown
  })
  dispatcher.catch((_error, _ctx, failure) => void failures.push(failure))
  dispatcher.start()
  return { seen, failures }
}

const queues: Record<string, () => MemoryQueue | SqliteQueue> = {
  MemoryQueue: () => new MemoryQueue({ holdMs: 600_000 }),
  SqliteQueue: () => new SqliteQueue({ path: newPath() }),
}

/** Returns the updates that were set aside, in either queue. */
async function setAsideOf(queue: MemoryQueue | SqliteQueue): Promise<readonly string[]> {
  const all = queue instanceof SqliteQueue ? await queue.setAside() : queue.setAsideUpdates
  return all.map(({ error }) => String(error).split("\n")[0] ?? "")
}

describe.each(Object.keys(queues))("a handler that fails, of a %s", (name) => {
  let queue: MemoryQueue | SqliteQueue
  const put = (update: Update) => void queue.put({ botId, update }).catch(() => {})

  beforeEach(() => {
    queue = queues[name]?.() ?? new MemoryQueue()
  })

  test("is reported, and its update is done by default", async () => {
    const { seen, failures } = failing(dispatch(queue), 1)
    put(textIn(1))
    put(textIn(1, "next"))
    await untilTrue(() => seen.length === 2)
    expect(seen).toEqual(["x 1", "next 1"])
    expect(failures).toEqual([{ attempt: 1, isLast: true, next: "done" }])
    expect(await setAsideOf(queue)).toEqual([])
  })

  test("is retried in its place in the lane, and delays no other lane", async () => {
    const slow = { firstMs: 60, maxMs: 60, random: () => 1 }
    const { seen, failures } = failing(dispatch(queue, { attempts: { backoff: slow } }), 2)
    put(textIn(1))
    put(textIn(1, "behind"))
    put(textIn(2, "other"))
    await untilTrue(() => seen.length === 5)
    expect(seen).toEqual(["x 1", "other 1", "x 2", "x 3", "behind 1"])
    expect(failures).toEqual([
      { attempt: 1, isLast: false, next: "retry", retryInMs: 60 },
      { attempt: 2, isLast: false, next: "retry", retryInMs: 60 },
    ])
  })

  test("is set aside with its error after its last attempt, and the next update is handled", async () => {
    const attempts = { max: 3, backoff: soon }
    const { seen, failures } = failing(dispatch(queue, { attempts }), Infinity)
    put(textIn(1))
    put(textIn(1, "behind"))
    await untilTrue(() => seen.length === 4)
    expect(seen).toEqual(["x 1", "x 2", "x 3", "behind 1"])
    expect(failures.at(-1)).toEqual({ attempt: 3, isLast: true, next: "setAside" })
    expect(await setAsideOf(queue)).toEqual(["Error: no luck"])
  })

  test("that times out is retried too", async () => {
    const codes: string[] = []
    const dispatcher = dispatch(queue, { attempts: { backoff: soon }, handlerTimeoutMs: 20 })
    dispatcher.on(filters.text, async ({ attempt, signal }) => {
      if (attempt === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve))
      else codes.push("handled")
    })
    dispatcher.catch(({ code }, _ctx, { next }) => void codes.push(`${code}: ${next}`))
    dispatcher.start()
    put(textIn(1))
    await untilTrue(() => codes.length === 2)
    expect(codes).toEqual(["handler-timeout: retry", "handled"])
  })

  test("is handed back with its update if the worker stops meanwhile, and none is unknown", async () => {
    const began = deferred()
    const gate = deferred()
    const dispatcher = dispatch(queue, { attempts: {} })
    dispatcher.on(filters.text, async () => {
      began.resolve()
      await gate.promise
      throw new Error("no luck")
    })
    dispatcher.start()
    const [update, behind] = [textIn(1), textIn(1)]
    put(update)
    put(behind)
    await began.promise
    const stopped = dispatcher.stop()
    gate.resolve()
    const { handled, handedBack, unknown } = await stopped
    expect([handled, unknown]).toEqual([[], []])
    expect(handedBack).toContainEqual(reference(update))
    // A store does not report the updates that wait behind it.
    expect(handedBack).toHaveLength(name === "MemoryQueue" ? 2 : 1)
  })
})

describe("a delayed retry whose worker stops", () => {
  test("is handed back if Telegram still has its update", async () => {
    const queue = new MemoryQueue()
    const dispatcher = dispatch(queue, { attempts: {} })
    const { failures } = failing(dispatcher, Infinity)
    const update = textIn(1)
    const put = queue.put({ botId, update })
    const refused = expect(put).rejects.toMatchObject({ code: "handed-back" })
    await untilTrue(() => failures.length === 1 && queue.waiting === 1)
    const verdict = await dispatcher.stop()
    expect(verdict).toEqual({ handled: [], handedBack: [reference(update)], unknown: [] })
    await refused
  })

  test("is still handled if only this process has the update and there is time", async () => {
    const queue = new MemoryQueue({ holdMs: 5 })
    const attempts: Attempts = { decide: () => ({ retryInMs: 500 }) }
    const dispatcher = dispatch(queue, { attempts })
    const { seen, failures } = failing(dispatcher, 1)
    const update = textIn(1)
    const put = queue.put({ botId, update })
    await untilTrue(() => failures.length === 1)
    // The acknowledgement delay of a lane continues during the delay of a retry.
    await put
    expect(await dispatcher.stop()).toEqual({
      handled: [reference(update)],
      handedBack: [],
      unknown: [],
    })
    expect(seen).toEqual(["x 1", "x 2"])
  })

  test("is unknown if only this process has the update and the retry is due after the deadline", async () => {
    const queue = new MemoryQueue({ holdMs: 5 })
    const dispatcher = dispatch(queue, { attempts: { decide: () => ({ retryInMs: 60_000 }) } })
    failing(dispatcher, 1)
    const update = textIn(1)
    await queue.put({ botId, update })
    const verdict = await dispatcher.stop({ deadlineMs: 10 })
    expect(verdict).toEqual({ handled: [], handedBack: [], unknown: [reference(update)] })
  })

  test("waits in the file of a SqliteQueue, with its attempts and its delay", async () => {
    const path = newPath()
    const first = new SqliteQueue({ path })
    const began = performance.now()
    const stopping = dispatch(first, { attempts: { decide: () => ({ retryInMs: 600 }) } })
    const { failures } = failing(stopping, 1)
    await first.put({ botId, update: textIn(1) })
    await untilTrue(async () => failures.length === 1 && (await first.status()).running === 0)
    expect(await stopping.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
    await first[Symbol.asyncDispose]()

    const second = new SqliteQueue({ path })
    const { seen } = failing(dispatch(second, { attempts: {} }), 1)
    await untilTrue(() => seen.length === 1)
    expect(seen).toEqual(["x 2"])
    expect(performance.now() - began).toBeGreaterThan(595)
  })
})

describe("the result of a failure", () => {
  const decided = async (attempts: Attempts, thrown: unknown = new Error("no luck")) => {
    const queue = new MemoryQueue({ holdMs: 600_000 })
    const { failures } = failing(dispatch(queue, { attempts }), Infinity, thrown)
    void queue.put({ botId, update: textIn(1) }).catch(() => {})
    await untilTrue(() => failures.length > 0)
    return { failure: failures[0], queue }
  }

  test("is decided by `decide`, which gets the error and the context", async () => {
    const given: unknown[] = []
    const done = await decided({
      decide: (error, ctx) => {
        given.push(error, ctx.attempt)
        return "done"
      },
    })
    expect(given).toEqual([expect.any(HandlerError), 1])
    expect(done.failure).toEqual({ attempt: 1, isLast: true, next: "done" })
    const aside = await decided({ decide: () => "setAside" })
    expect(aside.failure).toEqual({ attempt: 1, isLast: true, next: "setAside" })
    await untilTrue(() => aside.queue.setAsideUpdates.length === 1)
    const { failure } = await decided({ decide: () => ({ retryInMs: 70_000 }) })
    expect(failure).toEqual({ attempt: 1, isLast: false, next: "retry", retryInMs: 70_000 })
  })

  test("can depend on the error, if a repetition is useless", async () => {
    const blocked = new Forbidden({ method: "sendMessage", errorCode: 403, description: "blocked" })
    const decide: Attempts["decide"] = ({ cause }) =>
      cause instanceof Forbidden ? "done" : "retry"
    expect((await decided({ decide }, blocked)).failure?.next).toBe("done")
    expect((await decided({ decide })).failure?.next).toBe("retry")
  })

  test("is another attempt if `decide` throws or returns an invalid value, and that is logged", async () => {
    const decide = () => {
      throw new Error("a mistake")
    }
    expect((await decided({ decide })).failure?.next).toBe("retry")
    const wrong = () => "never" as never
    expect((await decided({ decide: wrong })).failure?.next).toBe("retry")
    expect(logger.errors).toEqual([
      "`attempts.decide` failed, the update is retried: a mistake",
      expect.stringContaining('returns "retry", "done", "setAside" or { retryInMs }'),
    ])
  })

  test("with Telegram's `retry_after` waits at least as long, however it was thrown", async () => {
    const parameters = { retry_after: 90 }
    const details = { method: "sendMessage", errorCode: 429, description: "Too many", parameters }
    const wrapped = new Error("could not greet", { cause: new RetryAfter(details) })
    expect((await decided({}, wrapped)).failure?.retryInMs).toBe(90_000)
  })

  test("with a `backoff` function waits as long as it returns", async () => {
    const { failure } = await decided({ backoff: (attempt) => attempt * 7_000 })
    expect(failure?.retryInMs).toBe(7_000)
    expect((await decided({ backoff: () => Number.NaN })).failure?.retryInMs).toBeLessThan(1_001)
    expect(logger.errors[0]).toContain("`attempts.backoff` failed, the default backoff is used")
  })

  test("is logged if no error handler gets it", async () => {
    const queue = new MemoryQueue({ holdMs: 600_000 })
    const dispatcher = dispatch(queue, { attempts: { max: 2, backoff: () => 2 } })
    dispatcher.on(filters.text, () => Promise.reject(new Error("no luck")))
    dispatcher.start()
    void queue.put({ botId, update: textIn(1) })
    await untilTrue(() => logger.errors.length === 2)
    expect(logger.errors[0]).toContain("Attempt 1 has failed; the next one is in 2 ms")
    expect(logger.errors[1]).toContain("The update is set aside after attempt 2")
  })

  test("is published on `sounder:update:retried` and `sounder:update:set-aside`", async () => {
    const told: unknown[] = []
    const queue = new MemoryQueue({ holdMs: 600_000 })
    const stops = [
      updateRetried.subscribe(({ attempt, delayMs }) => told.push({ attempt, delayMs })),
      updateSetAside.subscribe(({ attempt, error }) => told.push({ attempt, error })),
    ]
    const thrown = new Error("no luck")
    failing(dispatch(queue, { attempts: { max: 2, backoff: () => 3 } }), Infinity, thrown)
    void queue.put({ botId, update: textIn(1) })
    await untilTrue(() => told.length === 2)
    for (const stop of stops) stop()
    expect(told).toEqual([
      { attempt: 1, delayMs: 3 },
      { attempt: 2, error: thrown },
    ])
  })
})

describe("a retried update", () => {
  test("passes its handlers from the first, and reaches those behind the failed one only later", async () => {
    const queue = new MemoryQueue({ holdMs: 600_000 })
    const seen: string[] = []
    const dispatcher = dispatch(queue, { attempts: { backoff: soon } })
    dispatcher.on(filters.text, ({ attempt }) => void seen.push(`first ${attempt}`))
    dispatcher.group(1).on(filters.text, ({ attempt }) => {
      seen.push(`second ${attempt}`)
      if (attempt === 1) throw new Error("no luck")
    })
    dispatcher.group(2).on(filters.text, ({ attempt }) => void seen.push(`third ${attempt}`))
    dispatcher.catch(() => {})
    dispatcher.start()
    await queue.put({ botId, update: textIn(1) })
    expect(seen).toEqual(["first 1", "second 1", "first 2", "second 2", "third 2"])
  })

  test("never occurs without a queue", async () => {
    const dispatcher = new Dispatcher({ bot, logger, attempts: {} })
    const failures: Failure[] = []
    dispatcher.on(filters.text, () => Promise.reject(new Error("no luck")))
    dispatcher.catch((_error, _ctx, failure) => void failures.push(failure))
    await dispatcher.process(textIn(1))
    expect(failures).toEqual([{ attempt: 1, isLast: true, next: "done" }])
  })
})

describe("an update that began its last permitted attempt and never ended", () => {
  /** Creates a file with an update that has been begun `times` times. */
  async function begun(times: number): Promise<string> {
    const path = newPath()
    for (let life = 0; life < times; life++) {
      await using queue = new SqliteQueue({ path })
      if (life === 0) await queue.put({ botId, update: textIn(1) })
      await queue.take(AbortSignal.timeout(60_000))
    }
    return path
  }

  test.each([undefined, { max: 2 }])(
    "is set aside without a handler, with %j",
    async (attempts) => {
      const most = attempts?.max ?? 5
      const queue = new SqliteQueue({ path: await begun(most) })
      const dispatcher = dispatch(queue, attempts ? { attempts } : {})
      const told: [Error, Failure][] = []
      const seen: unknown[] = []
      dispatcher.use(({ attempt }) => void seen.push(attempt))
      const router = new Router()
      router.catch(() => void seen.push("not its handler"))
      dispatcher.use(router)
      dispatcher.catch((error, _ctx, failure) => void told.push([error, failure]))
      dispatcher.start()
      await untilTrue(async () => (await queue.status()).setAside === 1)
      expect(seen).toEqual([])
      expect(told).toEqual([
        [expect.any(AttemptsSpent), { attempt: most + 1, isLast: true, next: "setAside" }],
      ])
      expect(told[0]?.[0]).toMatchObject({
        code: "attempts-spent",
        begun: most,
        message: expect.not.stringContaining("handler") as unknown,
      })
      expect((await setAsideOf(queue))[0]).toMatch(
        new RegExp(
          `The handling of update \\d+ was started ${most} times and never ended: the update may crash the process`,
        ),
      )
    },
  )

  test("still has its last attempt before that", async () => {
    const queue = new SqliteQueue({ path: await begun(4) })
    const { seen } = failing(dispatch(queue), 0)
    await untilTrue(() => seen.length === 1)
    expect(seen).toEqual(["x 5"])
  })
})

test.each([
  [
    { max: 0 },
    "Expected the `attempts.max` option to be an integer of at least 1, got `0` (number).",
  ],
  [5, "Expected the `attempts` option to be an object, as in `{ max: 5 }`, got `5` (number)."],
  [{ backoff: 5 }, "`attempts.backoff` option to be an object or a function of the attempt"],
  [
    { backoff: { firstMs: -1 } },
    "`attempts.backoff.firstMs` option to be a number of milliseconds",
  ],
  [{ decide: "retry" }, "`attempts.decide` option to be a function"],
])("invalid options are refused: %j", (attempts, message) => {
  expect(() => new Dispatcher({ bot, attempts: attempts as never })).toThrow(message)
})
