import { EventEmitter, once } from "node:events"
import { describe, expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import {
  type Delivery,
  type OwnPut,
  QueueClosed,
  StateConflict,
  type StateWrite,
} from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { findSqlite, rows } from "../../../src/queue/sqlite/sqlite-driver.js"
import { ownContent } from "../../../src/telegram/own-update.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
const soon = () => AbortSignal.timeout(60_000)
const key = (name: string) => ({ botId: 1, space: "test", key: name })

function set(name: string, more: { ifVersion?: number; expiresAt?: number } = {}): StateWrite {
  return { kind: "set", key: key(name), json: `"${name}"`, ...more }
}

/** Returns a delivery of a new update. */
async function delivered(queue: SqliteQueue, id: number) {
  await queue.put({ botId: 1, update: updateOf(id, id) })
  return queue.take(soon())
}

async function entryOf(queue: SqliteQueue, name: string) {
  const [entry] = await queue.state.read([key(name)])
  return entry
}

/** Runs SQL as another program. */
function bySql<Row extends Record<string, number>>(path: string, sql: string): Row[] {
  const database = findSqlite()(path)
  try {
    return rows<Row>(database.prepare(sql))
  } finally {
    database.close()
  }
}

function storedRows(path: string): number {
  return bySql<{ count: number }>(path, "SELECT count(*) count FROM state")[0]?.count ?? -1
}

test("values survive a restart, and a later value has a version that no earlier one had", async () => {
  const path = newPath()
  const versions: (number | undefined)[] = []
  for (let life = 0; life < 3; life++) {
    await using queue = new SqliteQueue({ path })
    const before = await entryOf(queue, "cart")
    expect(before?.version).toBe(versions.at(-1))
    await (await delivered(queue, 1 + life)).done([set("cart"), set("other")])
    versions.push((await entryOf(queue, "cart"))?.version)
    await queue.state.write([{ kind: "delete", key: key("other") }])
  }
  await using queue = new SqliteQueue({ path })
  await queue.state.write([{ kind: "delete", key: key("cart") }])
  await queue.state.write([set("cart")])
  versions.push((await entryOf(queue, "cart"))?.version)
  expect(versions).not.toContain(undefined)
  expect(new Set(versions).size).toBe(versions.length)
})

test("a file of the version before keeps its updates, and then keeps state", async () => {
  const path = newPath()
  {
    await using queue = new SqliteQueue({ path })
    await queue.put({ botId: 1, update: updateOf(7, 1) })
  }
  const database = findSqlite()(path)
  database.exec(
    "DROP TABLE state; DROP TABLE timers; DROP INDEX own_updates; PRAGMA user_version = 3",
  )
  database.exec("ALTER TABLE totals DROP COLUMN state_version")
  database.exec("ALTER TABLE totals DROP COLUMN own_id")
  database.close()
  await using queue = new SqliteQueue({ path })
  expect(queue.waiting).toBe(1)
  await (await queue.take(soon())).done([set("cart")])
  expect((await entryOf(queue, "cart"))?.json).toBe('"cart"')
})

describe("writes in conflict", () => {
  test("leave the delivery open for any end, also a retry", async () => {
    await using queue = new SqliteQueue({ path: newPath() })
    const delivery = await delivered(queue, 1)
    await expect(delivery.done([set("cart", { ifVersion: 5 })])).rejects.toThrow(StateConflict)
    expect(queue.waiting).toBe(0)
    await delivery.retry()
    const again = await queue.take(soon())
    expect([again.update.update_id, again.attempt]).toEqual([1, 2])
    await expect(again.done([set("cart", { ifVersion: 5 })])).rejects.toThrow(StateConflict)
    await again.setAside("too often")
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0, setAside: 1 })
  })

  test("of one transaction are judged in the order of the ends", async () => {
    await using queue = new SqliteQueue({ path: newPath() })
    const deliveries = []
    for (let id = 1; id <= 6; id++) deliveries.push(await delivered(queue, id))
    const writes: StateWrite[] = [
      set("cart", { ifVersion: 0 }),
      set("cart", { ifVersion: 0 }),
      set("cart", { ifVersion: 1 }),
      { kind: "delete", key: key("cart") },
      set("cart", { ifVersion: 0, expiresAt: 1 }),
      set("cart", { ifVersion: 0 }),
    ]
    const ends = await Promise.allSettled(
      deliveries.map(async (one, at) => one.done(writes.slice(at, at + 1))),
    )
    expect(ends.map(({ status }) => status)).toEqual([
      ...["fulfilled", "rejected", "rejected"],
      ...["fulfilled", "fulfilled", "fulfilled"],
    ])
    expect(await entryOf(queue, "cart")).toEqual({ json: '"cart"', version: 1 })
  })

  test("are judged again if their transaction has failed", async () => {
    const path = newPath()
    const events = new EventEmitter()
    const failed = once(events, "failed")
    await using queue = new SqliteQueue({
      path,
      logger: { ...silentLogger, error: () => events.emit("failed") },
    })
    await queue.state.write([set("cart")])
    const { version: ifVersion = 0 } = (await entryOf(queue, "cart")) ?? {}
    const [first, second] = [await delivered(queue, 1), await delivered(queue, 2)]
    const other = findSqlite()(path)
    other.exec("BEGIN IMMEDIATE")
    const done = first.done([set("cart", { ifVersion })])
    const late = expect(second.done([set("cart", { ifVersion })])).rejects.toThrow(StateConflict)
    await failed
    other.exec("ROLLBACK")
    other.close()
    await Promise.all([done, late])
    await second.done([set("cart", { ifVersion: ifVersion + 1 })])
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })

  test("are found, however many values were read since", async () => {
    await using queue = new SqliteQueue({ path: newPath() })
    await queue.state.write([set("cart")])
    const { version: ifVersion = 0 } = (await entryOf(queue, "cart")) ?? {}
    await queue.state.read(Array.from({ length: 3_000 }, (_, index) => key(`${index}`)))
    await expect(queue.state.write([set("cart", { ifVersion: 77 })])).rejects.toThrow(StateConflict)
    await queue.state.write([set("cart", { ifVersion })])
    await expect(queue.state.write([set("cart", { ifVersion })])).rejects.toThrow(StateConflict)
  })
})

