import { existsSync } from "node:fs"
import { beforeAll, describe, expect, test } from "vitest"
import { StorageError } from "../../../src/queue/index.js"
import { SqliteQueue, SqliteQueueFile } from "../../../src/queue/sqlite/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { built } from "../../support/built.js"
import { untilTrue } from "../../support/waiting.js"
import { Conversation } from "./conversation.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
const soon = () => AbortSignal.timeout(60_000)
const reference = (updateId: number) => ({ botId: 1, updateId })

beforeAll(built)

/** Creates a queue with updates of separate chats, of which the first ones were set aside. */
async function queueWith(path: string, updates: number, aside: number): Promise<SqliteQueue> {
  const queue = new SqliteQueue({ path })
  const ids = Array.from({ length: updates }, (_, index) => index + 1)
  await Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(id, id) })))
  for (let count = 0; count < aside; count++) {
    await (await queue.take(soon())).setAside(new Error("no luck"))
  }
  return queue
}

describe("next to the process that runs the queue", () => {
  test("it reports the number of updates, and those that were set aside", async () => {
    const path = newPath()
    await using queue = await queueWith(path, 5, 2)
    await queue.take(soon())
    await using file = new SqliteQueueFile({ path })
    expect(await file.status()).toEqual(await queue.status())
    expect(await file.status()).toMatchObject({ waiting: 2, running: 1, setAside: 2 })
    expect(await file.setAside()).toEqual(await queue.setAside())
    expect(await file.setAside({ limit: 1 })).toHaveLength(1)
  })

  test("an update that waits for its next attempt counts as waiting", async () => {
    const path = newPath()
    await using queue = await queueWith(path, 1, 0)
    await (await queue.take(soon())).retry({ delayMs: 60_000 })
    await using file = new SqliteQueueFile({ path })
    expect(await file.status()).toMatchObject({ waiting: 1, running: 0 })
  })

  test("that process replays and drops on request, and delivers to a waiting worker", async () => {
    const path = newPath()
    await using queue = await queueWith(path, 3, 3)
    await using file = new SqliteQueueFile({ path })
    const taking = queue.take(soon())
    expect(await Promise.all([file.replay(reference(2)), file.drop(reference(1))])).toEqual([
      true,
      true,
    ])
    const { update, attempt } = await taking
    expect([update.update_id, attempt]).toEqual([2, 1])
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 1, setAside: 1 })
    expect(await file.drop(reference(1))).toBe(false)
  })

  test("a process of its own does so, too", async () => {
    const path = newPath()
    await (await queueWith(path, 1, 1))[Symbol.asyncDispose]()
    await using other = new Conversation(path)
    expect(await other.tell("open")).toEqual({})
    await using file = new SqliteQueueFile({ path })
    expect(await file.replay(reference(1))).toBe(true)
    expect(await other.tell("take")).toEqual({ value: 1 })
  })

  test("a process that hangs is named in the error, and the request is withdrawn", async () => {
    const path = newPath()
    await (await queueWith(path, 1, 1))[Symbol.asyncDispose]()
    // This process has the lock like a queue, and handles no requests.
    const lock = findSqlite()(`${path}.lock`)
    lock.exec("BEGIN EXCLUSIVE")
    await using file = new SqliteQueueFile({ path, waitMs: 100 })
    const error: unknown = await file.replay(reference(1)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StorageError)
    expect(error).toMatchObject({ code: "storage-in-use" })
    expect(String(error)).toContain(
      "did not carry out the replay within 100 ms, and the request was withdrawn",
    )
    lock.close()
    await using queue = new SqliteQueue({ path })
    expect(await queue.status()).toMatchObject({ waiting: 0, setAside: 1 })
  })

  test("a request to a process that has died is carried out at the next start", async () => {
    const path = newPath()
    await (await queueWith(path, 1, 1))[Symbol.asyncDispose]()
    const lock = findSqlite()(`${path}.lock`)
    lock.exec("BEGIN EXCLUSIVE")
    await using file = new SqliteQueueFile({ path })
    const asked = file.replay(reference(1))
    lock.close()
    await using queue = new SqliteQueue({ path })
    expect(await asked).toBe(true)
    expect((await queue.take(soon())).update.update_id).toBe(1)
  })
})

describe("without a process that runs the queue", () => {
  test("it replays and drops by itself, and leaves the file to the next process", async () => {
    const path = newPath()
    await (await queueWith(path, 4, 3))[Symbol.asyncDispose]()
    await using file = new SqliteQueueFile({ path })
    const done = [file.replay(reference(3)), file.drop(reference(1)), file.replay(reference(9))]
    expect(await Promise.all(done)).toEqual([true, true, false])
    expect(await file.status()).toMatchObject({ waiting: 2, running: 0, setAside: 1 })
    await using queue = new SqliteQueue({ path })
    const taken = [await queue.take(soon()), await queue.take(soon())]
    expect(taken.map(({ update }) => update.update_id)).toEqual([4, 3])
  })

  test("a missing file is named in the error, and is not created", () => {
    const path = newPath()
    expect(() => new SqliteQueueFile({ path })).toThrow(`There is no file ${path}`)
    expect(existsSync(path)).toBe(false)
  })

  test("a file of an older version is refused, with advice", async () => {
    const path = newPath()
    await (await queueWith(path, 0, 0))[Symbol.asyncDispose]()
    const database = findSqlite()(path)
    database.exec("PRAGMA user_version = 1")
    database.close()
    expect(() => new SqliteQueueFile({ path })).toThrow("Start the bot once with this version")
  })
})

describe("a queue that takes over a file", () => {
  test("opens it as soon as the process before it has closed it", async () => {
    const path = newPath()
    const first = await queueWith(path, 1, 0)
    const opening = SqliteQueue.open({ path })
    await using file = new SqliteQueueFile({ path })
    await untilTrue(async () => (await file.status()).waiting === 1)
    await first[Symbol.asyncDispose]()
    await using second = await opening
    expect((await second.take(soon())).update.update_id).toBe(1)
  })

  test("gives up when its time is over, and at once if waiting cannot help", async () => {
    const path = newPath()
    await using _first = await queueWith(path, 1, 0)
    const late = SqliteQueue.open({ path, waitMs: 50 })
    await expect(late).rejects.toMatchObject({ code: "storage-in-use" })
    const nowhere = SqliteQueue.open({ path: `${path}/nowhere/updates.db` })
    await expect(nowhere).rejects.toMatchObject({ code: "storage-failed" })
    await expect(SqliteQueue.open({ path, waitMs: -1 })).rejects.toThrow(TypeError)
  })
})
