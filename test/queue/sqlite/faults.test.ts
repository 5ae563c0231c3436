import { spawnSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { StorageError } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { built } from "../../support/built.js"
import { Conversation } from "./conversation.js"
import { withStrace } from "./strace.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const folder = temporaryFolder()
const newPath = pathsIn(folder)
const isRoot = process.getuid?.() === 0
/** A user id that file permissions apply to, unlike root's. */
const nobody = 65_534

beforeAll(built)

function errorOf(act: () => unknown): StorageError {
  try {
    act()
  } catch (error) {
    if (error instanceof StorageError) return error
    throw error
  }
  throw new Error("Nothing was thrown")
}

function openError(path: string): StorageError {
  return errorOf(() => new SqliteQueue({ path }))
}

describe("a file that cannot be opened: the error says what to do", () => {
  test("because its folder does not exist", () => {
    const { code, message } = openError(join(folder, "nowhere", "updates.db"))
    expect(code).toBe("storage-failed")
    expect(message).toContain("the folder must exist")
  })

  test("because another queue of this process has it, until that queue is closed", async () => {
    const path = newPath()
    const first = new SqliteQueue({ path })
    const { code, message } = openError(path)
    expect(code).toBe("storage-in-use")
    expect(message).toContain(
      `uses ${path}. Stop the other one (such as \`sounder dev\`), or give each queue its own file`,
    )
    await first[Symbol.asyncDispose]()
    await new SqliteQueue({ path })[Symbol.asyncDispose]()
  })

  test("because another process has it, until that is killed", async () => {
    const path = newPath()
    await using other = new Conversation(path)
    expect(await other.tell("open")).toEqual({})
    expect(openError(path).code).toBe("storage-in-use")
    await other.kill()
    await new SqliteQueue({ path })[Symbol.asyncDispose]()
  })

  test("because it is no database", () => {
    const path = newPath()
    writeFileSync(path, "Dear diary, ".repeat(1_000))
    const { code, message } = openError(path)
    expect(code).toBe("storage-corrupted")
    expect(message).toContain("move the file away")
    expect(readFileSync(path, "utf8")).toContain("Dear diary")
  })

  test("because it is the database of another program", () => {
    const path = newPath()
    const database = findSqlite()(path)
    database.exec("CREATE TABLE diary (day TEXT)")
    database.close()
    expect(openError(path).message).toContain("not a queue of Sounder. Choose another `path`")
  })

  test("because a newer Sounder has written it", async () => {
    const path = newPath()
    await new SqliteQueue({ path })[Symbol.asyncDispose]()
    const database = findSqlite()(path)
    database.exec("PRAGMA user_version = 99")
    database.close()
    const { code, message } = openError(path)
    expect(code).toBe("storage-newer")
    expect(message).toContain("was written by a newer Sounder (schema 99, this one knows 6)")
  })

  test("because this user may only read the folder", async () => {
    const readOnly = join(folder, "read-only")
    mkdirSync(readOnly)
    chmodSync(folder, 0o755)
    chmodSync(readOnly, 0o555)
    await using other = new Conversation(join(readOnly, "updates.db"))
    if (isRoot) await other.tell(`become ${nobody}`)
    const { code, message } = await other.tell("open")
    expect(code).toMatch(/^storage-(read-only|failed)$/)
    expect(message).toContain("this user must be able to write to it")
  })

  test("because this user may only read the file", async () => {
    const shared = join(folder, "shared")
    mkdirSync(shared)
    chmodSync(folder, 0o755)
    const path = join(shared, "updates.db")
    await new SqliteQueue({ path })[Symbol.asyncDispose]()
    chmodSync(path, 0o444)
    chmodSync(shared, 0o777)
    if (isRoot) chownSync(`${path}.lock`, nobody, nobody)
    await using other = new Conversation(path)
    if (isRoot) await other.tell(`become ${nobody}`)
    const { code, message } = await other.tell("open")
    // The log file is readable by its owner only.
    expect(code).toMatch(/^storage-(read-only|failed)$/)
    expect(message).toContain("this user must be able to write to")
  })
})

describe("a file that cannot be written", () => {
  test("because another program has it locked: puts are refused, and the queue goes on afterwards", async () => {
    const path = newPath()
    const logged: string[] = []
    const logger = { ...silentLogger, error: (text: string) => logged.push(text) }
    await using queue = new SqliteQueue({ path, logger })
    const put = (id: number) => queue.put({ botId: 1, update: updateOf(7, id) })
    await put(1)
    const held = await queue.take(AbortSignal.timeout(60_000))
    const other = findSqlite()(path)
    other.exec("BEGIN IMMEDIATE")
    const refused = expect(put(2)).rejects.toMatchObject({ code: "storage-locked" })
    const done = held.done()
    await refused
    await expect(put(3)).rejects.toThrow("another program is writing to the file; end it")
    await expect(queue.drop({ botId: 1, updateId: 1 })).rejects.toThrow(StorageError)
    expect(logged).toHaveLength(1)
    other.exec("ROLLBACK")
    other.close()
    await done
    await put(2)
    expect((await queue.take(AbortSignal.timeout(60_000))).update.update_id).toBe(2)
    expect(queue.waiting).toBe(0)
  })

  test("a take is refused while its attempt cannot be counted, and its update is delivered later", async () => {
    const path = newPath()
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    await queue.put({ botId: 1, update: updateOf(7, 1) })
    const other = findSqlite()(path)
    other.exec("BEGIN IMMEDIATE")
    const signal = AbortSignal.timeout(60_000)
    await expect(queue.take(signal)).rejects.toMatchObject({ code: "storage-locked" })
    other.exec("ROLLBACK")
    other.close()
    const delivery = await queue.take(signal)
    expect([delivery.update.update_id, delivery.attempt]).toEqual([1, 1])
  })

  test("an end that cannot be written before the queue is closed is refused", async () => {
    const path = newPath()
    const queue = new SqliteQueue({ path, logger: silentLogger })
    await queue.put({ botId: 1, update: updateOf(7, 1) })
    const held = await queue.take(AbortSignal.timeout(60_000))
    const other = findSqlite()(path)
    other.exec("BEGIN IMMEDIATE")
    const done = expect(held.done()).rejects.toMatchObject({ code: "queue-closed" })
    await queue[Symbol.asyncDispose]()
    await done
    other.exec("ROLLBACK")
    other.close()
    await using reopened = new SqliteQueue({ path })
    expect((await reopened.take(AbortSignal.timeout(60_000))).attempt).toBe(2)
  })

  test("because its rows are damaged: the queue reports the damage and changes nothing", async () => {
    const path = newPath()
    const queue = new SqliteQueue({ path, logger: silentLogger })
    const ids = Array.from({ length: 200 }, (_, index) => index + 1)
    await Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(id, id) })))
    await queue[Symbol.asyncDispose]()
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096, bytes.length)
    writeFileSync(path, bytes)
    const { code, message } = openError(path)
    expect(code).toBe("storage-corrupted")
    expect(message).toContain("the file is damaged")
  })
})