test("writes of no update are refused while the file cannot be written, and can be read from it", async () => {
  const path = newPath()
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  await queue.state.write([set("cart")])
  const other = findSqlite()(path)
  other.exec("BEGIN IMMEDIATE")
  await expect(queue.state.write([set("late")])).rejects.toMatchObject({ code: "storage-locked" })
  expect((await entryOf(queue, "cart"))?.json).toBe('"cart"')
  other.exec("ROLLBACK")
  other.close()
  expect(await entryOf(queue, "late")).toBeUndefined()
  await queue.state.write([set("late")])
})

test("a value that a failed transaction has written is not read", async () => {
  const path = newPath()
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  await queue.state.write([set("cart")])
  const other = findSqlite()(path)
  other.exec(`CREATE TRIGGER refuse BEFORE UPDATE OF state_version ON totals
    BEGIN SELECT RAISE(ABORT, 'refused'); END`)
  await expect(queue.state.write([{ kind: "set", key: key("cart"), json: "2" }])).rejects.toThrow()
  expect((await entryOf(queue, "cart"))?.json).toBe('"cart"')
  other.exec("DROP TRIGGER refuse")
  other.close()
})

test("writes are stored before the queue closes, and refused afterwards", async () => {
  const path = newPath()
  const queue = new SqliteQueue({ path })
  const delivery = await delivered(queue, 1)
  const writes = [Promise.resolve(delivery.done([set("cart")])), queue.state.write([set("user")])]
  await queue[Symbol.asyncDispose]()
  await Promise.all(writes)
  await expect(queue.state.read([key("cart")])).rejects.toThrow(QueueClosed)
  await expect(queue.state.write([set("cart")])).rejects.toThrow(QueueClosed)
  await using reopened = new SqliteQueue({ path })
  const found = await reopened.state.read([key("cart"), key("user")])
  expect(found.map((entry) => entry?.json)).toEqual(['"cart"', '"user"'])
})

test("own updates and timers survive the end of the process, and ids do not repeat", async () => {
  const path = newPath()
  const own = (name: string): OwnPut => ({ kind: "put", botId: 1, own: { name, lane: "7" } })
  const dueAt = Date.now() + 2_000
  const timers = ["late", "gone", "replaced"].map((timer) => ({ ...own(timer), dueAt, timer }))
  {
    await using queue = new SqliteQueue({ path })
    await queue.state.write([own("first"), ...timers])
    await queue.state.write([
      { kind: "cancel", botId: 1, timer: "gone" },
      { ...own("newer"), dueAt: dueAt + 1, timer: "replaced" },
    ])
  }
  await using queue = new SqliteQueue({ path })
  await queue.state.write([own("second")])
  const taken: { name: string | undefined; id: number; isDue: boolean }[] = []
  for (let count = 0; count < 4; count += 1) {
    const delivery = await queue.take(soon())
    const { update_id: id } = delivery.update
    taken.push({ name: ownContent(delivery.update)?.name, id, isDue: Date.now() >= dueAt })
    await delivery.done()
  }
  expect(taken.map(({ name }) => name)).toEqual(["first", "second", "late", "newer"])
  expect(new Set(taken.map(({ id }) => id)).size).toBe(4)
  expect(taken.slice(2).map(({ isDue }) => isDue)).toEqual([true, true])
  expect(await queue.highestId(1)).toBeUndefined()
})

