import { describe, expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { SqliteQueue, SqliteQueueFile } from "../../../src/queue/sqlite/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { untilTrue } from "../../support/waiting.js"

const newPath = pathsIn(temporaryFolder())
const ids = [1, 2, 3, 4, 5, 6, 7, 8]
/** The id of the damaged update. */
const damagedId = 3

/** Creates a file with eight waiting updates of four chats, and changes it by a statement. */
async function damagedFile(sql: string): Promise<string> {
  const path = newPath()
  const queue = new SqliteQueue({ path, logger: silentLogger })
  await Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(id % 4, id) })))
  await queue[Symbol.asyncDispose]()
  const database = findSqlite()(path)
  database.exec(sql)
  database.close()
  return path
}

/** Handles all updates of a queue. Returns their ids and the logged errors. */
async function outcomeOf(path: string): Promise<{ taken: number[]; errors: string[] }> {
  const [taken, errors]: [number[], string[]] = [[], []]
  const logger = { ...silentLogger, error: (text: string) => void errors.push(text) }
  await using queue = new SqliteQueue({ path, logger })
  const empty = new AbortController()
  const emptied = untilTrue(() => queue.waiting === 0).then(() => empty.abort())
  for (;;) {
    const delivery = await queue.take(empty.signal).catch(() => undefined)
    if (!delivery) break
    taken.push(delivery.update.update_id)
    await delivery.done()
  }
  await emptied
  return { taken, errors }
}

describe("an update with a damaged row is set aside with an error, and all others are handled", () => {
  test.each([
    ["its text is no JSON", "body = '{\"update_id\":3'"],
    ["its text is not UTF-8", "body = CAST(x'7b22ff227d' AS TEXT)"],
    ["its text is that of another update", "body = '{\"update_id\":4}'"],
    ["its text is a number", "body = 7"],
    ["its text is bytes", "body = x'ff00'"],
  ])("%s", async (_name, change) => {
    const path = await damagedFile(`UPDATE updates SET ${change} WHERE update_id = ${damagedId}`)
    const { taken, errors } = await outcomeOf(path)
    expect(taken).toEqual(ids.filter((id) => id !== damagedId))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain("Update 3 of bot 1 in lane 3 is damaged in the queue file")
    await using file = new SqliteQueueFile({ path })
    const [aside] = await file.setAside()
    expect(aside).toMatchObject({ botId: 1, update: { update_id: damagedId }, lane: "3" })
    expect(aside?.error).toContain("is damaged")
    expect(await file.drop({ botId: 1, updateId: damagedId })).toBe(true)
  })

  test("a replayed update whose row is still damaged is set aside again", async () => {
    const path = await damagedFile(`UPDATE updates SET body = x'ff' WHERE update_id = ${damagedId}`)
    await outcomeOf(path)
    {
      await using file = new SqliteQueueFile({ path })
      expect(await file.replay({ botId: 1, updateId: damagedId })).toBe(true)
    }
    expect((await outcomeOf(path)).errors).toHaveLength(1)
  })
})

test.each([
  ["its lane is not UTF-8", "lane = CAST(x'ff' AS TEXT)"],
  ["its lane is empty", "lane = x''"],
  ["its time is no number", "due_at = 'soon'"],
  ["its attempt is no number", "attempt = 'often'"],
])("a damaged row whose update can be read is handled: %s", async (_name, change) => {
  const path = await damagedFile(`UPDATE updates SET ${change} WHERE update_id = ${damagedId}`)
  const { taken } = await outcomeOf(path)
  expect(taken.toSorted((one, other) => one - other)).toEqual(ids)
})

test("a missing row is logged, and its chat and all others go on", async () => {
  const path = newPath()
  const errors: string[] = []
  const logger = { ...silentLogger, error: (text: string) => void errors.push(text) }
  await using queue = new SqliteQueue({ path, logger })
  await Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(id % 4, id) })))
  const database = findSqlite()(path)
  database.exec(`DELETE FROM updates WHERE update_id = ${damagedId}`)
  database.close()
  const taken: number[] = []
  while (queue.waiting > 0) {
    const delivery = await queue.take(AbortSignal.timeout(60_000))
    taken.push(delivery.update.update_id)
    await delivery.done()
  }
  expect(taken).toEqual(ids.filter((id) => id !== damagedId))
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain("An update of bot 1 in lane 3 is missing from the queue file")
})
