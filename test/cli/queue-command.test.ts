import { beforeAll, describe, expect, test } from "vitest"
import { runHere } from "../support/run-here.js"
import { migratePostgresQueue } from "../../src/queue/postgres/index.js"
import { freePort } from "../support/free-port.js"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"

const queue = (...args: string[]) => runHere("queue", ...args)

describe("sounder queue migrate", withPostgres, () => {
  const stage = stageOfFile()

  /** The version of the schema that this Sounder makes. */
  let newest = 0
  beforeAll(async () => {
    newest = (await migratePostgresQueue(stage.pool, { schema: stage.newSchema() })).to
  })

  test("creates the schema, and says when there is nothing to do", async () => {
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

  test("finds the database in DATABASE_URL, and the schema sounder unless told otherwise", async () => {
    process.env.DATABASE_URL = stage.server.url
    try {
      expect((await queue("migrate")).printed).toBe(
        `Created the schema sounder (version ${newest}).\n`,
      )
    } finally {
      delete process.env.DATABASE_URL
    }
  })

  test("says that a newer Sounder has made the schema, and changes nothing", async () => {
    const schema = stage.newSchema()
    const database = ["--database", stage.server.url, "--schema", schema]
    await queue("migrate", ...database)
    await stage.pool.query(`UPDATE ${schema}.version SET version = 99`)
    const { status, complaint } = await queue("migrate", ...database)
    expect(status).toBe(1)
    expect(complaint).toContain(`made by a newer Sounder (version 99, this one knows ${newest})`)
  })
})

test("without a database it is said how to name one", async () => {
  const { status, complaint } = await queue("migrate")
  expect(status).toBe(2)
  expect(complaint).toBe("sounder: Expected a database: --database URL, or DATABASE_URL\n")
})

test("a database that does not answer is said in a line", async () => {
  const url = `postgres://nobody@127.0.0.1:${await freePort()}/none`
  const { status, complaint } = await queue("migrate", "--database", url)
  expect(status).toBe(1)
  expect(complaint).toMatch(/^sounder: The queue in PostgreSQL could not be used: .*reached.*\n$/)
})