test("3,000 timers that are due at once put their updates, in order, beyond the capacity", async () => {
  await using queue = new SqliteQueue({ path: newPath(), capacity: 10 })
  const dueAt = Date.now() + 100
  const names = Array.from({ length: 3_000 }, (_, index) => `${index}`)
  await queue.state.write(
    names.map((name): OwnPut => ({ kind: "put", botId: 1, own: { name, lane: name }, dueAt })),
  )
  // Taken together and ended together, because each end of a lane's update would wait for the disk.
  const deliveries: Delivery[] = []
  for (const name of names) {
    const delivery = await queue.take(soon())
    expect(ownContent(delivery.update)?.name).toBe(name)
    deliveries.push(delivery)
  }
  await Promise.all(deliveries.map(async (delivery) => delivery.done()))
})

test("a damaged value is named in the error, and can be replaced", async () => {
  const path = newPath()
  {
    await using queue = new SqliteQueue({ path })
    await queue.state.write([set("cart"), set("user")])
  }
  bySql(path, "UPDATE state SET json = x'22ff22' WHERE key = 'cart' RETURNING version")
  await using queue = new SqliteQueue({ path })
  const read = queue.state.read([key("user"), key("cart")])
  await expect(read).rejects.toMatchObject({ code: "storage-corrupted" })
  await expect(read).rejects.toThrow('The value "cart" of "test" of bot 1 is damaged')
  expect((await entryOf(queue, "user"))?.json).toBe('"user"')
  await queue.state.write([set("cart")])
  expect((await entryOf(queue, "cart"))?.json).toBe('"cart"')
})

describe("expired values", () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `${index}`)
  const soonExpired = () => Date.now() + 250

  async function untilPast(time: number): Promise<void> {
    while (Date.now() <= time) await new Promise((resolve) => setImmediate(resolve))
  }

  test("are removed a few at a time by later writes, also if these expire, too", async () => {
    const path = newPath()
    await using queue = new SqliteQueue({ path })
    const expiresAt = soonExpired()
    // In one write: a second one of a busy machine would be a later write, which removes values.
    const lasting = [set("stays"), set("later", { expiresAt: expiresAt + 3_600_000 })]
    await queue.state.write([...names.map((name) => set(name, { expiresAt })), ...lasting])
    await untilPast(expiresAt)
    expect(storedRows(path)).toBe(1_002)
    expect(await queue.state.read(names.map(key))).toEqual(names.map(() => undefined))
    await (await delivered(queue, 1)).done()
    const left = storedRows(path)
    expect(left).toBeGreaterThan(500)
    expect(left).toBeLessThan(1_002)
    for (let id = 2; storedRows(path) > 2; id++) {
      expect(id).toBeLessThan(30)
      await (await delivered(queue, id)).done([set(`${id}`, { expiresAt: 1 })])
    }
    expect((await queue.state.read([key("stays"), key("later")])).every(Boolean)).toBe(true)
  })

  test("are removed also when the file is opened", async () => {
    const path = newPath()
    const expiresAt = soonExpired()
    {
      await using queue = new SqliteQueue({ path })
      await queue.state.write(names.slice(0, 50).map((name) => set(name, { expiresAt })))
    }
    await untilPast(expiresAt)
    await using _ = new SqliteQueue({ path })
    expect(storedRows(path)).toBe(0)
  })

  test("are found again after their removal has failed", async () => {
    const path = newPath()
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    const expiresAt = soonExpired()
    await queue.state.write([set("cart", { expiresAt })])
    await untilPast(expiresAt)
    const database = findSqlite()(path)
    const fail = `CREATE TRIGGER fails BEFORE UPDATE OF stored ON totals
      BEGIN SELECT RAISE(ABORT, 'no'); END`
    database.exec(fail)
    await expect(delivered(queue, 1)).rejects.toMatchObject({ code: "storage-failed" })
    expect(storedRows(path)).toBe(1)
    database.exec("DROP TRIGGER fails")
    database.close()
    await delivered(queue, 1)
    expect(storedRows(path)).toBe(0)
  })
})

test("a damaged timer is set aside and logged, and the other timers are put", async () => {
  const path = newPath()
  const due = (name: string): OwnPut => {
    return { kind: "put", botId: 1, own: { name, lane: "7" }, dueAt: Date.now() + 300 }
  }
  {
    await using queue = new SqliteQueue({ path })
    await queue.state.write([due("broken"), due("nameless"), due("whole")])
  }
  bySql(path, "UPDATE timers SET own = X'ff7b' WHERE number = 1 RETURNING number")
  bySql(path, "UPDATE timers SET own = '{}' WHERE number = 2 RETURNING number")
  const logger = new RecordingLogger()
  await using queue = new SqliteQueue({ path, logger })
  const delivery = await queue.take(soon())
  expect(ownContent(delivery.update)?.name).toBe("whole")
  await delivery.done()
  expect(await queue.status()).toMatchObject({ waiting: 0, timers: 0, setAside: 2 })
  expect(await queue.setAside()).toMatchObject([
    { botId: 1, lane: "timer", error: expect.stringContaining("is damaged") },
    { botId: 1, update: { update_id: expect.any(Number) } },
  ])
  expect(logger.errors).toHaveLength(2)
})
