import { describe, expect, test } from "vitest"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"

const signal = () => AbortSignal.timeout(60_000)
const put = (queue: PostgresQueue, id: number, chat = id) =>
  queue.put({ botId: 1, update: updateOf(chat, id) })

/** A queue whose functions read a clock that can be set, as that of the database's machine can. */
describe("when the clock of the database is set", withPostgres, () => {
  const stage = stageOfFile(["fsync=off"])

  async function withClock(): Promise<{
    schema: string
    set: (hours: number) => Promise<unknown>
  }> {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    await stage.pool.query(
      `CREATE TABLE ${schema}.moved (by interval NOT NULL);
       INSERT INTO ${schema}.moved VALUES ('0');
       CREATE FUNCTION ${schema}.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
         $$ SELECT pg_catalog.clock_timestamp() + m.by FROM ${schema}.moved m $$`,
    )
    const { rows } = await stage.pool.query<{ definition: string }>(
      `SELECT pg_get_functiondef(p.oid) AS definition FROM pg_proc p
       WHERE p.pronamespace = '${schema}'::regnamespace AND p.proname <> 'clock'`,
    )
    for (const { definition } of rows)
      await stage.pool.query(definition.replaceAll("clock_timestamp()", `${schema}.clock()`))
    const set = (hours: number) =>
      stage.pool.query(`UPDATE ${schema}.moved SET by = make_interval(hours => $1)`, [hours])
    return { schema, set }
  }

  test.each([1, -1])("by %d h, a living worker keeps its deliveries", async (hours) => {
    const { schema, set } = await withClock()
    await using holder = stage.open({ schema, migrate: false, leaseMs: 1_500 })
    await using other = stage.open({ schema, migrate: false, leaseMs: 1_500, pollMs: 20 })
    await put(holder, 1)
    const held = await holder.take(signal())
    const stolen = other.take(AbortSignal.timeout(4_500)).then(
      () => "taken",
      () => "nothing came",
    )
    await set(hours)
    expect(await stolen).toBe("nothing came")
    expect(held.signal?.aborted).toBe(false)
    await held.done()
  })

  test.each([1, -1])(
    "by %d h, the deliveries of a dead worker are taken over after its lease",
    async (hours) => {
      const { schema, set } = await withClock()
      await stage.pool.query(`SELECT ${schema}.join_workers(600, NULL)`)
      await using queue = stage.open({ schema, migrate: false, leaseMs: 600, pollMs: 20 })
      await put(queue, 1)
      await stage.pool.query(`UPDATE ${schema}.lanes SET epoch = 1, attempt = 1,
      holder = (SELECT min(id) FROM ${schema}.workers)`)
      await set(hours)
      expect((await queue.take(signal())).attempt).toBe(2)
    },
  )

  test.each([1, -1])("by %d h, the age of an update does not change", async (hours) => {
    const { schema, set } = await withClock()
    await using queue = stage.open({ schema, migrate: false, pollMs: 20 })
    await put(queue, 1)
    const first = await queue.take(signal())
    await put(queue, 2)
    await set(hours)
    await first.done()
    const second = await queue.take(signal())
    // The jump is seen with the answer before: what was put before it has waited a moment.
    expect(Date.now() - second.receivedAt).toBeLessThan(60_000)
    expect(Date.now() - second.receivedAt).toBeGreaterThan(-60_000)
  })

  test("back by an hour, a retry does not wait an hour longer", async () => {
    const { schema, set } = await withClock()
    await using queue = stage.open({ schema, migrate: false, pollMs: 20 })
    await put(queue, 1)
    await (await queue.take(signal())).retry({ delayMs: 500 })
    await set(-1)
    expect((await queue.take(signal())).attempt).toBe(2)
  })

  test("back by an hour, a parked update whose receiver has died is delivered", async () => {
    const { schema, set } = await withClock()
    const receiver = stage.open({ schema, migrate: false })
    await receiver.early.park({ botId: 1, update: updateOf(7, 1) }).put
    await receiver[Symbol.asyncDispose]()
    await set(-1)
    await using queue = stage.open({ schema, migrate: false, leaseMs: 600 })
    expect((await queue.take(signal())).update.update_id).toBe(1)
  })

  test("by an hour, a value expires by that clock, for all processes alike", async () => {
    const { schema, set } = await withClock()
    await using queue = stage.open({ schema, migrate: false })
    const key = { botId: 1, space: "session", key: "7" }
    const expiresAt = Date.now() + 1_800_000
    await queue.state.write([{ kind: "set", key, json: "1", expiresAt }])
    const [entry] = await queue.state.read([key])
    expect(entry).toMatchObject({ json: "1", expiresAt })
    await set(1)
    expect(await queue.state.read([key])).toEqual([undefined])
    const late = { kind: "set", key, json: "2", ifVersion: entry?.version ?? 0 } as const
    await expect(queue.state.write([late])).rejects.toMatchObject({ code: "state-conflict" })
    await queue.state.write([{ ...late, ifVersion: 0 }])
    await set(0)
    expect(await queue.state.read([key])).toMatchObject([{ json: "2" }])
  })

  test("on this machine instead, an update does not become stale", async () => {
    const { schema, set } = await withClock()
    await set(-1)
    await using queue = stage.open({ schema, migrate: false })
    await put(queue, 1)
    const delivery = await queue.take(signal())
    expect(Math.abs(Date.now() - delivery.receivedAt)).toBeLessThan(30_000)
  })
})
