import pg from "pg"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"

describe("after an outage of the database", withPostgres, () => {
  const stage = stageOfFile()

  test("a delivery ends also if no take has waited for the database's return", async () => {
    const name = "outage"
    const pool = new pg.Pool({ connectionString: stage.server.url, application_name: name })
    const error = vi.fn()
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error }
    const queue = stage.open({ pool, logger })
    onTestFinished(async () => {
      await queue[Symbol.asyncDispose]()
      await pool.end()
    })
    await queue.put({ botId: 1, update: updateOf(7, 1) })
    const delivery = await queue.take(AbortSignal.timeout(10_000))

    const connect = vi.spyOn(pool, "connect").mockRejectedValue(new Error("connection ended"))
    await stage.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
      [name],
    )
    const stop = new AbortController()
    const taking = queue.take(stop.signal).catch(() => {})
    await vi.waitFor(() => expect(error).toHaveBeenCalled(), 10_000)
    stop.abort()
    await taking
    // Longer than the first backoff: the worker has found no update.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    connect.mockRestore()

    await delivery.done()
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })
})
