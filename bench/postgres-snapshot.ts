/**
 * Measures the price of a whole update in a `PostgresQueue` (put, take, done by four workers) while a snapshot is
 * open: the transaction of a report or a backup. PostgreSQL keeps all rows that were deleted since. The price is the
 * CPU time of the server's processes, autovacuum included, so that other load on the machine hardly changes it.
 *
 * In each of several turns, the queue is measured without a snapshot, then with one after so many updates, and the
 * row compares the medians.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { migratePostgresQueue } from "../src/queue/postgres/index.js"
import { postgresPrograms, PostgresServer } from "../test/support/postgres-server.js"

const turns = Number(process.env.SOUNDER_TURNS ?? 3)
/** The number of updates that pass while the snapshot is open, before the measured ones. */
const updatesBefore = Number(process.env.SOUNDER_UPDATES ?? 60_000)
const measured = 12_800
const lanes = 1_000
const workers = 4
const program = fileURLToPath(new URL("postgres-worker.js", import.meta.url))
/** The unit of the times in `/proc`, in microseconds. */
const tickUs = 10_000

/** Returns the CPU time of a server's processes, those that have ended included, in microseconds. */
function cpuUs(server: PostgresServer): number {
  const [line] = readFileSync(join(server.folder, "postmaster.pid"), "utf8").split("\n")
  const main = Number(line)
  let ticks = 0
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(entry)
    if (Number(fields[1]) === main) ticks += Number(fields[11]) + Number(fields[12])
    if (Number(entry) !== main) continue
    for (const field of fields.slice(11, 15)) ticks += Number(field)
  }
  return ticks * tickUs
}

/** Returns the fields of a process's `stat` behind its name; none if the process has ended. */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).split(" ")
  } catch {
    return []
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

async function pass(processes: readonly ChildProcess[], updates: number): Promise<void> {
  const answers = processes.map((one) => once(one, "message"))
  for (const one of processes) one.send({ whole: updates / processes.length })
  await Promise.all(answers)
}

/** Returns the price of an update in microseconds of the server's CPU time. */
async function priceOf(server: PostgresServer, processes: readonly ChildProcess[]) {
  const before = cpuUs(server)
  await pass(processes, measured)
  return (cpuUs(server) - before) / measured
}

const programs = postgresPrograms()
if (programs === undefined)
  throw new Error("PostgreSQL is not installed (apt-get install postgresql)")
const server = await PostgresServer.start(programs, ["fsync=off", "synchronous_commit=off"])
const processes: ChildProcess[] = []
try {
  const schema = "snapshot"
  const pool = new pg.Pool({ connectionString: server.url })
  await migratePostgresQueue(pool, { schema })
  await pool.end()
  for (let index = 0; index < workers; index++) {
    const task = { url: server.url, schema, first: index * 100_000_000, lanes }
    processes.push(fork(program, [JSON.stringify(task)]))
  }
  await Promise.all(processes.map((one) => once(one, "message")))
  await pass(processes, measured)
  const prices = { without: [] as number[], open: [] as number[] }
  for (let turn = 0; turn < turns; turn++) {
    prices.without.push(await priceOf(server, processes))
    const reader = new pg.Client(server.url)
    await reader.connect()
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class")
    await pass(processes, updatesBefore)
    prices.open.push(await priceOf(server, processes))
    await reader.end()
    await server.ask(`VACUUM`)
    await pass(processes, measured)
  }
  const [without, open] = [median(prices.without), median(prices.open)]
  const row = {
    name: `postgres: with a snapshot open for ${updatesBefore.toLocaleString("en")} updates`,
    target: 0.7,
    ratio: Number((without / open).toFixed(2)),
    without: `${without.toFixed(0)} µs`,
    open: `${open.toFixed(0)} µs`,
  }
  console.log(JSON.stringify(row))
  if (process.env.SOUNDER_ALL) console.error(JSON.stringify(prices))
} finally {
  for (const one of processes) one.disconnect()
  await server[Symbol.asyncDispose]()
}
