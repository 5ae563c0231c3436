import { subscribe, unsubscribe } from "node:diagnostics_channel"
import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import type { Delivery } from "../../../src/queue/index.js"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { untilTrue } from "../../support/waiting.js"

const signal = () => AbortSignal.timeout(60_000)

describe("a PostgresQueue next to an open transaction", withPostgres, () => {
  // The tests count pages; durability is the subject of other tests.
  const stage = stageOfFile(["fsync=off", "autovacuum=off"])

  /** Fills a schema with lanes of one update, as `put` would. */
  async function fill(schema: string, lanes: number): Promise<void> {
    await migratePostgresQueue(stage.pool, { schema })
    await stage.pool.query(
      `INSERT INTO ${schema}.lanes (bot_id, lane, place) SELECT 1, n::text, n
         FROM generate_series(1, ${lanes}) n;
       INSERT INTO ${schema}.updates (bot_id, lane, place, update_id, put_at, body)
         SELECT 1, n::text, n, n, now(), '{"update_id":' || n || '}'
         FROM generate_series(1, ${lanes}) n`,
    )
  }

  /** Opens a transaction that holds all locks of a backup. */
  async function openBackup(schema: string): Promise<void> {
    const reader = new pg.Client(stage.server.url)
    await reader.connect()
    onTestFinished(() => reader.end())
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
    for (const table of ["lanes", "updates", "early", "timers", "turn", "workers"])
      await reader.query(`SELECT count(*) FROM ${schema}.${table}`)
  }

  async function eraOf(schema: string): Promise<number> {
    const { rows } = await stage.pool.query<{ era: number }>(`SELECT era FROM ${schema}.turn`)
    return rows[0]?.era ?? NaN
  }

  /** Returns the number of pages that a search for a ready lane touches. */
  async function pagesOfSearch(schema: string): Promise<number> {
    const rows = await stage.server.ask<{ "QUERY PLAN": string }>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING off) SELECT * FROM ${schema}.work(
        (SELECT ${schema}.join_workers(60000, NULL)), '{}', '{}', '{}', '{}', '{}', '{}', '{}', 1, -1, NULL, '{}',
        '{}', NULL)`,
    )
    const line = rows.map((row) => row["QUERY PLAN"]).find((text) => text.includes("Buffers:"))
    return [...(line ?? "").matchAll(/(?:hit|read)=(\d+)/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    )
  }

  test("passes the rows that the transaction keeps once, and then begins an era without them", async () => {
    const schema = stage.newSchema()
    const lanes = 50_000
    const usual = stage.newSchema()
    await fill(usual, 8)
    await fill(schema, lanes)
    await openBackup(schema)
    await stage.pool.query(
      `DELETE FROM ${schema}.lanes WHERE place <= ${lanes - 8};
       DELETE FROM ${schema}.updates WHERE place <= ${lanes - 8}`,
    )
    await using queue = stage.open({ schema })
    const before = await queue.take(signal())
    await untilTrue(async () => (await eraOf(schema)) === 1)
    expect(await pagesOfSearch(schema)).toBeLessThan((await pagesOfSearch(usual)) + 100)

    const lane = Number(before.lane)
    await queue.put({ botId: 1, update: updateOf(lane, lanes + 1) })
    await before.done()
    const taken: Delivery[] = []
    // `pagesOfSearch` holds one of the eight lanes.
    while (taken.length < 7) taken.push(await queue.take(signal()))
    expect(taken.at(-1)?.update.update_id).toBe(lanes + 1)
    for (const delivery of taken) await delivery.done()
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 1 })
  })

  test("the close of a queue awaits the era that the last call begins", async () => {
    const schema = stage.newSchema()
    await fill(schema, 50_000)
    await openBackup(schema)
    await stage.pool.query(`DELETE FROM ${schema}.lanes; DELETE FROM ${schema}.updates`)
    // The era waits for this lock until its time limit.
    const reader = new pg.Client(stage.server.url)
    await reader.connect()
    onTestFinished(() => reader.end())
    await reader.query(`BEGIN; LOCK TABLE ${schema}.turn IN ROW EXCLUSIVE MODE`)
    const queue = stage.open({ schema })
    let closed: Promise<void> | undefined
    const onStep = (step: unknown) => {
      if (step === "work: sent") closed ??= queue[Symbol.asyncDispose]()
    }
    subscribe("sounder:postgres", onStep)
    onTestFinished(() => void unsubscribe("sounder:postgres", onStep))
    await expect(queue.take(signal())).rejects.toMatchObject({ code: "queue-closed" })
    await closed
    const begun = await stage.server.ask(
      `SELECT FROM pg_stat_activity
        WHERE state = 'active' AND query LIKE '%.begin_era(%' AND pid <> pg_backend_pid()`,
    )
    expect(begun).toEqual([])
  })

  test("loses and repeats nothing, and keeps the order, while eras begin under load", async () => {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    const queues = [stage.open({ schema }), stage.open({ schema })] as const
    onTestFinished(async () => {
      for (const queue of queues) await queue[Symbol.asyncDispose]()
    })
    const [chats, each] = [10, 30]
    const handled = new Map<string, number[]>()
    const all = new AbortController()
    let left = chats * each
    const handle = async (queue: PostgresQueue) => {
      for (;;) {
        const delivery = await queue.take(all.signal)
        const { update, lane } = delivery
        if (update.update_id % 7 === 0 && delivery.attempt === 1) {
          await delivery.retry({ delayMs: 1 })
          continue
        }
        handled.set(lane, [...(handled.get(lane) ?? []), update.update_id])
        await delivery.done()
        left -= 1
        if (left === 0) all.abort()
      }
    }
    const workers = queues.flatMap((queue) => Array.from({ length: 4 }, () => handle(queue)))
    let eras = 0
    const begin = async () => {
      for (; !all.signal.aborted; eras++)
        await stage.pool
          .query(`SELECT ${schema}.begin_era((SELECT era FROM ${schema}.turn), 1000)`)
          // The lock was not granted within 200 ms.
          .catch(() => {})
    }
    const beginning = begin()
    for (let id = 1; id <= each; id++) {
      await Promise.all(
        Array.from({ length: chats }, (_, chat) =>
          (id % 2 === 0 ? queues[0] : queues[1]).put({
            botId: 1,
            update: updateOf(chat + 1, chat * 1_000 + id),
          }),
        ),
      )
    }
    await Promise.allSettled(workers)
    await beginning
    expect(eras).toBeGreaterThan(5)
    expect(await eraOf(schema)).toBeGreaterThan(5)
    for (let chat = 0; chat < chats; chat++)
      expect(handled.get(`${chat + 1}`)).toEqual(
        Array.from({ length: each }, (_, index) => chat * 1_000 + index + 1),
      )
  })

  test("puts a timer that is due before all timers that the era has found", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    await queue.status()
    // The clock was ahead when the era began, and was then set back.
    await stage.pool.query(`UPDATE ${schema}.turn SET first_timer = 4102444800000`)
    const own = { name: "tea", lane: "7" }
    await queue.state.write([{ kind: "put", botId: 1, own, dueAt: Date.now() + 100, timer: "tea" }])
    expect((await queue.take(signal())).update).toMatchObject({ own })
  })

  test("begins no era while more lanes wait than can be moved at once", async () => {
    const schema = stage.newSchema()
    await fill(schema, 100)
    const begin = (limit: number) =>
      stage.pool.query(`SELECT ${schema}.begin_era(0, ${limit}) AS is_begun`)
    expect((await begin(99)).rows).toEqual([{ is_begun: false }])
    expect(await eraOf(schema)).toBe(0)
    expect((await begin(100)).rows).toEqual([{ is_begun: true }])
    expect(await eraOf(schema)).toBe(1)
  })
})
