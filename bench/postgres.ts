/**
 * What a whole update costs in a `PostgresQueue`: put, take and done by four workers, each a process
 * of its own, in a PostgreSQL on this machine that is started for it and syncs every commit to the
 * disk. 64 updates of each worker are on their way in and 64 are being handled at any time. The price
 * must not grow with what waits nor with the number of lanes.
 *
 * The queues to compare take turns, and of several rounds the best counts, so that a busy machine
 * does as little as it can to the ratios.
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
const rounds = 5
const workers = 4
const program = fileURLToPath(new URL("postgres-worker.js", import.meta.url))

/** A queue with four workers, and the time of its best round. */
class Measured {
  readonly #workers: readonly ChildProcess[]
  bestUs = Infinity

  private constructor(processes: readonly ChildProcess[]) {
    this.#workers = processes
  }

  static async start(server: PostgresServer, schema: string, lanes: number): Promise<Measured> {
    const pool = new pg.Pool({ connectionString: server.url })
    await migratePostgresQueue(pool, { schema })
    await pool.end()
    const processes = Array.from({ length: workers }, (_, index) => {
      const task = { url: server.url, schema, first: index * 100_000_000, lanes }
      return fork(program, [JSON.stringify(task)])
    })
    await Promise.all(processes.map((one) => once(one, "message")))
    return new Measured(processes)
  }

  /** Puts a backlog, and answers the price of a put. */
  async fill(waiting: number): Promise<number> {
    return (await this.#tell({ put: waiting / workers }, waiting)) / waiting
  }

  async round(): Promise<void> {
    const us = (await this.#tell({ whole: updates / workers }, updates)) / updates
    this.bestUs = Math.min(this.bestUs, us)
  }

  close(): void {
    for (const one of this.#workers) one.disconnect()
  }

  /** Answers how long all together took, in microseconds. */
  async #tell(command: object, _updates: number): Promise<number> {
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

function report(name: string, target: number, measured: Record<string, number | string>): void {
  console.log(JSON.stringify({ name, target, ...measured }))
}

function perSecond(us: number): string {
  return `${Math.round(1_000_000 / us).toLocaleString("en")} a second`
}

const programs = postgresPrograms()
if (programs === undefined)
  throw new Error("PostgreSQL is not installed (apt-get install postgresql)")
const waitingMany = Number(process.env.SOUNDER_WAITING ?? 1_000_000)
const server = await PostgresServer.start(programs)
try {
  const few = await Measured.start(server, "few", 1_000)
  await few.fill(1_000)
  await few.round()
  const many = await Measured.start(server, "many", 1_000)
  await many.fill(waitingMany)
  await compare([few, many])
  report("postgres: put, take, done, four workers", 8_000, {
    updatesPerSecond: Math.round(1_000_000 / few.bestUs),
  })
  report("postgres: 1,000,000 waiting to 1,000", 0.8, {
    ratio: Number((few.bestUs / many.bestUs).toFixed(2)),
    speed: perSecond(many.bestUs),
  })
  few.close()
  many.close()

  const narrow = await Measured.start(server, "narrow", 10)
  const wide = await Measured.start(server, "wide", 1_000_000)
  const putUs = { narrow: await narrow.fill(waitingMany / 5), wide: await wide.fill(waitingMany) }
  report("postgres: put, 1,000,000 lanes to 10", 0.8, {
    ratio: Number((putUs.narrow / putUs.wide).toFixed(2)),
    speed: perSecond(putUs.wide),
  })
  narrow.close()
  wide.close()
} finally {
  await server[Symbol.asyncDispose]()
}
