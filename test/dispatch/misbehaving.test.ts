import { describe, expect, test, vi } from "vitest"
import type { Router } from "../../src/dispatch/index.js"
import { type Context, Dispatcher, type DispatcherOptions } from "../../src/dispatch/index.js"
import type { Logger } from "../../src/ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { failingLoggers, failingMethods, thrownThings } from "../support/misbehaving.js"
import { messageOf, namedBot, updateWith } from "../support/updates.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js"
import { untilTrue } from "../support/waiting.js"

const bot = namedBot()

expectNoUnhandledRejections()

type Make = () => unknown
const raise = (make: Make) => () => {
  throw make()
}
const isMarked = ({ update }: Context) => update.message?.text === "marked"

/** The ways in which a program can throw while the update with the text `marked` is handled. */
const ways: Record<string, (make: Make) => { options?: object; set: (router: Router) => void }> = {
  "a handler throws": (make) => ({
    set: (router) => router.use((ctx, next) => (isMarked(ctx) ? raise(make)() : next())),
  }),
  "a handler rejects with": (make) => ({
    set: (router) =>
      router.use(async (ctx, next) => {
        await Promise.resolve()
        return isMarked(ctx) ? raise(make)() : next()
      }),
  }),
  "a handler returns": (make) => ({
    // A promise of the program that never settles holds its chat, as intended.
    set: (router) =>
      router.use((ctx, next) => (isMarked(ctx) && !isPending(make()) ? make() : next())),
  }),
  "a filter throws": (make) => ({
    set: (router) =>
      router.on(
        (update) => (update.message?.text === "marked" ? raise(make)() : false),
        () => {},
      ),
  }),
  "an error handler throws": (make) => ({
    set: (router) => {
      router.use((ctx, next) => (isMarked(ctx) ? raise(() => new Error("first"))() : next()))
      router.catch(raise(make))
    },
  }),
  "a handler is aborted, and then throws": (make) => ({
    options: { handlerTimeoutMs: 20 },
    set: (router) =>
      router.use((ctx, next) => {
        if (!isMarked(ctx)) return next()
        return new Promise((_, reject) => {
          ctx.signal.addEventListener("abort", () => reject(make()))
        })
      }),
  }),
  "`decide` throws": (make) => ({
    options: { attempts: { max: 2, backoff: () => 1, decide: raise(make) } },
    set: failing,
  }),
  "`decide` returns": (make) => ({
    options: { attempts: { max: 2, backoff: () => 1, decide: make } },
    set: failing,
  }),
  "`backoff` throws": (make) => ({
    options: { attempts: { max: 1, backoff: raise(make) } },
    set: failing,
  }),
  "`backoff.random` throws": (make) => ({
    options: { attempts: { max: 1, backoff: { random: raise(make) } } },
    set: failing,
  }),
  "an update is set aside with": (make) => ({
    options: { attempts: { decide: () => "setAside" } },
    set: (router) => router.use((ctx, next) => (isMarked(ctx) ? raise(make)() : next())),
  }),
  "`stale` throws": (make) => ({ options: { stale: raise(make) }, set: () => {} }),
}

function failing(router: Router): void {
  router.use((ctx, next) => (isMarked(ctx) ? raise(() => new Error("first"))() : next()))
}

function isPending(thing: unknown): boolean {
  try {
    return typeof (thing as { then?: unknown } | null)?.then === "function"
  } catch {
    return false
  }
}

function textIn(chat: number, text: string) {
  return updateWith({ message: messageOf({ chat: { id: chat, type: "private" }, text }) })
}

/**
 * Handles a marked update between two of its chat and one of another. Returns the handled texts.
 */
async function handledAround(
  set: (router: Router) => void,
  options: Partial<DispatcherOptions>,
  queue: UpdateQueue = new MemoryQueue(),
): Promise<string[]> {
  const dispatcher = new Dispatcher({ bot, queue, logger: new RecordingLogger(), ...options })
  const handled: string[] = []
  set(dispatcher)
  dispatcher.use(({ update }) => void handled.push(update.message?.text ?? ""))
  const updates = [textIn(7, "before"), textIn(7, "marked"), textIn(7, "after"), textIn(8, "other")]
  for (const update of updates) void queue.put({ botId: bot.id, update }).catch(() => {})
  dispatcher.start()
  const rest = () => ["before", "after", "other"].every((text) => handled.includes(text))
  await untilTrue(rest)
  await dispatcher.stop({ deadlineMs: 50 })
  return handled
}

