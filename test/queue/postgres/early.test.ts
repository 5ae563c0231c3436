import { describe, expect, test } from "vitest"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { functions } from "../../../src/queue/postgres/functions.js"
import { migrateWith } from "../../../src/queue/postgres/migrate.js"
import { tables } from "../../../src/queue/postgres/tables.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const signal = () => AbortSignal.timeout(20_000)

describe("an update that came early, and whose receiver is gone,", withPostgres, () => {
  const stage = stageOfFile()

  /** Puts one of chat 7 that nobody says the turn of any more. */
  async function leaveEarly(schema: string, id: number): Promise<void> {
    await using queue = stage.open({ schema })
    await queue.put({ botId: 1, update: updateOf(7, id), onTurn: () => {} })
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

  test("goes in front of the next one of its chat", async () => {
    const schema = stage.newSchema()
    await leaveEarly(schema, 5)
    await leaveEarly(schema, 4)
    await using queue = stage.open({ schema })
    await queue.put({ botId: 1, update: updateOf(7, 6) })
    expect(await takeIds(queue, 3)).toEqual([4, 5, 6])
  })

  test("stays behind one that came before it, and does not hold up another chat", async () => {
    const schema = stage.newSchema()
    await leaveEarly(schema, 5)
    await using queue = stage.open({ schema, leaseMs: 60_000 })
    await queue.put({ botId: 1, update: updateOf(8, 6) })
    await queue.put({ botId: 1, update: updateOf(7, 3) })
    expect(await takeIds(queue, 2)).toEqual([6, 3])
    await queue.put({ botId: 1, update: updateOf(7, 7) })
    expect(await takeIds(queue, 2)).toEqual([5, 7])
  })

  test("is known when it comes again", async () => {
    const schema = stage.newSchema()
    await leaveEarly(schema, 5)
    await using queue = stage.open({ schema })
    expect(await queue.status()).toMatchObject({ waiting: 1, running: 0 })
    await queue.put({ botId: 1, update: updateOf(7, 5) })
    expect(await queue.status()).toMatchObject({ waiting: 1, running: 0 })
  })

  test("comes after a lease where nothing else does", async () => {
    const schema = stage.newSchema()
    await leaveEarly(schema, 5)
    await using queue = stage.open({ schema, leaseMs: 600 })
    expect(await takeIds(queue, 1)).toEqual([5])
  })

  test("can be kept in a queue that was made before there were such", async () => {
    const schema = stage.newSchema()
    await migrateWith(stage.pool, schema, [tables + functions])
    expect(await migratePostgresQueue(stage.pool, { schema })).toEqual({ from: 1, to: 2 })
    await leaveEarly(schema, 5)
    await using queue = stage.open({ schema, migrate: false })
    await queue.put({ botId: 1, update: updateOf(7, 6) })
    expect(await takeIds(queue, 2)).toEqual([5, 6])
  })
})