/** Mounts a small file system, which only root can do. */
function smallDisk(): string | undefined {
  const disk = join(folder, "small-disk")
  mkdirSync(disk)
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]).status !== 0)
    return undefined
  onTestFinished(() => void spawnSync("umount", ["-l", disk]))
  return disk
}

test("a queue on a full disk refuses puts, keeps its updates, and goes on when there is room", async (context) => {
  const disk = smallDisk()
  if (!disk) return context.skip("needs the right to mount a file system of 8 MB")
  const ballast = join(disk, "ballast")
  const path = join(disk, "updates.db")
  writeFileSync(ballast, Buffer.alloc(6.5 * 1024 * 1024))
  await using process = new Conversation(path)
  await process.tell("open")
  await process.tell("put 9000")
  await process.tell("hold")
  const stored: number[] = []
  let refused: { code?: string; message?: string } = {}
  for (let id = 1; refused.code === undefined && id < 2_000; id++) {
    refused = await process.tell(`put ${id}`)
    if (refused.code === undefined) stored.push(id)
  }
  expect(refused.code).toMatch(/^storage-(full|failed)$/)
  expect(refused.message).toMatch(/make room on it|its free space/)
  expect((await process.tell("put 5000")).code).toBe(refused.code)
  await process.tell("end")
  expect((await process.tell("put 5000")).code).toBe(refused.code)
  // The end and its write are stored together or not at all.
  const isEnded = (await process.tell("asked")).value
  expect((await process.tell("value")).value).toBe("9000" in Object(isEnded) ? 9_000 : null)
  rmSync(ballast)
  expect(await process.tell("put 5000")).toEqual({})
  expect(stored.length).toBeGreaterThan(50)
  expect((await process.tell("value")).value).toBe(9_000)
  expect((await process.tell("asked")).value).toEqual({ 9000: "ended" })
  for (const id of [...stored, 5_000]) expect(await process.tell("take")).toEqual({ value: id })
  expect(await process.tell("close")).toEqual({})
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
})

