import { expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

/** Takes all updates of a queue, in its order. */
async function takenFrom(queue: SqliteQueue): Promise<number[]> {
  const taken: number[] = []
  while (queue.waiting > 0) {
    const delivery = await queue.take(AbortSignal.timeout(60_000))
    taken.push(delivery.update.update_id)
    await delivery.done()
  }
  return taken
}

test("an unparked update is not overtaken by a parked one, also after a restart", async () => {
  const path = newPath()
  {
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    await queue.put({ botId: 1, update: updateOf(7, 1000) })
    await queue.early.park({ botId: 1, update: updateOf(7, 1004) }).put
    const next = queue.early.park({ botId: 1, update: updateOf(7, 1002) })
    await next.put
    next.unpark()
    await queue.put({ botId: 1, update: updateOf(8, 1001) })
  }
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  expect(await takenFrom(queue)).toEqual([1000, 1002, 1001, 1004])
})

test("a parked update that was never unparked is delivered after a start, in the order of the ids", async () => {
  const path = newPath()
  {
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    for (const id of [9, 5, 7]) {
      await queue.early.park({ botId: 1, update: updateOf(7, id) }).put
    }
    await queue.put({ botId: 1, update: updateOf(7, 1) })
    expect((await queue.status()).waiting).toBe(4)
  }
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  expect(await takenFrom(queue)).toEqual([1, 5, 7, 9])
})

test("unparking an update that could not be stored unparks no other update", async () => {
  const path = newPath()
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  const early = (id: number) => queue.early.park({ botId: 1, update: updateOf(7, id) })
  const other = findSqlite()(path)
  other.exec("BEGIN IMMEDIATE")
  const refused = early(2)
  await expect(refused.put).rejects.toMatchObject({ code: "storage-locked" })
  other.exec("ROLLBACK")
  other.close()
  await early(3).put
  refused.unpark()
  await queue.put({ botId: 1, update: updateOf(8, 4) })
  expect((await queue.take(AbortSignal.timeout(60_000))).update.update_id).toBe(4)
})

test("a parked update is known when it is put or parked again", async () => {
  await using queue = new SqliteQueue({ path: newPath(), logger: silentLogger })
  const put = (id: number) => queue.put({ botId: 1, update: updateOf(7, id) })
  const park = (id: number) => queue.early.park({ botId: 1, update: updateOf(7, id) })
  await put(1)
  const first = park(5)
  first.unpark()
  first.unpark()
  await Promise.all([first.put, put(5), park(4).put, park(4).put])
  await Promise.all([put(5), put(4), park(5).put])
  expect(queue.waiting).toBe(3)
})
