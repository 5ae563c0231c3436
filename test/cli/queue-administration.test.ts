import { renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { built, finished, packageFolder } from "../support/built.js"
import { runHere } from "../support/run-here.js"
import type { UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { updateOf } from "../../src/testing/queue-probe.js"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

beforeAll(() => built())

const queue = (...args: string[]) => runHere("queue", ...args)

/** Puts updates, each of its own chat, into a queue, and sets the first ones aside. */
async function fill(open: UpdateQueue, updates: number, aside: number): Promise<void> {
  for (let id = 1; id <= updates; id++) await open.put({ botId: 1, update: updateOf(id, id) })
  for (let count = 0; count < aside; count++) {
    const delivery = await open.take(AbortSignal.timeout(60_000))
    await delivery.setAside(new Error(`no luck\u001b[31m\nwith ${delivery.update.update_id}`))
  }
}

/** Fills a queue, and returns the arguments that name it. */
type Store = (
  updates: number,
  aside: number,
  more?: (open: UpdateQueue) => Promise<void>,
) => Promise<string[]>

/** Creates the file of a queue that no process uses. */
async function fileWith(...[updates, aside, more]: Parameters<Store>): Promise<string> {
  const path = newPath()
  await using open = new SqliteQueue({ path })
  await fill(open, updates, aside)
  await more?.(open)
  return path
}

/** The administration tests of every store. */
function administration(store: Store): void {
  test("status prints the number of updates, as a table or as JSON", async () => {
    const where = await store(5, 2)
    const { status, printed } = await queue("status", ...where)
    expect(status).toBe(0)
    expect(printed).toMatch(
      /^waiting +3\nrunning +0\nset aside +2\ntimers +0\noutbox +0\nvalues +0\noldest +\d{4}-.*Z\n$/,
    )
    const json: unknown = JSON.parse((await queue("status", "--json", ...where)).printed)
    expect(json).toEqual({
      waiting: 3,
      running: 0,
      setAside: 2,
      timers: 0,
      outbox: 0,
      values: 0,
      oldestPutAt: expect.stringMatching(/Z$/),
    })
  })

  test("list prints the updates that were set aside, a line each, whatever their errors", async () => {
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

  test("list says that there are none", async () => {
    expect(await queue("list", ...(await store(1, 0)))).toMatchObject({
      status: 0,
      printed: "No update is set aside.\n",
    })
  })

  test("replay and drop apply to the named updates, and exit with 1 if one was not set aside", async () => {
    const where = await store(3, 3)
    expect(await queue("replay", "1:2", ...where)).toMatchObject({
      status: 0,
      printed: "Replayed 1 update.\n",
    })
    expect(await queue("drop", "1:1", "1:9", ...where)).toMatchObject({
      status: 1,
      printed: "Dropped 1 update.\n",
      complaint: "sounder: 1:9 is not set aside. `sounder queue list` names the updates that are\n",
    })
    expect(await queue("replay", "1:8", "1:9", ...where)).toEqual({
      status: 1,
      printed: "",
      complaint:
        "sounder: 1:8, 1:9 are not set aside. `sounder queue list` names the updates that are\n",
    })
    const { printed } = await queue("status", "--json", ...where)
    expect(JSON.parse(printed)).toMatchObject({ waiting: 1, setAside: 1 })
  })

  test("own updates and timers are shown, and own updates are replayed and dropped by their names", async () => {
    const where = await store(0, 0, async (open) => {
      const own = { name: "paid", lane: "7" }
      await open.state?.write([
        { kind: "put", botId: 1, own },
        { kind: "put", botId: 1, own, dueAt: Date.now() + 3_600_000 },
      ])
      const delivery = await open.take(AbortSignal.timeout(60_000))
      await delivery.setAside(new Error("no luck"))
    })
    const { printed } = await queue("status", "--json", ...where)
    expect(JSON.parse(printed)).toMatchObject({ waiting: 0, setAside: 1, timers: 1 })
    expect((await queue("list", ...where)).printed).toMatch(/^1:-1 +own paid +7 +1 /m)
    expect((await queue("replay", "1:-1", ...where)).printed).toBe("Replayed 1 update.\n")
    expect((await queue("drop", "1:-1", ...where)).complaint).toContain("1:-1 is not set aside.")
  })

  test("the promised calls that wait are counted and listed, and so are the values of the state", async () => {
    const where = await store(1, 0, async (open) => {
      const data = { method: "sendMessage", params: { chat_id: 7, text: "Hi" }, unsure: "repeat" }
      const put = (name: string, lane: string) =>
        ({ kind: "put", botId: 1, own: { name, lane, data } }) as const
      const key = { botId: 1, space: "cart", key: "7" }
      await open.state?.write([
        { kind: "set", key, json: "1" },
        put("paid", "7"),
        put("sounder:later", "later:7"),
        put("sounder:later", "later:8"),
      ])
    })
    const { printed } = await queue("status", "--json", ...where)
    expect(JSON.parse(printed)).toMatchObject({ waiting: 4, outbox: 2, values: 1 })
    const list = await queue("list", "--outbox", ...where)
    const [head, first, second, ...rest] = list.printed.trimEnd().split("\n")
    expect(head).toMatch(/^UPDATE +METHOD +LANE +ATTEMPTS +PUT +NOT BEFORE$/)
    expect(first).toMatch(/^1:-\d+ +sendMessage +later:7 +0 +\d{4}-\S+Z +-$/)
    expect([second?.includes("later:8"), rest]).toEqual([true, []])
    const { printed: json } = await queue("list", "--outbox", "--json", "--limit", "1", ...where)
    expect(JSON.parse(json)).toMatchObject([
      { botId: 1, lane: "later:7", update: { own: { data: { method: "sendMessage" } } } },
    ])
  })

  test("list --outbox says that no call waits", async () => {
    const { printed } = await queue("list", "--outbox", ...(await store(1, 0)))
    expect(printed).toBe("No promised call waits.\n")
  })

  test("replaying or dropping all updates needs a confirmation", async () => {
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
  administration(async (...what) => ["--file", await fileWith(...what)])

  test("works while a bot uses the file", async () => {
    const path = newPath()
    await using open = new SqliteQueue({ path })
    await fill(open, 3, 3)
    const { printed } = await queue("drop", "--all", "--yes", "--file", path)
    expect(printed).toBe("Dropped 3 updates.\n")
    expect((await open.status()).setAside).toBe(0)
  })

  test("reports a missing file in one line", async () => {
    const { status, complaint } = await queue("status", "--file", "/nowhere/updates.db")
    expect(status).toBe(1)
    expect(complaint).toBe(
      "sounder: There is no file /nowhere/updates.db. Check the path of the queue\n",
    )
  })
})

describe("sounder queue --database", withPostgres, () => {
  const stage = stageOfFile()

  administration(async (updates, aside, more) => {
    const schema = stage.newSchema()
    await using open = stage.open({ schema })
    await fill(open, updates, aside)
    await more?.(open)
    return ["--database", stage.server.url, "--schema", schema]
  })
})

test("exactly one queue has to be named", async () => {
  const neither = await queue("status")
  expect(neither.complaint).toBe(
    "sounder: Expected a queue: --file PATH, --database URL, or DATABASE_URL in the environment or in .env; there is no updates.db in this folder\n",
  )
  const both = await queue("status", "--file", "a.db", "--database", "postgres://a")
  expect(both.complaint).toBe("sounder: Expected either --file or --database, not both\n")
})

test("the queue of a project is its file updates.db, unless a variable names another one", async () => {
  const main = join(packageFolder, "dist", "cli", "main.js")
  const project = dirname(await fileWith(0, 0))
  const sounder = (...args: string[]) =>
    finished(process.execPath, [main, "queue", ...args], project)
  renameSync(await fileWith(3, 1), join(project, "updates.db"))
  const { status, output } = await sounder("status")
  expect({ status, output }).toMatchObject({ status: 0 })
  expect(output).toMatch(/^The queue is updates\.db; --file names another one\.\n\nwaiting +2\n/)
  expect(JSON.parse((await sounder("status", "--json")).output)).toMatchObject({ waiting: 2 })
  expect((await sounder("list")).output).toContain("no luck")

  const other = await fileWith(1, 0)
  writeFileSync(join(project, ".env"), `UPDATES_FILE=${other}\n`)
  expect((await sounder("status")).output).toMatch(/^The queue is .*\n\nwaiting +1\n/)
})

test.each([
  [[], "Expected updates: BOT:UPDATE, or --all --yes"],
  [["1:1", "--all"], "Expected updates: BOT:UPDATE, or --all --yes"],
  [["4711"], "Expected BOT:UPDATE, such as 110201543:4711."],
])("drop %j names the missing argument", async (args, message) => {
  const { status, complaint } = await queue("drop", "--file", await fileWith(0, 0), ...args)
  expect(status).toBe(2)
  expect(complaint).toContain(message)
})
