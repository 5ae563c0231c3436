import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"

const signal = () => AbortSignal.timeout(60_000)
const body = (id: number, chat = 7) => JSON.stringify(updateOf(chat, id))
const lane = (chat = 7) => `${chat}`

/** Returns the SQL with which an older version created its schema. */
function schemaOf(version: 1 | 2 | 3): string {
  const read = (number: number) =>
    readFileSync(new URL(`older-schemas/version-${number}.sql`, import.meta.url), "utf8")
  return [1, 2, 3].slice(0, version).map(read).join("")
}

describe("a queue of an older version", withPostgres, () => {
  const stage = stageOfFile()

  async function makeOlder(version: 1 | 2 | 3): Promise<string> {
    const schema = stage.newSchema()
    await stage.pool.query(
      `CREATE SCHEMA ${schema};
       CREATE TABLE ${schema}.version (version integer NOT NULL);
       INSERT INTO ${schema}.version VALUES (${version});
       ${schemaOf(version).replaceAll("@schema", schema)}`,
    )
    return schema
  }

  /** Returns the statement of the older version's `put`. */
  const stored = (schema: string, ids: readonly number[]) =>
    stage.pool.query(`SELECT * FROM ${schema}.put($1, $2, $3, $4, 86400000, NULL)`, [
      ids.map(() => 1),
      ids,
      ids.map(() => lane()),
      ids.map((id) => body(id)),
    ])

  async function takeIds(queue: PostgresQueue, count: number): Promise<number[]> {
    const ids: number[] = []
    while (ids.length < count) {
      const delivery = await queue.take(signal())
      ids.push(delivery.update.update_id)
      await delivery.done()
    }
    return ids
  }

  test("without early updates: waiting updates are handled in order", async () => {
    const schema = await makeOlder(1)
    await stage.pool.query(
      `CREATE TABLE ${schema}.early (bot_id bigint, update_id bigint, lane text)`,
    )
    await stored(schema, [3, 4])
    await stage.pool.query(`DROP TABLE ${schema}.early`)
    expect(await migratePostgresQueue(stage.pool, { schema })).toEqual({ from: 1, to: 10 })
    await using queue = stage.open({ schema, migrate: false })
    await queue.put({ botId: 1, update: updateOf(7, 5) })
    expect(await takeIds(queue, 3)).toEqual([3, 4, 5])
  })

  test("keeps the waiting, parked and handled updates, and those that were set aside", async () => {
    const schema = await makeOlder(2)
    const large = 2 ** 40
    await stored(schema, [1, 2, large])
    await stage.pool.query(`SELECT * FROM ${schema}.put_early('{1}', '{3}', $1, $2, 86400000);`, [
      [lane()],
      [body(3)],
    ])
    await stage.pool.query(
      `INSERT INTO ${schema}.ids VALUES (1, 9, 0, now()), (-5, -9, 0, now());
       INSERT INTO ${schema}.set_aside (bot_id, update_id, lane, attempt, set_aside_at, error, body)
         VALUES (1, 8, '${lane()}', 5, now(), 'no', '${body(8)}')`,
    )
    expect(await migratePostgresQueue(stage.pool, { schema })).toEqual({ from: 2, to: 10 })
    await using queue = stage.open({ schema, migrate: false })
    for (const id of [1, 2, large, 3, 9]) await queue.put({ botId: 1, update: updateOf(7, id) })
    await queue.put({ botId: -5, update: updateOf(7, -9) })
    expect(await queue.status()).toMatchObject({ waiting: 4, setAside: 1 })
    expect(await queue.highestId(1)).toBe(large)
    expect(await queue.highestId(-5)).toBeUndefined()
    expect(await takeIds(queue, 4)).toEqual([1, 2, large, 3])
  })

  test("frees the updates of its workers when they miss their renewals", async () => {
    const schema = await makeOlder(2)
    await stored(schema, [1])
    await stage.pool.query(
      `SELECT ${schema}.join_workers(300, false);
       SELECT * FROM ${schema}.work((SELECT id FROM ${schema}.workers), '{}', '{}', '{}', '{}', '{}',
         '{}', '{}', '{}', 1, -1, NULL, '{}', '{}')`,
    )
    await migratePostgresQueue(stage.pool, { schema })
    await stage.pool.query(`UPDATE ${schema}.workers SET lease_ms = 300`)
    await using queue = stage.open({ schema, migrate: false })
    expect((await queue.take(signal())).attempt).toBe(2)
  })
  test("without state: keeps the waiting updates and ids, and stores writes", async () => {
    const schema = await makeOlder(3)
    await stage.pool.query(`SELECT * FROM ${schema}.put('{1,1}', '{1,2}', $1, $2, NULL, NULL)`, [
      [lane(), lane()],
      [body(1), body(2)],
    ])
    expect(await migratePostgresQueue(stage.pool, { schema })).toEqual({ from: 3, to: 10 })
    await using queue = stage.open({ schema, migrate: false })
    const key = { botId: 1, space: "session", key: lane() }
    expect(await queue.state.read([key])).toEqual([undefined])
    await (await queue.take(signal())).done([{ kind: "set", key, json: "1" }])
    expect(await queue.state.read([key])).toMatchObject([{ json: "1" }])
    expect(await takeIds(queue, 1)).toEqual([2])
    await queue.put({ botId: 1, update: updateOf(7, 1) })
    expect(await queue.status()).toMatchObject({ waiting: 0 })
  })
})
