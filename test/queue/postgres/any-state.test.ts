import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { untilTrue } from "../../support/waiting.js"

/** More runs: `SOUNDER_SEQUENCES=500`. */
const numRuns = Number(process.env.SOUNDER_SEQUENCES ?? 3)
const mostWaiting = process.env.SOUNDER_SEQUENCES ? 20_000 : 1_500

/** A state in which a queue can be opened. */
const states = fc.record({
  waiting: fc.nat(mostWaiting),
  chats: fc.integer({ min: 1, max: 200 }),
  early: fc.nat(50),
  damaged: fc.nat(20),
  isOld: fc.boolean(),
  more: fc.integer({ min: 1, max: 400 }),
  restarts: fc.nat(4),
})

type State = typeof states extends fc.Arbitrary<infer Value> ? Value : never

describe("a PostgresQueue that begins in any state", withPostgres, () => {
  const stage = stageOfFile(["fsync=off"])

  test(
    "handles all updates in the order of their chats, during puts and restarts of workers",
    { timeout: process.env.SOUNDER_SEQUENCES ? 36_000_000 : 300_000 },
    () =>
      fc.assert(
        fc.asyncProperty(states, async (state) => {
          await using run = new Run(stage, state)
          await run.fill()
          await run.expectAllHandled()
        }),
        { numRuns },
      ),
  )
})

class Run implements AsyncDisposable {
  readonly #stage: ReturnType<typeof stageOfFile>
  readonly #state: State
  readonly #schema: string
  readonly #queues: PostgresQueue[] = []
  /** The ids in the order in which the updates first began. */
  readonly #begun = new Set<number>()
  readonly #ended = new Set<number>()

  constructor(stage: ReturnType<typeof stageOfFile>, state: State) {
    this.#stage = stage
    this.#state = state
    this.#schema = stage.newSchema()
  }

  /** Fills the queue with waiting updates, abandoned parked updates, and altered rows. */
  async fill(): Promise<void> {
    const { isOld, waiting, early, damaged } = this.#state
    const schema = this.#schema
    const ids = (count: number, from: number) => Array.from({ length: count }, (_, n) => from + n)
    if (isOld) await this.#makeOld()
    else await migratePostgresQueue(this.#stage.pool, { schema })
    const values = (all: readonly number[]) => [
      all.map(() => 1),
      all,
      all.map((id) => `${this.#chatOf(id)}`),
      all.map((id) => JSON.stringify(updateOf(this.#chatOf(id), id))),
    ]
    const [put, putEarly] = isOld
      ? ["put($1, $2, $3, $4, 86400000, NULL)", "put_early($1, $2, $3, $4, 86400000)"]
      : ["put($1, $2, $3, $4, NULL, NULL)", "park($1, $2, $3, $4)"]
    const { pool } = this.#stage
    if (waiting > 0) await pool.query(`SELECT ${schema}.${put}`, values(ids(waiting, 0)))
    if (early > 0) await pool.query(`SELECT ${schema}.${putEarly}`, values(ids(early, waiting)))
    await pool.query(
      `UPDATE ${schema}.updates SET body = left(body, 9) WHERE update_id IN (
        SELECT update_id FROM ${schema}.updates ORDER BY md5(update_id::text) LIMIT ${damaged})`,
    )
  }

  async expectAllHandled(): Promise<void> {
    const { waiting, early, damaged, more } = this.#state
    const all = waiting + early + more
    const aside = Math.min(damaged, waiting)
    for (let worker = 0; worker < 2; worker++) this.#open(worker)
    await Promise.all([this.#putMore(waiting + early), this.#restart()])
    await untilTrue(() => this.#ended.size >= all - aside).catch(() => {})
    expect(this.#ended.size).toBe(all - aside)
    expect(this.#outOfOrder()).toEqual([])
    const status = await this.#queues[0]?.status()
    expect(status).toMatchObject({ waiting: 0, running: 0, setAside: aside })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const queue of this.#queues) await queue[Symbol.asyncDispose]()
  }

  #chatOf(id: number): number {
    return 1 + ((id * 7) % this.#state.chats)
  }

  async #makeOld(): Promise<void> {
    const read = (version: number) =>
      readFileSync(new URL(`older-schemas/version-${version}.sql`, import.meta.url), "utf8")
    const text = `CREATE SCHEMA @schema;
      CREATE TABLE @schema.version (version integer NOT NULL);
      INSERT INTO @schema.version VALUES (2); ${read(1)} ${read(2)}`
    await this.#stage.pool.query(text.replaceAll("@schema", this.#schema))
  }

  #open(worker: number): void {
    const queue = this.#stage.open({
      ...{ schema: this.#schema, leaseMs: 600, pollMs: 10, logger: silentLogger },
    })
    this.#queues[worker] = queue
    for (let taker = 0; taker < 8; taker++) void this.#work(queue)
  }

  /** Works until the queue is closed. */
  async #work(queue: PostgresQueue): Promise<void> {
    const { signal } = new AbortController()
    try {
      for (;;) {
        const delivery = await queue.take(signal)
        const { update_id: id } = delivery.update
        this.#begun.add(id)
        await new Promise((resolve) => setImmediate(resolve))
        // An update with a lost lease is delivered again.
        await delivery.done()?.then(
          () => this.#ended.add(id),
          () => {},
        )
      }
    } catch {
      // The queue was closed: another one continues.
    }
  }

  /** Puts the updates of each chat one after the other, over any queue, and some of them twice. */
  async #putMore(from: number): Promise<void> {
    for (let id = from; id < from + this.#state.more; id++) {
      const put = () =>
        this.#queues[id % 2]?.put({ botId: 1, update: updateOf(this.#chatOf(id), id) })
      while (
        !(await put()?.then(
          () => true,
          () => false,
        ))
      ) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      if (id % 5 === 0) await put()?.catch(() => {})
    }
  }

  async #restart(): Promise<void> {
    for (let times = 0; times < this.#state.restarts; times++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await this.#queues[times % 2]?.[Symbol.asyncDispose]()
      this.#open(times % 2)
    }
  }

  #outOfOrder(): number[] {
    const last = new Map<number, number>()
    return [...this.#begun].filter((id) => {
      const chat = this.#chatOf(id)
      const isLate = (last.get(chat) ?? -1) > id
      last.set(chat, id)
      return isLate
    })
  }
}
