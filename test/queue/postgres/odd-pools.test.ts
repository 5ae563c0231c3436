import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { PostgresQueue } from "../../../src/queue/postgres/index.js"
import {
  isCollision,
  isValueError,
  postgresError,
} from "../../../src/queue/postgres/postgres-failure.js"
import type { PostgresClient, PostgresPool } from "../../../src/queue/postgres/postgres-pool.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { thrownThings } from "../../support/misbehaving.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"

type Odd = Readonly<Record<string, unknown>>

const never = () => new Promise(() => {})

/** A selection, as the others are read by the same function, which has its own test. */
const few = ["null", "a symbol", "a revoked proxy", "an error whose message throws"]

const thrown = Object.entries(thrownThings)
  .filter(([name]) => few.includes(name))
  .flatMap(([name, make]): [string, Odd][] => [
    [`that throws ${name} for a connection`, { connect: () => raise(make()) }],
    [`whose connections throw ${name}`, { query: () => raise(make()) }],
    [`whose connections reject with ${name}`, { query: () => Promise.reject(make()) }],
  ])

const wrong: [string, Odd][] = [
  ["that returns no promise", { connect: () => undefined }],
  ["that returns no connection", { connect: async () => undefined }],
  ["that never answers", { connect: never }],
  ["whose connections return no promise", { query: () => undefined }],
  ["whose connections return no result", { query: async () => undefined }],
  ["whose connections return no rows", { query: async () => ({ rows: null }) }],
  ["whose connections never answer", { query: never }],
  [
    "whose connections cannot be listened to",
    {
      on: () => {
        throw new Error("no")
      },
    },
  ],
]

test.each(Object.entries(thrownThings))(
  "an error text is found when a pool throws %s",
  (_, make) => {
    const error = postgresError("sounder", make())
    expect(error.code).toBe("storage-failed")
    expect(error.message).toContain("see the cause")
    expect([isCollision(error), isValueError(error)]).toEqual([false, false])
  },
)

describe("a pool", withPostgres, () => {
  const stage = stageOfFile()

  test.each([...thrown, ...wrong])(
    "%s ends no process, and the queue goes on when the pool works again",
    async (_, odd) => {
      const pool = new pg.Pool({ connectionString: stage.server.url, max: 40 })
      const turned = new TurningPool(pool, odd)
      const schema = stage.newSchema()
      const queue = new PostgresQueue({
        ...{ pool: turned, listen: turned, schema, migrate: true, logger: silentLogger },
        ...{ timeoutMs: 400, pollMs: 20, leaseMs: 1_200 },
      })
      onTestFinished(async () => {
        turned.isOdd = false
        await queue[Symbol.asyncDispose]()
        await pool.end()
      })
      for (const id of [1, 2]) {
        turned.isOdd = true
        const taking = queue.take(AbortSignal.timeout(60_000))
        await queue.put({ botId: 1, update: updateOf(7, id) }).catch(() => {})
        turned.isOdd = false
        await untilStored(queue, id)
        const delivery = await taking
        expect(delivery.update.update_id).toBe(id)
        await delivery.done()
      }
      turned.isOdd = true
      await queue[Symbol.asyncDispose]()
    },
  )
})

function raise(thing: unknown): never {
  throw thing
}

async function untilStored(queue: PostgresQueue, id: number): Promise<void> {
  for (;;) {
    try {
      return await queue.put({ botId: 1, update: updateOf(7, id) })
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** A pool of `pg` whose behaviour can be replaced. */
class TurningPool implements PostgresPool {
  isOdd = false
  readonly options = { max: 10 }
  readonly #pool: pg.Pool
  readonly #odd: Odd

  constructor(pool: pg.Pool, odd: Odd) {
    this.#pool = pool
    this.#odd = odd
  }

  on(event: "error", listener: (error: Error) => void): unknown {
    return this.#pool.on(event, listener)
  }

  connect(): Promise<PostgresClient> {
    const { connect } = this.#odd
    if (this.isOdd && connect) return (connect as () => Promise<PostgresClient>)()
    return this.#pool.connect().then((client) => this.#turning(client))
  }

  #turning(client: pg.PoolClient): PostgresClient {
    const get = (target: pg.PoolClient, name: string) => {
      if (this.isOdd && name in this.#odd) return this.#odd[name]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? (value.bind(target) as unknown) : value
    }
    return new Proxy(client, { get: (target, name) => get(target, String(name)) })
  }
}
