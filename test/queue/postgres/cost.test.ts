import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { describe, expect, test } from "vitest"
import { migratePostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { untilTrue } from "../../support/waiting.js"

const signal = () => AbortSignal.timeout(60_000)

describe("the load of a PostgresQueue on the database", withPostgres, () => {
  // The tests count statements; durability is the subject of other tests.
  const stage = stageOfFile(["fsync=off", "track_functions=all", "autovacuum=off"])

  /** Returns the number of calls of a function. */
  async function calls(schema: string, name: string): Promise<number> {
    const [row] = await stage.server.ask<{ calls: string }>(
      "SELECT calls FROM pg_stat_user_functions WHERE schemaname = $1 AND funcname = $2",
      [schema, name],
    )
    return Number(row?.calls ?? 0)
  }

  /** Fills a schema with a lane for each update, as `put` would. */
  async function fill(schema: string, lanes: number): Promise<void> {
    await migratePostgresQueue(stage.pool, { schema })
    await stage.pool.query(
      `INSERT INTO ${schema}.lanes (bot_id, lane, place) SELECT 1, 'chat:' || n, n
         FROM generate_series(1, ${lanes}) n;
       INSERT INTO ${schema}.updates (bot_id, lane, place, update_id, put_at, body)
         SELECT 1, 'chat:' || n, n, n, now(), '{"update_id":' || n || '}'
         FROM generate_series(1, ${lanes}) n;
       ANALYZE ${schema}.lanes; ANALYZE ${schema}.updates`,
    )
  }

  /** Returns the number of pages that a take of 64 touches. */
  async function pagesOfTake(lanes: number): Promise<number> {
    const schema = stage.newSchema()
    await fill(schema, lanes)
    const take = await takeOf(schema)
    if (lanes > 64) await stage.server.ask(take)
    return pagesOf(take)
  }

  /** Returns the statement that takes 64 updates for a new worker. */
  async function takeOf(schema: string): Promise<string> {
    const [worker] = await stage.server.ask<{ id: string }>(
      `SELECT ${schema}.join_workers(60000, NULL) AS id`,
    )
    return `SELECT * FROM ${schema}.work(${worker?.id}, '{}', '{}', '{}', '{}', '{}', '{}', '{}',
      64, -1, NULL, '{}', '{}', NULL)`
  }

  /** Returns the number of pages that a statement touches. */
  async function pagesOf(statement: string): Promise<number> {
    const rows = await stage.server.ask<{ "QUERY PLAN": string }>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING off) ${statement}`,
    )
    const buffers = rows.map((row) => row["QUERY PLAN"]).find((line) => line.includes("Buffers:"))
    const counts = [...(buffers ?? "").matchAll(/(?:hit|read)=(\d+)/g)].map(([, n]) => Number(n))
    return counts.reduce((sum, n) => sum + n, 0)
  }

  test("for a take does not grow with the number of waiting lanes, with table statistics", async () => {
    const few = await pagesOfTake(1_000)
    const many = await pagesOfTake(100_000)
    expect(few).toBeGreaterThan(64)
    expect(many).toBeLessThan(few * 1.5)
  })

  test("for a take passes the lanes that an open transaction may see once, not several times", async () => {
    const [lanes, ready] = [50_000, 8]
    const usual = await pagesOfTake(ready)
    const schema = stage.newSchema()
    await fill(schema, lanes)
    const reader = new pg.Client(stage.server.url)
    await reader.connect()
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class")
    await stage.pool.query(
      `DELETE FROM ${schema}.lanes WHERE place <= ${lanes - ready};
       DELETE FROM ${schema}.updates WHERE place <= ${lanes - ready}`,
    )
    const search = await pagesOf(
      `SELECT FROM ${schema}.lanes WHERE holder IS NULL AND due_at IS NULL ORDER BY bot_id, place LIMIT 1`,
    )
    const pages = await pagesOf(await takeOf(schema))
    await reader.end()
    expect(search).toBeGreaterThan(500)
    expect(pages - usual).toBeLessThan(search * 1.5)
  })

  test("is dear while a transaction is open, which `status` names", async () => {
    await using queue = stage.open()
    expect(await queue.status()).not.toHaveProperty("openTransaction")
    const reader = new pg.Client({
      connectionString: stage.server.url,
      application_name: "the report",
    })
    await reader.connect()
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class")
    // A minute by the clock of the server.
    await untilTrue(async () => (await queue.status()).openTransaction !== undefined, 120_000)
    expect((await queue.status()).openTransaction).toMatchObject({ application: "the report" })
    await reader.query("COMMIT")
    expect(await queue.status()).not.toHaveProperty("openTransaction")
    await reader.end()
  }, 150_000)

  test.each([
    ["read", "SELECT * FROM @schema.read_state(@bots, @spaces, @keys)"],
    ["written", "SELECT @schema.write_state(@writes, '{1,2}')"],
    ["written under guards", "SELECT @schema.write_state(@guarded, '{1,2}')"],
    ["swept", "SELECT @schema.sweep_state(64)"],
  ])("for values that are %s does not grow with the number of values", async (_, statement) => {
    const few = await pagesOfState(statement, 1_000)
    const many = await pagesOfState(statement, 100_000)
    expect(few).toBeGreaterThan(30)
    expect(many).toBeLessThan(few * 2)
  })

  /** Returns the number of pages that a statement for 64 of `values` values touches. */
  async function pagesOfState(statement: string, values: number): Promise<number> {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    await stage.pool.query(
      `INSERT INTO ${schema}.state (bot_id, space, key, json, version, expires_at)
         SELECT 1, 'chat', n, repeat('x', 500), n, CASE WHEN n % 10 = 0 THEN 1 END
         FROM generate_series(1, ${values}) n;
       ANALYZE ${schema}.state`,
    )
    const numbers = Array.from({ length: 64 }, (_, index) => index * 10 + 1)
    const writes = numbers.map((n) => ({ bot_id: 1, space: "chat", key: `${n}`, json: "1" }))
    const guarded = writes.map((write, index) => ({ ...write, if_version: numbers[index] }))
    const endings = (all: readonly object[]) => [
      { ending: 1, writes: all.slice(0, 32) },
      { ending: 2, writes: all.slice(32) },
    ]
    const text = statement
      .replace("@schema", schema)
      .replace("@bots", `'{${numbers.map(() => 1).join(",")}}'`)
      .replace("@spaces", `'{${numbers.map(() => "chat").join(",")}}'`)
      .replace("@keys", `'{${numbers.join(",")}}'`)
      .replace("@writes", `'${JSON.stringify(endings(writes))}'`)
      .replace("@guarded", `'${JSON.stringify(endings(guarded))}'`)
    return pagesOf(text)
  }

  test("for timers that are due does not grow with the number of timers that wait", async () => {
    const pagesOfDue = async (waiting: number) => {
      const schema = stage.newSchema()
      await migratePostgresQueue(stage.pool, { schema })
      await stage.pool.query(
        `INSERT INTO ${schema}.timers (bot_id, name, due_at, lane, own)
           SELECT 1, 'timer ' || n, CASE WHEN n <= 64 THEN n ELSE 4102444800000 + n END, n,
             '{"name":"tea","lane":"' || n || '"}'
           FROM generate_series(1, ${waiting}) n;
         ANALYZE ${schema}.timers`,
      )
      return pagesOf(`SELECT ${schema}.put_due(64)`)
    }
    const few = await pagesOfDue(1_000)
    const many = await pagesOfDue(100_000)
    expect(few).toBeGreaterThan(64)
    expect(many).toBeLessThan(few * 2)
  })

  test("by an idle worker is one query per `pollMs`, which writes nothing", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, pollMs: 500 })
    const abort = new AbortController()
    const taking = queue.take(abort.signal)
    await untilTrue(async () => (await calls(schema, "work")) > 0)
    const wal = async () =>
      (
        await stage.server.ask<{ at: string }>("SELECT pg_current_wal_insert_lsn() - '0/0' AS at")
      )[0]?.at
    const began = performance.now()
    const before = await calls(schema, "work")
    const walBefore = Number(await wal())
    await sleep(2_000)
    const asked = (await calls(schema, "work")) - before
    // The statistics may be late by a query or two.
    expect(asked).toBeLessThan(4 + (performance.now() - began) / 500)
    // Statistics and the lease may write a little; a row lock per query would write more.
    expect(Number(await wal()) - walBefore).toBeLessThan(50_000)
    abort.abort()
    await expect(taking).rejects.toThrow()
  })

  test("for one update is to wake one of many workers", async () => {
    const schema = stage.newSchema()
    await using receiver = stage.open({ schema })
    const options = { schema, listen: stage.pool, pollMs: 600_000 }
    const workers = Array.from({ length: 4 }, () => stage.open(options))
    const taken: number[] = []
    const abort = new AbortController()
    for (const worker of workers) {
      void (async () => {
        for (;;) {
          const delivery = await worker.take(abort.signal)
          taken.push(delivery.update.update_id)
          await delivery.done()
        }
      })().catch(() => {})
    }
    await untilTrue(async () => {
      const rows = await stage.server
        .ask<{ count: string }>(`SELECT count(channel) FROM ${schema}.workers`)
        .catch(() => [])
      return rows[0]?.count === "4"
    })
    // By now, each worker has queried once after its LISTEN.
    await sleep(500)
    const before = await calls(schema, "work")
    for (let id = 1; id <= 20; id++) {
      await receiver.put({ botId: 1, update: updateOf(id, id) })
      await untilTrue(() => taken.length === id)
    }
    await untilTrue(async () => (await receiver.status()).running === 0)
    await sleep(1_200)
    // Two calls per update, for its take and for its end with the next take, and none by the other workers.
    expect((await calls(schema, "work")) - before).toBeLessThan(20 * 3)
    abort.abort()
    for (const worker of workers) await worker[Symbol.asyncDispose]()
  })

  test("for an id that is remembered for a day is at most 60 bytes", async () => {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    const rounds = 100
    const each = 1_000
    for (let round = 0; round < rounds; round++) {
      // Ten bots, whose ids grow independently.
      await stage.pool.query(
        `SELECT ${schema}.remember(k.keys, ${schema}.known(k.keys), ${each})
         FROM (SELECT ${schema}.keys_of(array_agg(1000000000 + n % 10),
           array_agg(700000000 + ${round * each} / 10 + n / 10)) AS keys
           FROM generate_series(0, ${each - 1}) n) k`,
      )
    }
    const [size] = await stage.server.ask<{ bytes: string; count: string }>(
      `SELECT pg_total_relation_size('${schema}.ids_0') AS bytes,
        (SELECT count(*) FROM ${schema}.ids_0) AS count`,
    )
    expect(Number(size?.count)).toBe(rounds * each)
    expect(Number(size?.bytes) / Number(size?.count)).toBeLessThanOrEqual(60)
  })

  test("for forgotten ids is to empty whole tables, without the ids of waiting updates", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const put = (id: number) => queue.put({ botId: 1, update: updateOf(id, id) })
    for (const id of [1, 2]) await put(id)
    await (await queue.take(signal())).done()
    const age =
      "UPDATE x.turn SET since = since - interval '1 day'; UPDATE x.updates SET put_at = put_at - interval '2 days'"
    for (let turn = 0; turn < 3; turn++) {
      await stage.pool.query(age.replaceAll("x.", `${schema}.`))
      const [row] = await stage.server.ask<{ is: boolean }>(
        `SELECT ${schema}.rotate(86400000) AS is`,
      )
      expect(row?.is).toBe(true)
    }
    expect(await stage.server.ask(`SELECT ${schema}.rotate(86400000) AS is`)).toEqual([
      { is: false },
    ])
    await put(2)
    expect(await queue.status()).toMatchObject({ waiting: 1 })
    await put(1)
    expect(await queue.status()).toMatchObject({ waiting: 2 })
  })
})