describe.each(Object.entries(ways))("%s", (_, way) => {
  test.each(Object.entries(thrownThings))(
    "%s: its chat and the others continue",
    async (__, make) => {
      const { set, options = {} } = way(make)
      const handled = await handledAround(set, options)
      const ofItsChat = handled.filter((text) => text === "before" || text === "after")
      expect(ofItsChat).toEqual(["before", "after"])
      expect(handled).toContain("other")
    },
  )
})

test.each(Object.entries(failingLoggers))("a logger that %s loses no update", async (_, make) => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const logger: Logger = make()
  const { set } = ways["a handler throws"]?.(() => new Error("x")) ?? { set: () => {} }
  const handled = await handledAround(set, { logger })
  expect(handled.toSorted()).toEqual(["after", "before", "other"])
  vi.restoreAllMocks()
})

/** Returns a custom queue around a working one. */
function around(methods: object): UpdateQueue {
  const inner = new MemoryQueue()
  return {
    put: (update) => inner.put(update),
    take: (signal) => inner.take(signal),
    handBack: () => inner.handBack(),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    ...methods,
  }
}

const brokenTakes = {
  ...failingMethods,
  "resolves with nothing": () => Promise.resolve(),
  "resolves with a delivery of nothing": () => Promise.resolve({ done: () => {} }),
  "resolves with a revoked proxy": async () => ({
    ...(thrownThings["a revoked proxy"]?.() as object),
  }),
}

test.each(Object.entries(brokenTakes))(
  "a queue whose take %s is called again after a while",
  async (_, take) => {
    const logger = new RecordingLogger()
    const inner = new MemoryQueue()
    const queue = around({
      put: (update: never) => inner.put(update),
      take: (signal: AbortSignal) => (logger.errors.length === 0 ? take() : inner.take(signal)),
      handBack: () => inner.handBack(),
    })
    expect((await handledAround(() => {}, { logger }, queue)).toSorted()).toEqual([
      "after",
      "before",
      "marked",
      "other",
    ])
  },
)

test.each(Object.entries(failingMethods))(
  "a queue whose handBack %s still stops",
  async (_, handBack) => {
    expect(await handledAround(() => {}, {}, around({ handBack }))).toHaveLength(4)
  },
)

test.each(Object.entries(failingMethods))(
  "a delivery whose done %s is logged, and the next update is handled",
  async (_, done) => {
    const inner = new MemoryQueue()
    const isRejecting = (() => {
      try {
        const answer = done()
        void Promise.resolve(answer).catch(() => {})
        return isPending(answer)
      } catch {
        return true
      }
    })()
    const queue = around({
      put: (update: never) => inner.put(update),
      take: async (signal: AbortSignal) => {
        const delivery = await inner.take(signal)
        const { text } = delivery.update.message ?? {}
        if (text !== "other") return delivery
        return new Proxy(delivery, {
          get: (target, key) =>
            key === "done" ? done : (Reflect.get(target, key, target) as unknown),
        })
      },
      handBack: () => inner.handBack(),
    })
    const logger = new RecordingLogger()
    expect(await handledAround(() => {}, { logger }, queue)).toHaveLength(4)
    const isLogged = logger.errors.some((line) =>
      /^Could not end the delivery of update \d+: /.test(line),
    )
    expect(isLogged).toBe(isRejecting)
  },
)

test("a bot function that throws has the update set aside, and the next updates are handled", async () => {
  const queue = new MemoryQueue()
  const logger = new RecordingLogger()
  let asked = 0
  const find = () => {
    if ((asked += 1) === 2) throw thrownThings["a revoked proxy"]?.()
    return bot
  }
  const others = handledAround(() => {}, { bot: find, logger, concurrency: 1 }, queue)
  await others.catch(() => {})
  expect(logger.errors).toContainEqual(
    expect.stringMatching(
      /^Could not start update \d+, which was set aside: a value without a text$/,
    ),
  )
  expect(queue.setAsideUpdates).toHaveLength(1)
  expect(asked).toBe(4)
})

test("an update that cannot be read is logged, and its handling ends", async () => {
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot, logger })
  dispatcher.use(() => {})
  const update = Object.defineProperty(textIn(7, "x"), "callback_query", {
    get: raise(() => new Error("no press")),
  })
  await dispatcher.process(update)
  expect(logger.errors[0]).toMatch(/^Update \d+ could not be handled: Error: no press\n/)
})
