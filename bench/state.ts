/**
 * Measures the price of a session: a value of 1 KB of each chat that a handler reads and changes at each
 * update, as a ratio to the same handler without the session. Updates are put into the queue, taken by a
 * dispatcher, handled and done. At any time 64 updates are being put.
 *
 * The queues in this process are compared by processor time, which hardly depends on other programs. The PostgreSQL
 * queue, whose server is another process, is compared by elapsed time.
 *
 * Each queue alternates between rounds with and without the session, and the cheapest of several rounds
 * counts, to reduce the influence of other load on the ratios.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Bot } from "../src/bot/index.js"
import { Dispatcher, filters } from "../src/dispatch/index.js"
import { MemoryQueue, type UpdateQueue } from "../src/queue/index.js"
import { migratePostgresQueue, PostgresQueue } from "../src/queue/postgres/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { session } from "../src/session/index.js"
import { withPostgres } from "./postgres-pool.js"
import { textUpdate } from "./text-update.js"

process.env.NODE_ENV = "production"

/** The number of updates of a round, a multiple of the concurrency. */
const updates = 10_240
const rounds = 9
const lanes = 1_000
/** The number of updates that are put at a time. */
const concurrency = 64
const bot = new Bot("1:a")
const folder = mkdtempSync(join(tmpdir(), "sounder-bench-"))
const text = "x".repeat(1_000)
const visits = session("visits", { initial: () => ({ count: 0, text: "" }) })

/** The cost of an update in microseconds. */
type Measure = () => number

/** The processor time of this process. */
const processorTime: Measure = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const time: Measure = () => performance.now() * 1_000

/** A handler's count of updates, with a promise of the last one. */
class Handled {
  #left = updates
  #resolve = () => {}
  readonly all = new Promise<void>((resolve) => (this.#resolve = resolve))

  add(): void {
    if ((this.#left -= 1) === 0) this.#resolve()
  }
}

/** Returns a dispatcher whose handler does nothing, or reads and changes the session. */
function dispatcherOf(queue: UpdateQueue, handled: Handled, hasSession: boolean): Dispatcher {
  const dispatcher = new Dispatcher({ bot, queue })
  if (hasSession) {
    dispatcher.derive(visits).on(filters.text, async (ctx) => {
      ctx.visits.count += 1
      ctx.visits.text ||= text
      handled.add()
    })
  } else dispatcher.on(filters.text, async () => handled.add())
  return dispatcher
}

/** Puts and handles updates. Returns the cost of an update. */
async function round(
  queue: UpdateQueue,
  measure: Measure,
  { firstId, hasSession }: { firstId: number; hasSession: boolean },
): Promise<number> {
  const handled = new Handled()
  const dispatcher = dispatcherOf(queue, handled, hasSession)
  const start = measure()
  dispatcher.start()
  let id = firstId
  const put = async () => {
    for (let left = updates / concurrency; left > 0; left--) await queue.put(incoming(id++))
  }
  await Promise.all(Array.from({ length: concurrency }, put))
  // A put into a durable queue resolves before the update is handled.
  await handled.all
  await dispatcher.stop()
  return (measure() - start) / updates
}

function incoming(id: number) {
  // Scattered, so that successive lanes are not adjacent on disk.
  const chat = 1_000_000 + ((id * 7_919) % lanes)
  return { botId: 1, update: textUpdate(id, chat) }
}

async function compare(name: string, queue: UpdateQueue, measure: Measure): Promise<void> {
  let [without, withSession, firstId] = [Infinity, Infinity, 1]
  for (let count = 0; count < rounds; count++) {
    without = Math.min(without, await round(queue, measure, { firstId, hasSession: false }))
    firstId += updates
    withSession = Math.min(withSession, await round(queue, measure, { firstId, hasSession: true }))
    firstId += updates
  }
  const ratio = Number((without / withSession).toFixed(2))
  const cost = `${without.toFixed(1)} to ${withSession.toFixed(1)} µs`
  console.log(JSON.stringify({ name: `state: session of 1 KB, ${name}`, target: 0.7, ratio, cost }))
}

async function comparePostgres(): Promise<void> {
  await withPostgres(async (pool) => {
    await migratePostgresQueue(pool)
    await using queue = new PostgresQueue({ pool })
    await compare("PostgreSQL", queue, time)
  })
}

try {
  {
    await using queue = new MemoryQueue()
    await compare("memory", queue, processorTime)
  }
  {
    await using queue = new SqliteQueue({ path: join(folder, "state.db") })
    await compare("SQLite", queue, processorTime)
  }
  await comparePostgres()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
