import { writeFileSync } from "node:fs"
import { beforeAll, describe, expect, test } from "vitest"
import { runHere } from "../support/run-here.js"
import { findSqlite } from "../../src/queue/sqlite/sqlite-driver.js"
import { migratePostgresQueue } from "../../src/queue/postgres/index.js"
import { freePort } from "../support/free-port.js"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const queue = (...args: string[]) => runHere("queue", ...args)

describe("sounder queue migrate", withPostgres, () => {
  const stage = stageOfFile()

  /** The schema version of this Sounder. */
  let newest = 0
  beforeAll(async () => {
    newest = (await migratePostgresQueue(stage.pool, { schema: stage.newSchema() })).to
  })

  test("creates the schema, and says if no change is needed", async () => {
    const database = ["--database", stage.server.url, "--schema", "bots"]
    expect(await queue("migrate", ...database)).toEqual({
      status: 0,
      printed: `Created the schema bots (version ${newest}).\n`,
      complaint: "",
    })
    const { printed } = await queue("migrate", ...database)
    expect(printed).toBe(`The schema bots is up to date (version ${newest}).\n`)
    await using open = stage.open({ schema: "bots", migrate: false })
    expect((await open.status()).waiting).toBe(0)
  })

  test("finds the database in DATABASE_URL, and the schema sounder by default", async () => {
    process.env.DATABASE_URL = stage.server.url
    try {
      expect((await queue("migrate")).printed).toBe(
        `Created the schema sounder (version ${newest}).\n`,
      )
    } finally {
      delete process.env.DATABASE_URL
    }
  })

  test("reports a schema of a newer Sounder, and changes nothing", async () => {
    const schema = stage.newSchema()
    const database = ["--database", stage.server.url, "--schema", schema]
    await queue("migrate", ...database)
    await stage.pool.query(`UPDATE ${schema}.version SET version = 99`)
    const { status, complaint } = await queue("migrate", ...database)
    expect(status).toBe(1)
    expect(complaint).toContain(`made by a newer Sounder (version 99, this one knows ${newest})`)
  })
})

describe("a file that is not a queue is reported in one line", () => {
  const newPath = pathsIn(temporaryFolder())

  test("a database of another program", async () => {
    const file = newPath()
    const database = findSqlite()(file)
    database.exec("CREATE TABLE diary (day TEXT)")
    database.close()
    const { status, complaint } = await queue("status", "--file", file)
    expect(status).toBe(1)
    expect(complaint).toBe(
      `sounder: ${file} is a database, but not a queue of Sounder. Choose another \`--file\`\n`,
    )
  })

  test("an empty file", async () => {
    const file = newPath()
    writeFileSync(file, "")
    const { status, complaint } = await queue("status", "--file", file)
    expect(status).toBe(1)
    expect(complaint).toContain(`${file} is empty: no bot has stored an update in it`)
  })
})

test("a missing database is reported with the ways to name one", async () => {
  const { status, complaint } = await queue("migrate")
  expect(status).toBe(2)
  expect(complaint).toBe(
    "sounder: Expected a database: --database URL, or DATABASE_URL in the environment or in .env\n",
  )
})

test("a database that does not answer is reported in one line", async () => {
  const url = `postgres://nobody@127.0.0.1:${await freePort()}/none`
  const { status, complaint } = await queue("migrate", "--database", url)
  expect(status).toBe(1)
  expect(complaint).toMatch(/^sounder: The queue in PostgreSQL could not be used: .*reached.*\n$/)
})
