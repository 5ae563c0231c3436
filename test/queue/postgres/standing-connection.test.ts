import pg from "pg"
import { describe, expect, test } from "vitest"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { untilTrue } from "../../support/waiting.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

describe("over a connection of the queue", withPostgres, () => {
  const stage = stageOfFile()

  /** Returns a pool that records the maximum of concurrent statements on one connection. */
  function watchedPool(): { pool: pg.Pool; most: () => number } {
    const pool = new pg.Pool({ connectionString: stage.server.url })
    let most = 0
    pool.on("connect", (client) => {
      const query = client.query.bind(client) as (...values: unknown[]) => Promise<unknown>
      let underWay = 0
      const counted = async (...values: unknown[]) => {
        most = Math.max(most, ++underWay)
        return query(...values).finally(() => underWay--)
      }
      Object.assign(client, { query: counted })
    })
    return { pool, most: () => most }
  }

  test("a statement is sent after the result of the one before it", async () => {
    const { pool, most } = watchedPool()
    await using queue = stage.open({ pool, listen: pool, leaseMs: 100 })
    const signal = AbortSignal.timeout(60_000)
    // On a slow machine a lease of 100 ms is lost; the update is then delivered again.
    const take = async () => (await queue.take(signal)).done()?.catch(() => {})
    for (let first = 1; first <= 40; first += 4) {
      const ids = [first, first + 1, first + 2, first + 3]
      const puts = ids.map((id) => queue.put({ botId: 1, update: updateOf(id % 3, id) }))
      await Promise.all([...puts, ...ids.map(take), queue.probe(), queue.probe(), queue.probe()])
    }
    await queue[Symbol.asyncDispose]()
    await pool.end()
    expect(most()).toBe(1)
  })

  test("statements that wait behind a cut one are refused, and later ones are not", async () => {
    const pool = new pg.Pool({ connectionString: stage.server.url, application_name: "cut" })
    const schema = stage.newSchema()
    await using queue = stage.open({ pool, schema })
    await queue.put({ botId: 1, update: updateOf(1, 1) })
    const blocking = await stage.pool.connect()
    await blocking.query(`BEGIN; LOCK TABLE ${schema}.lanes`)
    const refused = { code: "storage-unavailable" }
    const cut = [queue.put({ botId: 1, update: updateOf(1, 2) }), queue.probe(), queue.probe()]
    const outcomes = cut.map((one) => expect(one).rejects.toMatchObject(refused))
    const blocked = `FROM pg_stat_activity WHERE application_name = 'cut' AND wait_event_type = 'Lock'`
    await untilTrue(async () => (await stage.pool.query(`SELECT ${blocked}`)).rows.length > 0)
    await stage.pool.query(`SELECT pg_terminate_backend(pid) ${blocked}`)
    await Promise.all(outcomes)
    await blocking.query("ROLLBACK")
    blocking.release()
    await queue.put({ botId: 1, update: updateOf(1, 3) })
    expect(await queue.status()).toMatchObject({ waiting: 2 })
    await queue[Symbol.asyncDispose]()
    await pool.end()
  })

  test("no connection is lent after the queue was closed, at any moment", async () => {
    const schema = stage.newSchema()
    const pool = new pg.Pool({ connectionString: stage.server.url })
    for (let round = 0; round < 12; round++) {
      const queue = stage.open({ pool, schema, leaseMs: 100, pollMs: 5 })
      await queue.early.park({ botId: 1, update: updateOf(7, round) }).put
      const taking = queue.take(AbortSignal.timeout(60_000)).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, round * 7))
      await queue[Symbol.asyncDispose]()
      await taking
      await untilTrue(() => pool.idleCount === pool.totalCount)
    }
    await pool.end()
  })
})
