import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { describe, expect, test } from "vitest"
import type { PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"
import { untilTrue } from "../../support/waiting.js"

const signal = () => AbortSignal.timeout(60_000)

describe("a parked update whose receiver has died", withPostgres, () => {
  const stage = stageOfFile()

  /** Parks an update of chat 7 that no receiver will unpark. */
  async function leaveParked(schema: string, id: number): Promise<void> {
    await using queue = stage.open({ schema })
    await queue.early.park({ botId: 1, update: updateOf(7, id) }).put
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

  test("is delivered before the next update of its chat", async () => {
    const schema = stage.newSchema()
    await leaveParked(schema, 5)
    await leaveParked(schema, 4)
    await using queue = stage.open({ schema })
    await queue.put({ botId: 1, update: updateOf(7, 6) })
    expect(await takeIds(queue, 3)).toEqual([4, 5, 6])
  })

  test("stays behind an earlier update, and does not hold up another chat", async () => {
    const schema = stage.newSchema()
    await leaveParked(schema, 5)
    await using queue = stage.open({ schema, leaseMs: 600_000 })
    await queue.put({ botId: 1, update: updateOf(8, 6) })
    await queue.put({ botId: 1, update: updateOf(7, 3) })
    expect(await takeIds(queue, 2)).toEqual([6, 3])
    await queue.put({ botId: 1, update: updateOf(7, 7) })
    expect(await takeIds(queue, 2)).toEqual([5, 7])
  })

  test("is known when Telegram sends it again", async () => {
    const schema = stage.newSchema()
    await leaveParked(schema, 5)
    await using queue = stage.open({ schema })
    expect(await queue.status()).toMatchObject({ waiting: 1, running: 0 })
    await queue.put({ botId: 1, update: updateOf(7, 5) })
    expect(await queue.status()).toMatchObject({ waiting: 1, running: 0 })
  })

  test("is delivered after a parked update with a lower id that was parked later", async () => {
    const schema = stage.newSchema()
    await leaveParked(schema, 5)
    await stage.pool.query(`UPDATE ${schema}.early SET put_at = put_at - interval '1 minute'`)
    await leaveParked(schema, 4)
    await using queue = stage.open({ schema, leaseMs: 600 })
    expect(await takeIds(queue, 2)).toEqual([4, 5])
  })

  test("is delivered before an update with a higher id that is unparked", async () => {
    const schema = stage.newSchema()
    await leaveParked(schema, 4)
    await using queue = stage.open({ schema, leaseMs: 600_000 })
    let come = () => {}
    const parked = queue.early.park({ botId: 1, update: updateOf(7, 5) })
    await parked.put
    come = () => parked.unpark()
    come()
    expect(await takeIds(queue, 2)).toEqual([4, 5])
  })

  test("is delivered after the first check, together with thousands of others", async () => {
    const schema = stage.newSchema()
    const ids = Array.from({ length: 5_000 }, (_, index) => index)
    await using queue = stage.open({ schema, leaseMs: 30_000 })
    await Promise.all(
      ids.map((id) => queue.early.park({ botId: 1, update: updateOf(id % 50, id) }).put),
    )
    await stage.pool.query(`UPDATE ${schema}.early SET put_at = put_at - interval '1 minute'`)
    let looks = 0
    const see = (step: unknown) => (looks += step === "lease: renewed" ? 1 : 0)
    subscribe("sounder:postgres", see)
    await (await queue.take(signal())).done()
    await untilTrue(async () => {
      const { rows } = await stage.pool.query(`SELECT FROM ${schema}.early LIMIT 1`)
      return rows.length === 0
    })
    unsubscribe("sounder:postgres", see)
    expect(looks).toBeLessThan(4)
  })

  test("is delivered after a lease, also if no other update comes", async () => {
    const schema = stage.newSchema()
    await leaveParked(schema, 5)
    await using queue = stage.open({ schema, leaseMs: 600 })
    expect(await takeIds(queue, 1)).toEqual([5])
  })
})
