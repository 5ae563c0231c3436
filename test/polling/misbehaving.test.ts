import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { updateSettled } from "../../src/events/index.js"
import type { HeldLock, StandbyLock } from "../../src/ground/standby-lock.js"
import type { UpdateQueue } from "../../src/queue/update-queue.js"
import { failingLoggers, failingMethods, thrownThings } from "../support/misbehaving.js"
import { refusal } from "../support/polled-telegram.js"
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js"
import { untilTrue } from "../support/waiting.js"
import { stage } from "./stage.js"

let stopListening = () => {}

expectNoUnhandledRejections()
beforeEach(() => {
  // An update that was put is checked again if there is a subscriber.
  stopListening = updateSettled.subscribe(() => {})
})
afterEach(() => {
  stopListening()
  vi.restoreAllMocks()
})

/** Returns a queue that accepts all updates, with custom methods. */
function queueWith(methods: object): UpdateQueue & { readonly ids: number[] } {
  const ids: number[] = []
  return {
    ids,
    put: async ({ update }) => void ids.push(update.update_id),
    take: () => new Promise(() => {}),
    handBack: async () => ({ handedBack: [], remaining: [] }),
    [Symbol.asyncDispose]: async () => {},
    ...methods,
  }
}

/** Polls with a queue until no update is left at Telegram. */
async function isTakenIn(queue: UpdateQueue, options = {}): Promise<void> {
  const { telegram, start } = await stage()
  for (let count = 0; count < 3; count += 1) telegram.send()
  const polling = await start({ queue, ...options })
  await untilTrue(() => telegram.ids.length === 0, 60_000)
  await polling.finish()
}

describe("a queue whose put", () => {
  test.each(Object.entries(failingMethods))(
    "%s is called again, and nothing is lost",
    async (_, put) => {
      const fails = new Set<number>()
      const ids: number[] = []
      const queue = queueWith({
        put({ update: { update_id: id } }: { update: { update_id: number } }) {
          if (!fails.has(id)) {
            fails.add(id)
            return put()
          }
          ids.push(id)
          return Promise.resolve()
        },
      })
      await isTakenIn(queue)
      expect(new Set(ids)).toEqual(new Set([100, 101, 102]))
    },
  )

  test.each(Object.entries(thrownThings))("rejects with %s is called again", async (_, make) => {
    let isFirst = true
    const ids: number[] = []
    const queue = queueWith({
      async put({ update }: { update: { update_id: number } }) {
        if (isFirst) {
          isFirst = false
          throw make()
        }
        ids.push(update.update_id)
      },
    })
    await isTakenIn(queue)
    expect(new Set(ids)).toEqual(new Set([100, 101, 102]))
  })
})

test.each(Object.entries(failingMethods))(
  "a queue whose acknowledge %s loses nothing",
  async (_, acknowledge) => {
    const queue = queueWith({ acknowledge })
    await isTakenIn(queue)
    expect(queue.ids).toEqual([100, 101, 102])
  },
)

test.each(Object.entries(failingLoggers))(
  "a logger that %s does not stop polling",
  async (_, make) => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const { telegram, start } = await stage()
    const queue = queueWith({})
    telegram.fail("getUpdates", refusal(500, "Internal Server Error"))
    telegram.send()
    const polling = await start({ queue, logger: make() })
    await untilTrue(() => telegram.ids.length === 0, 60_000)
    await polling.finish()
    expect(queue.ids).toEqual([100])
  },
)

test.each(Object.entries(failingMethods))(
  "a function of `allowedUpdates` that %s does not stop polling",
  async (_, allowed) => {
    const { telegram, start } = await stage()
    const queue = queueWith({})
    telegram.send()
    let isFirst = true
    const allowedUpdates = () => {
      if (!isFirst) return ["message"] as const
      isFirst = false
      return allowed() as never
    }
    const polling = await start({ queue, allowedUpdates }).catch((error: unknown) => error)
    if (polling instanceof Error) return
    await untilTrue(() => telegram.ids.length === 0, 60_000)
    expect(queue.ids).toEqual([100])
  },
)

