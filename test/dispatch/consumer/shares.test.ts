import { expect, onTestFinished, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { deferred, untilTrue } from "../../support/waiting.js"

const newPath = pathsIn(temporaryFolder())
const bots = [1, 2].map(
  (id) => new Bot(`${id}:token`, { me: { id, is_bot: true, first_name: "Bot" } as never }),
)
const botOf = (id: number) => bots.find((bot) => bot.id === id)

const queues = {
  MemoryQueue: (perBot?: number) =>
    new MemoryQueue({ capacity: 100_000, holdMs: Infinity, ...(perBot && { perBot }) }),
  SqliteQueue: (perBot?: number) => new SqliteQueue({ path: newPath(), ...(perBot && { perBot }) }),
}
/**
 * The numbers of lanes, of lanes that wait for a retry, of updates of the stuck lane and of a stuck bot. A queue in a
 * file is slower.
 */
const sizes = [
  ["MemoryQueue", { lanes: 4_000, resting: 1_000, noise: 2_000, stuckBot: 1_000 }],
  ["SqliteQueue", { lanes: 600, resting: 200, noise: 300, stuckBot: 200 }],
] as const

test.each(sizes)(
  "%s: hundreds of lanes progress while one is stuck, one has many updates and hundreds wait for retries",
  async (name, { lanes, resting, noise }) => {
    await using queue = queues[name]()
    const stuck = deferred()
    const seen = new Map<number, number>()
    let [running, most] = [0, 0]
    const dispatcher = new Dispatcher({
      bot: botOf,
      queue,
      concurrency: 4,
      logger: silentLogger,
      // As long as the test: failed updates wait for its whole duration.
      attempts: { backoff: () => 3_600_000 },
    })
    dispatcher.use(async (ctx) => {
      const chat = ctx.chat?.id ?? 0
      most = Math.max(most, ++running)
      if (chat === 0) await stuck.promise
      running -= 1
      if (chat > 0 && chat <= resting) throw new Error("it rests")
      seen.set(chat, (seen.get(chat) ?? 0) + 1)
    })
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))

    let id = 0
    const put = (chat: number) =>
      void queue.put({ botId: 1, update: updateOf(chat, ++id) }).catch(() => {})
    // The first lane is stuck, with many updates behind the running one.
    for (let count = 0; count < noise; count++) put(0)
    for (let chat = 1; chat <= lanes; chat++) put(chat)
    dispatcher.start()
    await untilTrue(() => seen.size === lanes - resting)
    expect(most).toBeLessThanOrEqual(4)
    expect(seen.get(0)).toBeUndefined()
    // A new update is handled, although hundreds of earlier ones wait for a handler or a retry.
    put(lanes + 1)
    await untilTrue(() => seen.has(lanes + 1))
    stuck.resolve()
    await untilTrue(() => seen.get(0) === noise)
  },
)

test.each(sizes)(
  "%s: a bot whose handlers are all stuck leaves the places beyond `perBot` to the others",
  async (name, { stuckBot }) => {
    await using queue = queues[name](3)
    const stuck = deferred()
    const seen: number[] = []
    let running = 0
    const options = { bot: botOf, queue, concurrency: 4, logger: silentLogger }
    const dispatcher = new Dispatcher(options)
    dispatcher.use(async (ctx) => {
      if (ctx.bot.id === 1) {
        running += 1
        await stuck.promise
      }
      seen.push(ctx.bot.id)
    })
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))
    const put = (botId: number, id: number) =>
      void queue.put({ botId, update: updateOf(id, id) }).catch(() => {})
    for (let id = 1; id <= stuckBot; id++) put(1, id)
    dispatcher.start()
    await untilTrue(() => running === 3)
    for (let id = 1; id <= stuckBot / 2; id++) put(2, id)
    await untilTrue(() => seen.length === stuckBot / 2)
    expect(running).toBe(3)
    stuck.resolve()
    await untilTrue(() => seen.length === stuckBot * 1.5)
  },
)
