import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { updateSettled } from "../../src/events/index.js"
import type { HeldLock, StandbyLock } from "../../src/ground/standby-lock.js"
import type { UpdateQueue } from "../../src/queue/update-queue.js"
import { failingLoggers, failingMethods, thrownThings } from "../support/misbehaving.js"
import { refusal } from "../support/polled-telegram.js"
import { untilTrue } from "../support/waiting.js"
import { stage } from "./stage.js"

const unhandled: unknown[] = []
const note = (error: unknown) => void unhandled.push(error)
let stopListening = () => {}

// Vitest's own listeners would end the run; here they are counted.
beforeEach(() => {
  unhandled.length = 0
  process.on("unhandledRejection", note)
  // What was put is judged once more where somebody listens.
  stopListening = updateSettled.subscribe(() => {})
})
afterEach(() => {
  process.off("unhandledRejection", note)
  stopListening()
  vi.restoreAllMocks()
  expect(unhandled).toEqual([])
})

/** A queue that takes all updates, with methods of the program's own. */
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

/** Polls with a queue until Telegram has nothing left. */
async function isTakenIn(queue: UpdateQueue, options = {}): Promise<void> {
  const { telegram, start } = await stage()
  for (let count = 0; count < 3; count += 1) telegram.send()
  const polling = await start({ queue, ...options })
  await untilTrue(() => telegram.ids.length === 0, 60_000)
  await polling.finish()
}

describe("a queue whose put", () => {
  test.each(Object.entries(failingMethods))(
    "%s is put into again, and nothing is lost",
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

  test.each(Object.entries(thrownThings))("rejects with %s is put into again", async (_, make) => {
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

test.each(Object.entries(failingLoggers))("a logger that %s stops no polling", async (_, make) => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const { telegram, start } = await stage()
  const queue = queueWith({})
  telegram.fail("getUpdates", refusal(500, "Internal Server Error"))
  telegram.send()
  const polling = await start({ queue, logger: make() })
  await untilTrue(() => telegram.ids.length === 0, 60_000)
  await polling.finish()
  expect(queue.ids).toEqual([100])
})

test.each(Object.entries(failingMethods))(
  "a function of `allowedUpdates` that %s stops no polling",
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

describe("a lock of `standby`", () => {
  const held = (): HeldLock => ({
    isHeld: true,
    lost: new AbortController().signal,
    release: async () => {},
  })

  test.each(Object.entries(failingMethods))(
    "whose acquire %s is asked again",
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
})