describe("a `standby` lock", () => {
  const held = (): HeldLock => ({
    isHeld: true,
    lost: new AbortController().signal,
    release: async () => {},
  })

  test.each(Object.entries(failingMethods))(
    "whose acquire %s is acquired again",
    async (_, acquire) => {
      let asked = 0
      const standby = {
        acquire: () => ((asked += 1) === 1 ? acquire() : Promise.resolve(held())),
      } as StandbyLock
      const queue = queueWith({})
      await isTakenIn(queue, { standby })
      expect(queue.ids).toEqual([100, 101, 102])
    },
  )

  test.each(Object.entries(failingMethods))(
    "whose release %s lets polling end",
    async (_, release) => {
      const standby = { acquire: async () => ({ ...held(), release }) } as unknown as StandbyLock
      const queue = queueWith({})
      await isTakenIn(queue, { standby })
      expect(queue.ids).toEqual([100, 101, 102])
    },
  )

  const never = () => new Promise<never>(() => {})
  const lost = AbortSignal.abort(new Error("The network is down"))
  const odd: Record<string, () => object> = {
    "is lost at once": () => ({ ...held(), isHeld: false, lost }),
    "is lost at once, and says that it is held": () => ({ ...held(), lost }),
    "is not held, and not lost": () => ({ ...held(), isHeld: false }),
    "has no isHeld": () => ({ ...held(), isHeld: undefined }),
    "has an isHeld that throws": () => ({
      ...held(),
      get isHeld() {
        throw new Error("no")
      },
    }),
    "has an isHeld that throws later": () => {
      let reads = 0
      return {
        ...held(),
        get isHeld() {
          if ((reads += 1) > 1) throw new Error("no")
          return true
        },
      }
    },
    "has a lost that is no signal": () => ({ ...held(), lost: {} }),
    "has a lost that throws": () => ({
      ...held(),
      get lost() {
        throw new Error("no")
      },
    }),
  }

  test.each(Object.entries(odd))(
    "that %s is released, and acquired again after growing waits",
    async (_, make) => {
      const { telegram, queue, logger, start } = await stage(() => "accept")
      telegram.send()
      const askedAt: number[] = []
      const release = vi.fn(async () => {})
      const acquire = async () => {
        askedAt.push(performance.now())
        if (askedAt.length > 2) return held()
        return Object.defineProperty(make(), "release", { value: release }) as HeldLock
      }
      const polling = await start({ standby: { acquire } })
      await untilTrue(() => telegram.ids.length === 0)
      const [first = 0, second = 0, third = 0] = askedAt
      // Half of the first two waits is random.
      expect(second - first).toBeGreaterThan(240)
      expect(third - second).toBeGreaterThan(490)
      expect(release).toHaveBeenCalledTimes(2)
      expect(logger.at("warn")).toHaveLength(1)
      expect(queue.puts).toHaveLength(1)
      await polling.finish()
    },
  )

  test.each([
    ["acquire", { acquire: never }],
    ["release", { acquire: async () => ({ ...held(), release: never }) }],
    ["release", { acquire: async () => ({ ...held(), lost, release: never }) }],
  ])("whose %s never settles is not awaited longer than a stop takes", async (method, lock) => {
    const { logger, start } = await stage()
    let asked = 0
    const acquire = () => {
      asked += 1
      return lock.acquire()
    }
    const polling = await start({ standby: { acquire } })
    await untilTrue(() => asked > 0)
    const startedAt = performance.now()
    await polling.stopIntake({ deadlineMs: 700 })
    await polling.finish()
    expect(performance.now() - startedAt).toBeLessThan(5000)
    expect(logger.errors).toEqual([
      expect.stringContaining(
        `The lock polling:42 of \`standby\` has not settled its \`${method}\``,
      ),
    ])
  })

  test.each([
    ["in the time of the stop", 0],
    ["after the stop", 1000],
  ])("that is acquired after the abort, %s, is released", async (_, afterMs) => {
    const { logger, start } = await stage()
    const release = vi.fn(async () => {})
    const acquire = (_name: string, signal: AbortSignal) =>
      new Promise<HeldLock>((resolve) => {
        const later = () => setTimeout(() => resolve({ ...held(), release }), afterMs)
        signal.addEventListener("abort", later)
      })
    const polling = await start({ standby: { acquire } })
    await polling.stopIntake({ deadlineMs: 0 })
    await polling.finish()
    await untilTrue(() => release.mock.calls.length > 0)
    expect(logger.errors).toHaveLength(afterMs === 0 ? 0 : 1)
    expect(logger.lines).not.toContain("info This process has the lock and polls.")
    expect(release).toHaveBeenCalledTimes(1)
  })

  test("whose acquire rejects after the stop has no effect", async () => {
    const { start } = await stage()
    let fail = () => {}
    const acquire = () => new Promise<never>((_, reject) => (fail = () => reject(new Error("no"))))
    const polling = await start({ standby: { acquire } })
    await polling.stopIntake({ deadlineMs: 0 })
    fail()
    await polling.finish()
  })
})
