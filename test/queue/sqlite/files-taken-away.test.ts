import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { SqliteQueue, SqliteQueueFile } from "../../../src/queue/sqlite/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const folder = temporaryFolder()
const newPath = pathsIn(folder)

function put(queue: SqliteQueue, id: number): Promise<void> {
  return queue.put({ botId: 1, update: updateOf(7, id) })
}

describe("no put resolves whose update the next start would not find", () => {
  const remove = (path: string) => rmSync(path, { force: true })

  test.each<[what: string, take: (path: string) => void]>([
    [
      "the file and its log are deleted",
      (path) => ["", "-wal"].forEach((one) => remove(path + one)),
    ],
    ["the file is deleted", remove],
    ["the log is deleted", (path) => remove(`${path}-wal`)],
    ["the index of the log is deleted", (path) => remove(`${path}-shm`)],
    ["the lock is deleted", (path) => remove(`${path}.lock`)],
    ["the file is moved", (path) => renameSync(path, `${path}.old`)],
    [
      "the file is replaced by a copy",
      (path) => {
        copyFileSync(path, `${path}.copy`)
        renameSync(`${path}.copy`, path)
      },
    ],
    ["the log is cut", (path) => truncateSync(`${path}-wal`, 0)],
  ])("%s", async (_what, take) => {
    const path = newPath()
    const errors: string[] = []
    const logger = { ...silentLogger, error: (text: string) => void errors.push(text) }
    const queue = new SqliteQueue({ path, logger })
    await put(queue, 1)
    const delivery = await queue.take(AbortSignal.timeout(60_000))
    take(path)
    // The delivery was begun before; its end is not refused.
    await delivery.done()
    await expect(put(queue, 2)).rejects.toMatchObject({ code: "storage-gone" })
    await expect(put(queue, 3)).rejects.toThrow(/while the queue was open.*New updates are refused/)
    await expect(queue.probe()).rejects.toMatchObject({ code: "storage-gone" })
    expect(errors).toHaveLength(1)
    await queue[Symbol.asyncDispose]()
  })

  test("the fault is logged also without a put", async () => {
    const path = newPath()
    let say: (text: string) => void = () => {}
    const said = new Promise<string>((resolve) => (say = resolve))
    await using queue = new SqliteQueue({ path, logger: { ...silentLogger, error: say } })
    rmSync(path)
    expect(await said).toContain(`${path} has been deleted, moved or replaced`)
    expect(queue.waiting).toBe(0)
  })

  test("a file that is brought back is used again", async () => {
    const path = newPath()
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    renameSync(path, `${path}.old`)
    await expect(put(queue, 1)).rejects.toMatchObject({ code: "storage-gone" })
    renameSync(`${path}.old`, path)
    await put(queue, 1)
    await queue.probe()
  })
})

describe("a queue's file is one file under all its names", () => {
  test("behind a link to a file, to a missing file and to a folder", async () => {
    const [shared, release] = [join(folder, "releases-data"), join(folder, "release")]
    mkdirSync(shared)
    mkdirSync(release)
    const path = join(release, "updates.db")
    symlinkSync("../releases-data/updates.db", path)
    symlinkSync(shared, join(folder, "current"))
    for (const [index, name] of [
      path,
      join(shared, "updates.db"),
      join(folder, "current", "updates.db"),
    ].entries()) {
      await using queue = new SqliteQueue({ path: name, logger: silentLogger })
      expect(() => new SqliteQueue({ path })).toThrow(/Another process, or another queue/)
      await put(queue, index)
      expect(queue.waiting).toBe(index + 1)
      await using file = new SqliteQueueFile({ path })
      expect((await file.status()).waiting).toBe(index + 1)
    }
    expect(readdirSync(release)).toEqual(["updates.db"])
  })

  test("a file with a hard link is refused", async () => {
    const path = newPath()
    await using _ = new SqliteQueue({ path, logger: silentLogger })
    linkSync(path, `${path}.other`)
    expect(() => new SqliteQueue({ path: `${path}.other` })).toThrow(/has 2 names \(hard links\)/)
  })

  test("a path with NUL is refused", () => {
    expect(() => new SqliteQueue({ path: "a\0b.db" })).toThrow(TypeError)
    expect(() => new SqliteQueueFile({ path: "a\0b.db" })).toThrow(/a path without NUL/)
  })
})

test("only the bot's user can read the updates", async () => {
  const path = newPath()
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  await put(queue, 1)
  const files = readdirSync(dirname(path)).map((name) => join(dirname(path), name))
  const own = files.filter((name) => name.startsWith(path) && existsSync(name))
  expect(own).toHaveLength(4)
  for (const name of own) expect([name, statSync(name).mode & 0o777]).toEqual([name, 0o600])
})
