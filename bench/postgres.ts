/**
 * Measures a whole update in a `PostgresQueue`: put, take and done by four workers, each a process
 * of its own. The bench starts a PostgreSQL server on this machine that syncs every commit to disk. At any
 * time each worker puts 64 updates and handles 64. The cost must not grow with the number of
 * waiting updates or lanes.
 *
 * The figures about lanes compare puts while ten lanes exist with puts while a million lanes exist.
 * A single process puts, a thousand updates per transaction, so that no process waits for another's
 * locks on the same ten lanes. Both queues get the same updates: into ten existing lanes, or each
 * into a new lane. Two further figures compare a thousand lanes per transaction, new ones or ones
 * spread over a million existing lanes, with ten lanes per transaction; they show the cost of
 * locking or creating a lane, which hardly depends on the number of other lanes.
 *
 * The ratio with sessions compares handlers that read and write a session of 1 KB with handlers that
 * read and write no state.
 *
 * The queues to compare alternate, and the fastest of several rounds counts, to reduce the
 * influence of other load on the ratios.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { migratePostgresQueue } from "../src/queue/postgres/index.js"
import { postgresPrograms, PostgresServer } from "../test/support/postgres-server.js"

const updates = Number(process.env.SOUNDER_UPDATES ?? 12_800)
const waitingMany = Number(process.env.SOUNDER_WAITING ?? 1_000_000)
const putsEach = 20_000
/** The first rounds include PostgreSQL's vacuum and the writing of the initial data. */
const rounds = 12
const program = fileURLToPath(new URL("postgres-worker.js", import.meta.url))

/** The kind of lanes that workers put into: see `postgres-worker.ts`. */
type Puts = "put" | "ten" | "open"
type PutsOf = readonly [Measured, Puts]

/** A queue with its workers, and the time of its best round. */
class Measured {
  readonly #workers: readonly ChildProcess[]
  readonly #server: PostgresServer
  readonly #schema: string
  bestUs = Infinity
  bestSessionUs = Infinity

  private constructor(server: PostgresServer, schema: string, processes: readonly ChildProcess[]) {
    this.#server = server
    this.#schema = schema
    this.#workers = processes
  }

  static async start(
    server: PostgresServer,
    schema: string,
    lanes: number,
    workers: number,
  ): Promise<Measured> {
    const pool = new pg.Pool({ connectionString: server.url })
    await migratePostgresQueue(pool, { schema })
    await pool.end()
    const processes = Array.from({ length: workers }, (_, index) => {
      const task = { url: server.url, schema, first: index * 100_000_000, lanes }
      return fork(program, [JSON.stringify(task)])
    })
    await Promise.all(processes.map((one) => once(one, "message")))
    return new Measured(server, schema, processes)
  }

  /** Puts updates. Returns the cost of a put in microseconds. */
  async put(count: number, what: Puts = "put"): Promise<number> {
    return (await this.#tell({ [what]: count / this.#workers.length })) / count
  }

  async round(): Promise<void> {
    const us = await this.#tell({ whole: updates / this.#workers.length })
    this.bestUs = Math.min(this.bestUs, us / updates)
  }

  async sessionRound(): Promise<void> {
    const us = await this.#tell({ session: updates / this.#workers.length })
    this.bestSessionUs = Math.min(this.bestSessionUs, us / updates)
  }

  /** Returns the number of lanes. */
  async lanes(): Promise<number> {
    const sql = `SELECT count(*)::integer AS count FROM ${this.#schema}.lanes`
    return (await this.#server.ask<{ count: number }>(sql))[0]?.count ?? 0
  }

  /** Removes all waiting updates. */
  async empty(): Promise<void> {
    const names = ["updates", "lanes", "ids_0", "ids_1", "ids_2"].map(
      (table) => `${this.#schema}.${table}`,
    )
    await this.#server.ask(`TRUNCATE ${names.join(", ")}`)
  }

  close(): void {
    for (const one of this.#workers) one.disconnect()
  }

  /** Sends a command to all workers. Returns their total time in microseconds. */
  async #tell(command: object): Promise<number> {
    const start = performance.now()
    const answers = this.#workers.map((one) => once(one, "message"))
    for (const one of this.#workers) one.send(command)
    await Promise.all(answers)
    return (performance.now() - start) * 1_000
  }
}

async function compare(all: readonly Measured[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const one of all) await one.round()
  }
}

async function compareSessions(queue: Measured): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await queue.sessionRound()
    await queue.round()
  }
}