test("a log that cannot be synced keeps puts waiting, and loses nothing", withStrace, async () => {
  const path = newPath()
  // The first sync of the log fails, and with it the first put.
  const inject = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1"]
  const log = newPath()
  await using process = new Conversation(path, [
    "strace",
    "-f",
    "-o",
    log,
    "-P",
    `${path}-wal`,
    ...inject,
  ])
  await process.tell("open")
  expect(await process.tell("put 1")).toEqual({})
  expect(readFileSync(log, "utf8")).toContain("EIO")
  expect(await process.tell("put 2")).toEqual({})
  await process.kill()
  await using queue = new SqliteQueue({ path })
  const signal = AbortSignal.timeout(60_000)
  for (const id of [1, 2]) {
    const delivery = await queue.take(signal)
    expect(delivery.update.update_id).toBe(id)
    await delivery.done()
  }
})

test(
  "a sync that fails after a handler's writes loses neither them nor the end",
  withStrace,
  async () => {
    const path = newPath()
    // The first sync is that of the put, the second one that of the end. `strace` counts the calls of
    // each thread, so that all syncs are made by one.
    const inject = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=2"]
    const log = newPath()
    const strace = ["strace", "-f", "-o", log, "-P", `${path}-wal`, ...inject]
    await using process = new Conversation(path, ["env", "UV_THREADPOOL_SIZE=1", ...strace])
    await process.tell("open")
    await process.tell("put 1")
    expect(await process.tell("take")).toEqual({ value: 1 })
    expect(readFileSync(log, "utf8")).toContain("EIO")
    await process.kill()
    await using queue = new SqliteQueue({ path })
    expect(queue.waiting).toBe(0)
    const [entry] = await queue.state.read([{ botId: 1, space: "test", key: "last" }])
    expect(entry?.json).toBe("1")
  },
)

test(
  "a queue that is closed while its log cannot be synced leaves no put open",
  withStrace,
  async () => {
    const path = newPath()
    const inject = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1+"]
    const strace = ["strace", "-f", "-o", newPath(), "-P", `${path}-wal`, ...inject]
    await using process = new Conversation(path, strace)
    await process.tell("open")
    await process.tell("ask 1")
    await sleep(50)
    await process.tell("ask 2")
    // The second put is refused if the sync has failed again meanwhile.
    expect((await process.tell("asked")).value).not.toHaveProperty("1")
    expect(await process.tell("close")).toEqual({})
    expect((await process.tell("asked")).value).toEqual({
      1: "queue-closed",
      2: expect.stringMatching(/^(queue-closed|storage-failed)$/),
    })
  },
)

test("a put is synced to the disk before it resolves", withStrace, async () => {
  const log = newPath()
  const strace = ["strace", "-f", "-o", log, "-e", "trace=fsync,fdatasync"]
  await using process = new Conversation(newPath(), strace)
  await process.tell("open")
  expect(await process.tell("put 1")).toEqual({})
  const before = syncsIn(log)
  for (let id = 2; id <= 11; id++) expect(await process.tell(`put ${id}`)).toEqual({})
  expect(syncsIn(log) - before).toBe(10)
})

function syncsIn(log: string): number {
  return readFileSync(log, "utf8").match(/f(data)?sync\(\d+\) += 0/g)?.length ?? 0
}
