import { describe, expect, test } from "vitest"
import { runHere } from "../support/run-here.js"
import type { UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { updateOf } from "../../src/testing/queue-probe.js"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

const queue = (...args: string[]) => runHere("queue", ...args)

/** Puts updates of a chat each into a queue, and sets the first so many aside. */
async function fill(open: UpdateQueue, updates: number, aside: number): Promise<void> {
  for (let id = 1; id <= updates; id++) await open.put({ botId: 1, update: updateOf(id, id) })
  for (let count = 0; count < aside; count++) {
    const delivery = await open.take(AbortSignal.timeout(60_000))
    await delivery.setAside(new Error(`no luck\u001b[31m\nwith ${delivery.update.update_id}`))
  }
}

/** The file of a queue that no process works. */
async function fileWith(updates: number, aside: number): Promise<string> {
  const path = newPath()
  await using open = new SqliteQueue({ path })
  await fill(open, updates, aside)
  return path
}

/** What every store can be asked for. */
function administration(store: (updates: number, aside: number) => Promise<string[]>): void {
  test("status says how many updates there are, as a table or as JSON", async () => {
    const where = await store(5, 2)
    const { status, printed } = await queue("status", ...where)
    expect(status).toBe(0)
    expect(printed).toMatch(/^waiting +3\nrunning +0\nset aside +2\noldest +\d{4}-.*Z\n$/)
    const json: unknown = JSON.parse((await queue("status", "--json", ...where)).printed)
    expect(json).toEqual({
      waiting: 3,
      running: 0,
      setAside: 2,
      oldestPutAt: expect.stringMatching(/Z$/),
    })
  })

  test("list shows what was set aside, a line each, whatever its error holds", async () => {
    const where = await store(2, 2)
    const { status, printed } = await queue("list", ...where)
    expect(status).toBe(0)
    const [head, first, second, ...rest] = printed.trimEnd().split("\n")
    expect(head).toMatch(/^UPDATE +TYPE +LANE +ATTEMPT +SET ASIDE +ERROR$/)
    expect(first).toMatch(/^1:1 +message +1 +1 +\d{4}-\S+Z +Error: no luck \[31m with 1 .*$/)
    expect([second?.slice(0, 3), rest]).toEqual(["1:2", []])
    const json: unknown = JSON.parse((await queue("list", "--json", ...where)).printed)
    expect(json).toMatchObject([
      { botId: 1, update: updateOf(1, 1), attempt: 1, error: expect.stringContaining("no luck") },
      { update: updateOf(2, 2) },
    ])
    const { printed: short } = await queue("list", "--limit", "1", ...where)
    expect(short).toMatch(/^There may be more: --limit 10$/m)
  })

  test("list says where there is nothing", async () => {
    expect(await queue("list", ...(await store(1, 0)))).toMatchObject({
      status: 0,
      printed: "No update is set aside.\n",
    })
  })

  test("replay and drop do what is named, and end with 1 where one was not set aside", async () => {
    const where = await store(3, 3)
    expect(await queue("replay", "1:2", ...where)).toMatchObject({
      status: 0,
      printed: "Replayed 1 update.\n",
    })
    expect(await queue("drop", "1:1", "1:9", ...where)).toMatchObject({
      status: 1,
      printed: "Dropped 1 update.\n1:9 is not set aside.\n",
    })
    const { printed } = await queue("status", "--json", ...where)
    expect(JSON.parse(printed)).toMatchObject({ waiting: 1, setAside: 1 })
  })

  test("all are replayed or dropped only where that is confirmed", async () => {
    const where = await store(3, 3)
    const { status, complaint } = await queue("drop", "--all", ...where)
    expect(status).toBe(2)
    expect(complaint).toBe(
      "sounder: 3 updates are set aside. To drop all of them, use --all --yes\n",
    )
    const { printed } = await queue("replay", "--all", "--yes", "--json", ...where)
    expect(JSON.parse(printed)).toEqual({ done: ["1:1", "1:2", "1:3"], missing: [] })
    const after = await queue("status", "--json", ...where)
    expect(JSON.parse(after.printed)).toMatchObject({ waiting: 3, setAside: 0 })
  })
}

describe("sounder queue --file", () => {
  administration(async (updates, aside) => ["--file", await fileWith(updates, aside)])

  test("works while a bot uses the file", async () => {
    const path = newPath()
    await using open = new SqliteQueue({ path })
    await fill(open, 3, 3)
    const { printed } = await queue("drop", "--all", "--yes", "--file", path)
    expect(printed).toBe("Dropped 3 updates.\n")
    expect((await open.status()).setAside).toBe(0)
  })

  test("says in a line that there is no such file", async () => {
    const { status, complaint } = await queue("status", "--file", "/nowhere/updates.db")
    expect(status).toBe(1)
    expect(complaint).toBe(
      "sounder: There is no file /nowhere/updates.db. Is that the queue's path?\n",
    )
  })
})

describe("sounder queue --database", withPostgres, () => {
  const stage = stageOfFile()

  administration(async (updates, aside) => {
    const schema = stage.newSchema()
    await using open = stage.open({ schema })
    await fill(open, updates, aside)
    return ["--database", stage.server.url, "--schema", schema]
  })
})

test("a queue has to be named, and one only", async () => {
  const neither = await queue("status")
  expect(neither.complaint).toBe(
    "sounder: Expected a queue: --file PATH, --database URL, or DATABASE_URL\n",
  )
  const both = await queue("status", "--file", "a.db", "--database", "postgres://a")
  expect(both.complaint).toBe("sounder: Expected either --file or --database, not both\n")
})

test.each([
  [[], "Expected updates: BOT:UPDATE, or --all --yes"],
  [["1:1", "--all"], "Expected updates: BOT:UPDATE, or --all --yes"],
  [["4711"], "Expected BOT:UPDATE, such as 110201543:4711."],
])("drop %j says what is missing", async (args, message) => {
  const { status, complaint } = await queue("drop", "--file", await fileWith(0, 0), ...args)
  expect(status).toBe(2)
  expect(complaint).toContain(message)
})