function microseconds({ few, many }: { few: number; many: number }) {
  return { few: `${few.toFixed(1)} µs`, many: `${many.toFixed(1)} µs` }
}

/** Returns the cost of a put in the fastest of several rounds, alternating. */
async function compareLanes(few: PutsOf, many: PutsOf): Promise<Record<string, number | string>> {
  const best = { few: Infinity, many: Infinity }
  for (let round = 0; round < rounds; round++) {
    best.few = Math.min(best.few, await few[0].put(putsEach, few[1]))
    best.many = Math.min(best.many, await many[0].put(putsEach, many[1]))
  }
  return { ratio: Number((best.few / best.many).toFixed(2)), ...microseconds(best) }
}

function report(name: string, target: number, measured: Record<string, number | string>): void {
  console.log(JSON.stringify({ name, target, ...measured }))
}

function perSecond(us: number): string {
  return `${Math.round(1_000_000 / us).toLocaleString("en")} per second`
}

const programs = postgresPrograms()
if (programs === undefined)
  throw new Error("PostgreSQL is not installed (apt-get install postgresql)")
const server = await PostgresServer.start(programs)
try {
  const few = await Measured.start(server, "few", 1_000, 4)
  await few.put(1_000)
  await few.round()
  const many = await Measured.start(server, "many", 1_000, 4)
  await many.put(waitingMany)
  await compare([few, many])
  await compareSessions(few)
  report("postgres: put, take, done, four workers", 8_000, {
    updatesPerSecond: Math.round(1_000_000 / few.bestUs),
  })
  report("postgres: 1,000,000 waiting updates compared with 1,000", 0.8, {
    ratio: Number((few.bestUs / many.bestUs).toFixed(2)),
    speed: perSecond(many.bestUs),
  })
  report("postgres: with a session of 1 KB compared with none", 0.7, {
    ratio: Number((few.bestUs / few.bestSessionUs).toFixed(2)),
    speed: perSecond(few.bestSessionUs),
  })
  few.close()
  many.close()

  const ten = await Measured.start(server, "ten", 10, 1)
  const wide = await Measured.start(server, "wide", waitingMany, 1)
  await ten.put(putsEach)
  await wide.put(waitingMany)
  if ((await wide.lanes()) !== waitingMany)
    throw new Error("The queue does not have as many lanes as intended")
  const none = await Measured.start(server, "none", 10, 1)
  await none.put(putsEach)
  const lanes = "1,000,000 lanes compared with 10"
  const existing = await compareLanes([ten, "ten"], [wide, "ten"])
  report(`postgres: put into existing lanes, ${lanes}`, 0.8, existing)
  const created = await compareLanes([none, "open"], [wide, "open"])
  report(`postgres: put that creates its lane, ${lanes}`, 0.8, created)
  await Promise.all([ten.empty(), none.empty()])
  const manyNew = await compareLanes([ten, "ten"], [none, "open"])
  report("postgres: 1,000 new lanes per transaction compared with 10 existing ones", 0.8, manyNew)
  await ten.empty()
  const manyExisting = await compareLanes([ten, "ten"], [wide, "put"])
  report("postgres: 1,000 of 1,000,000 lanes per transaction compared with 10", 0.8, manyExisting)
  for (const queue of [ten, wide, none]) queue.close()
} finally {
  await server[Symbol.asyncDispose]()
}
