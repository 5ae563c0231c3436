import { statSync } from "node:fs"
import { expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

test("a probe touches no disk while updates are being stored", async () => {
  const path = newPath()
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  await queue.put({ botId: 1, update: updateOf(7, 1) })
  const { mtimeMs } = statSync(`${path}-wal`)
  await queue.probe()
  expect(statSync(`${path}-wal`).mtimeMs).toBe(mtimeMs)
})

test("after a refused put a probe writes a row of the same size, and settles with the result", async () => {
  const path = newPath()
  await using queue = new SqliteQueue({ path, logger: silentLogger })
  const text = "x".repeat(30_000)
  const put = (id: number) => queue.put({ botId: 1, update: { ...updateOf(7, id), text } as never })
  const other = findSqlite()(path)
  other.exec("BEGIN IMMEDIATE")
  await expect(put(1)).rejects.toMatchObject({ code: "storage-locked" })
  await expect(queue.probe()).rejects.toMatchObject({ code: "storage-locked" })
  other.exec("ROLLBACK")
  await queue.probe()
  const [row] = other.prepare("SELECT length(body) length FROM trial").all()
  expect(row).toEqual({ length: expect.any(Number) })
  expect((row as { length: number }).length).toBeGreaterThan(30_000)
  other.close()
  await put(1)
  expect(queue.waiting).toBe(1)
})
