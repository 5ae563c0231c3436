/**
 * A worker of `bench/jobs.ts` in a process of its own: it sets runs of a job, and handles the runs that are due.
 *
 * `node jobs-worker.js '{"path"}'` with the path of a `SqliteQueue`, or `'{"url"}'` with the URL of a PostgreSQL database.
 *
 * The commands are `{ pending: n }`, which sets runs that are due in a day or later; `{ due: n, at }`, which sets
 * runs that are due within the second that begins at `at`; `{ handle: true }`, which starts the dispatcher;
 * `{ report: true }`, which reports the handled runs; and `{ end: true }`.
 *
 * @module
 */
import pg from "pg"
import { Bot } from "../src/bot/index.js"
import { Dispatcher } from "../src/dispatch/index.js"
import { job } from "../src/jobs/index.js"
import type { StateWrite } from "../src/queue/index.js"
import { stateOf } from "../src/queue/state-of.js"
import { PostgresQueue } from "../src/queue/postgres/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"

process.env.NODE_ENV = "production"

/** A command of the parent. */
type Command = {
  readonly pending?: number
  readonly due?: number
  readonly at?: number
  readonly handle?: true
  readonly report?: true
  readonly end?: true
}

/** The answer to the command `report`. */
export interface Report {
  /** The numbers of the handled runs. */
  readonly runs: readonly number[]
  /** The longest time from the planned time of a run to its handler, in milliseconds. */
  readonly latestMs: number
  /** The time of the last run, in milliseconds since 1970. */
  readonly lastAt: number
  /** The processor time since the start of the dispatcher, in milliseconds. */
  readonly busyMs: number
}

const { path, url } = JSON.parse(process.argv[2] ?? "") as { path?: string; url?: string }
const pool = new pg.Pool({ connectionString: url })
const queue = path === undefined ? new PostgresQueue({ pool }) : new SqliteQueue({ path })
const bot = new Bot("1:a")
const dispatcher = new Dispatcher({ bot, queue })
const dayMs = 24 * 3_600_000
/** The number of runs that one transaction sets. */
const batch = 1_000

const remind = job<number>("remind")
const runs: number[] = []
let [latestMs, lastAt] = [0, 0]
let busyBefore = process.cpuUsage()
remind.handle(dispatcher, (ctx) => {
  lastAt = Date.now()
  latestMs = Math.max(latestMs, lastAt - ctx.job.plannedAt.getTime())
  runs.push(ctx.data)
})

/** Sets runs, each in a chat of its own, as `remind.runOnce` does, but many in one transaction. */
async function set(count: number, plannedAtOf: (run: number) => number): Promise<void> {
  for (let first = 0; first < count; first += batch) {
    const writes = Array.from(
      { length: Math.min(batch, count - first) },
      (_, index): StateWrite => {
        const run = first + index
        const plannedAt = plannedAtOf(run)
        // Scattered, so that successive chats are not adjacent on disk.
        const chat = 1_000_000 + ((run * 7_919) % 1_000_003)
        const own = { name: "job remind", lane: `${chat}`, data: { data: run, plannedAt } }
        return { kind: "put", botId: bot.id, own, dueAt: plannedAt }
      },
    )
    await stateOf(queue).write(writes)
  }
}

async function obey(command: Command): Promise<Report | object> {
  const { pending, due, at = 0, handle, report, end } = command
  if (pending !== undefined) {
    const start = Date.now() + dayMs
    await set(pending, (run) => start + ((run * 104_729) % (365 * dayMs)))
  }
  if (due !== undefined) await set(due, (run) => at + ((run * 7) % 1_000))
  if (handle) {
    busyBefore = process.cpuUsage()
    dispatcher.start()
  }
  if (end) {
    await dispatcher.stop()
    await queue[Symbol.asyncDispose]()
    await pool.end()
    process.disconnect?.()
  }
  const { user, system } = process.cpuUsage(busyBefore)
  return report ? { runs, latestMs, lastAt, busyMs: (user + system) / 1_000 } : {}
}

process.on("message", (command: Command) => {
  void obey(command).then((answer) => process.connected && process.send?.(answer))
})
process.send?.({})
