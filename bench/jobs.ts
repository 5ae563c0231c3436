/**
 * Measures the delay of jobs: 10,000 runs, each in a chat of its own, that are due within one second, while
 * 1,000,000 other runs wait for a later day. A `SqliteQueue` has one process, and a `PostgresQueue` two. The value is
 * the longest time from the planned time of a run to its handler. A run that is missing or repeated fails the bench.
 *
 * `PENDING=1000000` and `DUE=10000` set the numbers.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { migratePostgresQueue } from "../src/queue/postgres/index.js"
import type { Report } from "./jobs-worker.js"
import { withPostgres } from "./postgres-pool.js"

const pending = Number(process.env["PENDING"] ?? 1_000_000)
const due = Number(process.env["DUE"] ?? 10_000)
const program = fileURLToPath(new URL("jobs-worker.js", import.meta.url))
/** The time to set the runs before the first is due, in milliseconds. */
const headStartMs = 10_000
/** The time after which a run counts as lost, in milliseconds. */
const patienceMs = 60_000

/** A process that sets and handles runs. */
class Worker {
  readonly #process: ChildProcess

  private constructor(child: ChildProcess) {
    this.#process = child
  }

  static async start(place: object): Promise<Worker> {
    const child = fork(program, [JSON.stringify(place)])
    await once(child, "message")
    return new Worker(child)
  }

  async tell(command: object): Promise<unknown> {
    this.#process.send(command)
    const [answer] = await once(this.#process, "message")
    return answer
  }

  async report(): Promise<Report> {
    // The worker answers this command with a report.
    return (await this.tell({ report: true })) as Report
  }

  async end(): Promise<void> {
    this.#process.send({ end: true })
    await once(this.#process, "exit")
  }
}

/** Measures a queue with its workers, and prints the result. */
async function measure(name: string, place: object, count: number): Promise<void> {
  const workers = await Promise.all(Array.from({ length: count }, () => Worker.start(place)))
  const [first] = workers
  if (!first) throw new Error("There is no worker")
  const start = performance.now()
  await first.tell({ pending })
  const setMs = performance.now() - start
  for (const one of workers) await one.tell({ handle: true })
  const at = Date.now() + headStartMs
  await first.tell({ due, at })
  if (Date.now() >= at) throw new Error("The first run was due before all were set")
  const reports = await reported(workers, at)
  for (const one of workers) await one.end()
  const latest = Math.max(...reports.map(({ latestMs }) => latestMs))
  const last = Math.max(...reports.map(({ lastAt }) => lastAt)) - at
  const shares = reports.map(({ runs }) => runs.length).join(" and ")
  const busyMs = reports.reduce((sum, report) => sum + report.busyMs, 0)
  const setUs = `${((setMs * 1_000) / pending).toFixed(0)} µs`
  print({
    name,
    target: 2_000,
    ms: latest,
    "after the second": `${last - 1_000} ms`,
    shares,
    set: setUs,
    processor: `${Math.round(busyMs)} ms`,
  })
}

/** Resolves with the reports when all runs are handled. Throws if a run is missing or repeated. */
async function reported(workers: readonly Worker[], at: number): Promise<readonly Report[]> {
  let reports: readonly Report[] = []
  let count = 0
  while (count < due && Date.now() < at + patienceMs) {
    // Rarely, so that the reports do not delay the runs.
    await sleep(Date.now() < at ? at - Date.now() + 1_000 : 500)
    reports = await Promise.all(workers.map((one) => one.report()))
    count = reports.reduce((sum, { runs }) => sum + runs.length, 0)
  }
  await sleep(1_000)
  reports = await Promise.all(workers.map((one) => one.report()))
  const runs = reports.flatMap((report) => report.runs)
  if (new Set(runs).size !== due || runs.length !== due) {
    throw new Error(
      `Of ${due} runs, ${new Set(runs).size} were handled, in ${runs.length} deliveries`,
    )
  }
  return reports
}

function print(measured: Record<string, unknown>): void {
  console.log(JSON.stringify(measured))
}

const text = (count: number) => count.toLocaleString("en")
const what = `${text(due)} due in one second, ${text(pending)} pending`
const folder = mkdtempSync(join(tmpdir(), "sounder-bench-"))
try {
  await measure(`jobs: ${what}, SQLite`, { path: join(folder, "jobs.db") }, 1)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
await withPostgres(async (pool, url) => {
  await migratePostgresQueue(pool)
  await measure(`jobs: ${what}, PostgreSQL, two processes`, { url }, 2)
})
