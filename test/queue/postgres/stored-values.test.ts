import { describe, expect, test } from "vitest"
import pg from "pg"
import { silentLogger } from "../../../src/ground/logger.js"
import type { PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"

const signal = () => AbortSignal.timeout(60_000)

function put(queue: PostgresQueue, id: number, chat = id): Promise<void> {
  return queue.put({ botId: 1, update: updateOf(chat, id) })
}

async function takeIds(queue: PostgresQueue, count: number): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < count) {
    const delivery = await queue.take(signal())
    ids.push(delivery.update.update_id)
    await delivery.done()
  }
  return ids
}

describe("an update whose stored text was changed", withPostgres, () => {
  const stage = stageOfFile()

  test.each(['{"update_id":5,', "null", "5", "", "[]", '{"update_id":777}', "\u{fffd}"])(
    "to %j is set aside, and the other updates of its batch and of its lane are handled",
    async (text) => {
      const schema = stage.newSchema()
      const logged: string[] = []
      const logger = { ...silentLogger, error: (line: string) => void logged.push(line) }
      await using queue = stage.open({ schema, logger })
      for (const id of [4, 5, 6]) await put(queue, id)
      await put(queue, 7, 5)
      await stage.pool.query(`UPDATE ${schema}.updates SET body = $1 WHERE update_id = 5`, [text])
      const ids = await takeIds(queue, 3)
      expect(new Set(ids)).toEqual(new Set([4, 6, 7]))
      expect(logged).toEqual([expect.stringContaining("update 5 of bot 1 is damaged")])
      const [aside] = await queue.setAside()
      expect(aside).toMatchObject({ botId: 1, update: { update_id: 5 }, attempt: 1 })
      expect(await queue.status()).toMatchObject({ waiting: 0, running: 0, setAside: 1 })
      // The row is still damaged: the update is set aside again.
      expect(await queue.replay({ botId: 1, updateId: 5 })).toBe(true)
      await put(queue, 8)
      expect(await takeIds(queue, 1)).toEqual([8])
      expect(await queue.drop({ botId: 1, updateId: 5 })).toBe(true)
    },
  )
})

describe("an update with values that PostgreSQL cannot store", withPostgres, () => {
  const stage = stageOfFile()
  const long = Array.from({ length: 5_000 }, (_, index) =>
    String.fromCodePoint(33 + ((index * 7919) % 5_000)),
  ).join("")

  test("in its lane waits in a replacement lane, which all updates of the same lane share", async () => {
    const lane = (update: { update_id: number }) =>
      update.update_id < 3 ? long : `${long}${update.update_id}`
    await using queue = stage.open({ lane })
    await Promise.all([1, 2, 3].map((id) => put(queue, id)))
    const first = await queue.take(signal())
    const other = await queue.take(signal())
    expect([first.update.update_id, other.update.update_id]).toEqual([1, 3])
    await first.done()
    expect(await takeIds(queue, 1)).toEqual([2])
    await other.done()
  })

  test("in its JSON text is stored as newly made JSON", async () => {
    await using queue = stage.open()
    const update = updateOf(7, 1)
    await queue.put({ botId: 1, update, json: '{"update_id":1,"\0":1}' })
    const delivery = await queue.take(signal())
    expect(delivery.update).toEqual(update)
    await delivery.done()
  })

  test("is refused alone, and updates of other lanes in its turn are stored", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    await put(queue, 0)
    await stage.pool.query(
      `ALTER TABLE ${schema}.updates ADD CONSTRAINT odd CHECK (update_id <> 37)`,
    )
    const ids = Array.from({ length: 100 }, (_, index) => index + 1)
    // 37 and 47 share a lane: 47 must not overtake it.
    const outcomes = await Promise.allSettled(ids.map((id) => put(queue, id, id === 47 ? 37 : id)))
    const refused = ids.filter((_, index) => outcomes[index]?.status === "rejected")
    expect(refused).toEqual([37, 47])
    expect(await queue.status()).toMatchObject({ waiting: 99 })
  })

  test("because of the database's encoding is refused before the first put", async () => {
    await stage.pool.query(
      "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
    )
    const { port } = stage.server
    const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "latin" })
    await using queue = stage.open({ pool, logger: silentLogger })
    await expect(put(queue, 1)).rejects.toMatchObject({
      code: "storage-failed",
      message: expect.stringContaining("The encoding of the database is LATIN1") as string,
    })
    await queue[Symbol.asyncDispose]()
    await pool.end()
  })

  test.each([0, Infinity, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER])(
    "is known for a `rememberMs` of %d",
    async (rememberMs) => {
      await using queue = stage.open({ rememberMs })
      await put(queue, 1)
      await put(queue, 1)
      expect(await takeIds(queue, 1)).toEqual([1])
      expect(await queue.status()).toMatchObject({ waiting: 0 })
    },
  )
})
