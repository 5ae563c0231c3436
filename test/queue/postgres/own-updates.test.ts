import { expect, test } from "vitest"
import type { OwnPut } from "../../../src/queue/index.js"
import type { PostgresQueue } from "../../../src/queue/postgres/index.js"
import { ownContent } from "../../../src/telegram/own-update.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"

const stage = stageOfFile()
const soon = () => AbortSignal.timeout(60_000)

function own(name: string, lane: string): OwnPut {
  return { kind: "put", botId: 1, own: { name, lane } }
}

test("of two machines, each timer that is due is put once", withPostgres, async () => {
  const schema = stage.newSchema()
  await using one = stage.open({ schema })
  await using other = stage.open({ schema })
  const dueAt = Date.now() + 1_000
  const names = Array.from({ length: 1_000 }, (_, index) => `timer ${index}`)
  await one.state.write(names.map((name) => ({ ...own(name, name), dueAt, timer: name })))
  const seen: (string | undefined)[] = []
  const all = new AbortController()
  const work = async (queue: PostgresQueue) => {
    while (!all.signal.aborted) {
      const delivery = await queue.take(all.signal).catch(() => undefined)
      if (!delivery) return
      seen.push(ownContent(delivery.update)?.name)
      await delivery.done()
      if (seen.length >= names.length) setTimeout(() => all.abort(), 100)
    }
  }
  const workers = Array.from({ length: 8 }, () => [work(one), work(other)])
  await Promise.all(workers.flat())
  expect(new Set(seen)).toEqual(new Set(names))
  expect(seen).toHaveLength(names.length)
})

test("an own update of one machine wakes another that waits", withPostgres, async () => {
  const schema = stage.newSchema()
  await using one = stage.open({ schema })
  await using other = stage.open({ schema })
  const taken = other.take(soon())
  await one.state.write([own("paid", "7")])
  expect(ownContent((await taken).update)).toEqual({ name: "paid", lane: "7" })
})

test("100,000 own updates of one write are put in order", withPostgres, async () => {
  const schema = stage.newSchema()
  await using queue = stage.open({ schema })
  const count = 100_000
  await queue.state.write(Array.from({ length: count }, (_, index) => own(`${index}`, "7")))
  expect(await queue.status()).toMatchObject({ waiting: count })
  for (const name of ["0", "1", "2"]) {
    const delivery = await queue.take(soon())
    expect(ownContent(delivery.update)?.name).toBe(name)
    await delivery.done()
  }
  const { rows } = await stage.pool.query(
    `SELECT count(*) FROM (SELECT place - lag(place) OVER (ORDER BY update_id DESC) AS step
      FROM ${schema}.updates) s WHERE s.step <= 0`,
  )
  expect(rows).toEqual([{ count: "0" }])
})
