import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { describe, expect, test } from "vitest"
import { StorageError } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { sqliteCrashPoints } from "../../../src/queue/sqlite/crash-points.js"
import { migrate } from "../../../src/queue/sqlite/schema.js"
import { findSqlite, rows } from "../../../src/queue/sqlite/sqlite-driver.js"
import { toStorageError } from "../../../src/queue/sqlite/sqlite-failure.js"
import { StoredLane } from "../../../src/queue/sqlite/stored-lane.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

describe("SQLite is found", () => {
  class Database {
    readonly path: string
    constructor(path: string) {
      this.path = path
    }
  }

  const loading = (modules: Record<string, unknown>) => (name: string) => {
    if (name in modules) return modules[name]
    throw new Error(`Cannot find module '${name}'`)
  }

  test("in Node, before libsql is looked for", () => {
    const open = findSqlite(loading({ "node:sqlite": { DatabaseSync: Database } }))
    expect(open("a.db")).toMatchObject({ path: "a.db" })
  })

  test("in libsql, if Node has none", () => {
    expect(findSqlite(loading({ libsql: Database }))("a.db")).toMatchObject({ path: "a.db" })
  })

  test("in libsql, if Node's module has no usable class", () => {
    const open = findSqlite(loading({ "node:sqlite": {}, libsql: Database }))
    expect(open("a.db")).toMatchObject({ path: "a.db" })
  })

  test("nowhere: the error names both ways to get it", () => {
    const find = () => findSqlite(loading({}))
    expect(find).toThrow(StorageError)
    expect(find).toThrow(/no usable node:sqlite .* the package libsql could not be loaded/)
    expect(find).toThrow(/Use a newer Node, or `npm install libsql`/)
  })
})

describe("an error of SQLite becomes an error that says what to do", () => {
  test.each([
    [{ errcode: 13 }, "storage-full", "make room"],
    [{ rawCode: 13 }, "storage-full", "make room"],
    [{ errcode: 5 + (1 << 8) }, "storage-locked", "end it"],
    [{ rawCode: 6 }, "storage-locked", "end it"],
    [{ errcode: 8 }, "storage-read-only", "must be able to write"],
    [{ errcode: 10 + (4 << 8) }, "storage-failed", "check the disk and its free space"],
    [{ rawCode: 11 }, "storage-corrupted", "move the file away"],
    [{ errcode: 26 }, "storage-corrupted", "move the file away"],
    [{ errcode: 14 }, "storage-failed", "the folder must exist"],
    [{ message: "Unable to open connection" }, "storage-failed", "the folder must exist"],
    [{ errcode: 1 }, "storage-failed", "see the cause"],
  ])("%j is %s", (details, code, advice) => {
    const thrown = Object.assign(new Error("SQLite's words"), details)
    const error = toStorageError("/a/updates.db", thrown)
    expect(error).toMatchObject({ code, cause: thrown, name: "StorageError" })
    expect(error.message).toContain("/a/updates.db")
    expect(error.message).toContain(advice)
    expect(error.message).toContain(thrown.message)
  })

  test("a StorageError stays the same, and a thrown value that is no error is quoted", () => {
    const error = new StorageError("storage-newer", "newer")
    expect(toStorageError("a.db", error)).toBe(error)
    expect(toStorageError("a.db", "out of luck").message).toContain("out of luck")
    expect(toStorageError("a.db", undefined).code).toBe("storage-failed")
  })
})

describe("the schema", () => {
  const first = "CREATE TABLE letters (a TEXT); INSERT INTO letters VALUES ('a')"
  const second = "UPDATE letters SET a = a || 'b'"

  function opened() {
    return findSqlite()(newPath())
  }

  test("is brought to the newest version step by step, each once", () => {
    const database = opened()
    migrate(database, "a.db", [first])
    migrate(database, "a.db", [first, second])
    migrate(database, "a.db", [first, second])
    expect(rows(database.prepare("SELECT a FROM letters")).map(({ a }) => a)).toEqual(["ab"])
    database.close()
  })

  test("stays as it was if a step fails", () => {
    const database = opened()
    migrate(database, "a.db", [first])
    expect(() => migrate(database, "a.db", [first, second, "SELECT nonsense"])).toThrow(/nonsense/)
    expect(rows(database.prepare("SELECT a FROM letters")).map(({ a }) => a)).toEqual(["a"])
    migrate(database, "a.db", [first, second])
    expect(rows(database.prepare("SELECT a FROM letters")).map(({ a }) => a)).toEqual(["ab"])
    database.close()
  })

  test("that SQLite has rolled back itself fails with its own cause", () => {
    const database = opened()
    const rolledBack = `
      CREATE TRIGGER full BEFORE UPDATE ON letters BEGIN SELECT RAISE(ROLLBACK, 'no room'); END;
      ${second}`
    migrate(database, "a.db", [first])
    expect(() => migrate(database, "a.db", [first, rolledBack])).toThrow(/no room/)
    expect(rows(database.prepare("SELECT a FROM letters")).map(({ a }) => a)).toEqual(["a"])
    database.close()
  })

  test("newer than the program's is refused and left alone", () => {
    const database = opened()
    migrate(database, "a.db", [first, second])
    expect(() => migrate(database, "a.db", [first])).toThrow(/newer Sounder \(schema 2, .* knows 1/)
    database.close()
  })
})

test("a lane keeps its order through any number of updates", () => {
  const lane = new StoredLane(1, "7")
  const seen: number[] = []
  for (let sequence = 1; sequence <= 1_000; sequence++) {
    lane.append(sequence)
    if (sequence % 3 === 0) continue
    seen.push(lane.head)
    lane.shift()
  }
  for (; lane.head !== Infinity; lane.shift()) seen.push(lane.head)
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
})

test("every listed crash point is reached", async () => {
  const seen = new Set<unknown>()
  const listener = (step: unknown) => void seen.add(step)
  subscribe("sounder:sqlite", listener)
  await using queue = new SqliteQueue({ path: newPath() })
  await Promise.all([1, 2].map((id) => queue.put({ botId: 1, update: updateOf(7, id) })))
  const parked = queue.early.park({ botId: 1, update: updateOf(7, 3) })
  parked.unpark()
  await parked.put
  const take = () => queue.take(AbortSignal.timeout(60_000))
  await (await take()).retry()
  await (await take()).handBack()
  await (await take()).setAside("no")
  const key = (name: string) => ({ botId: 1, space: "test", key: name })
  const last = await take()
  await last.done([
    { kind: "set", key: key("expired"), json: "1", expiresAt: 1 },
    { kind: "delete", key: key("none") },
  ])
  unsubscribe("sounder:sqlite", listener)
  expect(seen).toEqual(new Set(sqliteCrashPoints))
})
