/**
 * Measures a whole update (put, take and done) in a `ShardedQueue` of two PostgreSQL servers against two `PostgresQueue`s
 * that know nothing of each other, each with one of the servers and with half of the updates. Each set-up has the same two
 * servers and two processes, and each process puts and handles 128 updates at a time. On a machine with two cores two
 * servers are not twice as fast as one, so the CPU time of an update counts: of both servers and both processes. Prints a
 * line of JSON for each measurement: the ratio of the CPU times, two alone to sharded, the median of rounds in turns.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { arrangeShards, migratePostgresQueue, type SlotRule } from "../src/queue/postgres/index.js"
import { postgresPrograms, PostgresServer } from "../test/support/postgres-server.js"

const updates = Number(process.env.SOUNDER_UPDATES ?? 12_800)
const rounds = Number(process.env.SOUNDER_ROUNDS ?? 7)
/** The time after which the rounds of a rule end, in milliseconds, if there were {@link leastRounds} of them. */
const longestMs = 60_000
const leastRounds = 3
/** The length of a tick of `/proc`, in microseconds. */
const tickUs = 10_000
const program = fileURLToPath(new URL("shards-worker.js", import.meta.url))

/** The CPU time of a round for each update, in microseconds. */
interface Cost {
  readonly server: number
  readonly client: number
  /** The duration of the round for each update. */
  readonly elapsed: number
}

/** Workers of one set-up. */
class Measured {
  readonly costs: Cost[] = []
  readonly #workers: readonly ChildProcess[]
  readonly #servers: readonly PostgresServer[]

  private constructor(servers: readonly PostgresServer[], processes: readonly ChildProcess[]) {
    this.#servers = servers
    this.#workers = processes
  }

  /**
   * @param taskOf returns the task of a worker, 0 or 1
   */
  static async start(
    servers: readonly PostgresServer[],
    taskOf: (worker: number) => object,
  ): Promise<Measured> {
    const processes = [0, 1].map((index) =>
      fork(program, [JSON.stringify({ first: index * 100_000_000, ...taskOf(index) })]),
    )
    await Promise.all(processes.map(answerOf))
    return new Measured(servers, processes)
  }

  async round(): Promise<void> {
    const before = this.#serverUs()
    const beginMs = performance.now()
    const answers = this.#workers.map(answerOf)
    for (const one of this.#workers) one.send(updates / this.#workers.length)
    const told = await Promise.all(answers)
    const elapsedMs = performance.now() - beginMs
    const client = told.reduce((sum, { cpuUs }) => sum + cpuUs, 0)
    this.costs.push({
      server: (this.#serverUs() - before) / updates,
      client: client / updates,
      elapsed: (elapsedMs * 1_000) / updates,
    })
  }

  get total(): number {
    return median(this.costs.map(({ server, client }) => server + client))
  }

  get details() {
    const of = (part: keyof Cost) => `${median(this.costs.map((cost) => cost[part])).toFixed(0)} µs`
    const perSecond = 1_000_000 / median(this.costs.map(({ elapsed }) => elapsed))
    return `${of("server")} of PostgreSQL and ${of("client")} of Node, ${perSecond.toFixed(0)} updates per second`
  }

  async close(): Promise<void> {
    const ends = this.#workers.map((one) => once(one, "exit"))
    for (const one of this.#workers) one.disconnect()
    await Promise.all(ends)
  }

  /** Returns the CPU time of the servers' processes so far. */
  #serverUs(): number {
    return this.#servers.reduce((sum, { folder }) => sum + cpuOfServer(folder), 0)
  }
}

/** Resolves with the next message of a worker. Rejects if the worker ends before. */
async function answerOf(worker: ChildProcess): Promise<{ cpuUs: number }> {
  const answered = new AbortController()
  const { signal } = answered
  const ended = once(worker, "exit", { signal }).then(([code]) => {
    throw new Error(`A worker has ended with ${code}`)
  })
  try {
    // The argument of the event is the message of shards-worker.ts.
    const [answer] = (await Promise.race([once(worker, "message", { signal }), ended])) as [
      { cpuUs: number },
    ]
    return answer
  } finally {
    answered.abort()
  }
}

/** Returns the CPU time of a server and of its processes, in microseconds. */
function cpuOfServer(folder: string): number {
  const [pid = ""] = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")
  const own = readdirSync("/proc").flatMap((name) => {
    const fields = /^\d+$/.test(name) ? statOf(name) : undefined
    // Fields after the name: 1 is the parent, 11 and 12 are the times, 13 and 14 those of children that have ended.
    if (!fields || (name !== pid && fields[1] !== pid)) return []
    const counted = name === pid ? [11, 12, 13, 14] : [11, 12]
    return counted.map((index) => Number(fields[index]))
  })
  return own.reduce((sum, ticks) => sum + ticks, 0) * tickUs
}

function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).split(" ")
  } catch {
    // The process has ended meanwhile.
    return undefined
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const programs = postgresPrograms()
if (programs === undefined)
  throw new Error("PostgreSQL is not installed (apt-get install postgresql)")
const servers = [await PostgresServer.start(programs), await PostgresServer.start(programs)]
const urls = servers.map(({ url }) => url)
const pools = urls.map((connectionString) => new pg.Pool({ connectionString, max: 5 }))
try {
  const rules = (process.env.SOUNDER_RULES?.split(",") ?? ["bot", "lane"]) as SlotRule[]
  for (const by of rules) await compare(by)
} finally {
  for (const pool of pools) await pool.end()
  for (const server of servers) await server[Symbol.asyncDispose]()
}

async function compare(by: SlotRule): Promise<void> {
  const [one, two] = pools
  if (!one || !two) return
  for (const pool of pools) await migratePostgresQueue(pool, { schema: `alone_${by}` })
  await arrangeShards({ one: { pool: one }, two: { pool: two } }, { schema: `home_${by}`, by })
  await arrangeShards({ one: { pool: one }, two: { pool: two } }, { schema: `all_${by}`, by })
  const alone = await Measured.start(servers, (worker) => {
    return { urls: [urls[worker]], schema: `alone_${by}`, by, alone: worker }
  })
  const home = await Measured.start(servers, (worker) => {
    return { urls, schema: `home_${by}`, by, home: [worker === 0 ? "one" : "two"] }
  })
  const all = await Measured.start(servers, () => ({ urls, schema: `all_${by}`, by }))
  const endMs = performance.now() + longestMs
  for (let round = 0; round <= rounds; round++) {
    if (round > leastRounds && performance.now() > endMs) break
    const inTurns = round % 2 === 0 ? [alone, home, all] : [all, home, alone]
    for (const each of inTurns) await each.round()
    // The first round includes the plans of the statements.
    if (round === 0) for (const each of inTurns) each.costs.length = 0
  }
  const name = `shards by ${by}: two servers compared with two queues alone`
  report(`${name}, a home shard for each worker`, home, alone)
  report(`${name}, workers take from both`, all, alone)
  for (const each of [alone, home, all]) await each.close()
}

function report(name: string, sharded: Measured, alone: Measured): void {
  const ratio = Number((alone.total / sharded.total).toFixed(2))
  const figures = { sharded: sharded.details, alone: alone.details }
  console.log(JSON.stringify({ name, target: 0.9, ratio, ...figures }))
}
