import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { describe, test } from "vitest"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { durableCounts, expectLikeModel, type ModelStore } from "../queue-model.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

/** More runs: `SOUNDER_SEQUENCES=100000`. */
const sequences = Number(process.env.SOUNDER_SEQUENCES ?? 40)
const schema = "model"

describe("PostgresQueue", withPostgres, () => {
  // The test is about the behaviour; durability is the subject of other tests.
  const stage = stageOfFile(["fsync=off"])

  test(
    "after any sequence of operations of two workers, restarts and ended leases included, the queue equals a list",
    { timeout: process.env.SOUNDER_SEQUENCES ? 36_000_000 : 120_000 },
    async () => {
      await migratePostgresQueue(stage.pool, { schema })
      await expectLikeModel(newStore, sequences)
    },
  )

  async function newStore(): Promise<ModelStore<PostgresQueue>> {
    const tables = [
      "updates",
      "lanes",
      "ids_0",
      "ids_1",
      "ids_2",
      "set_aside",
      "workers",
      "early",
      "state",
    ]
    await stage.pool.query(tables.map((table) => `DELETE FROM ${schema}.${table}`).join(";"))
    return {
      isDurable: true,
      workers: 2,
      counts: durableCounts,
      open: () => stage.open({ schema, migrate: false, pollMs: 1 }),
      written: nextTurn,
      unparkAbandoned: (id) =>
        stage.pool.query(`SELECT ${schema}.unpark('{1}', ARRAY[$1::bigint])`, [id]),
      looked: nextAnswer,
      endLeases: () => stage.endLeases(schema),
    }
  }
})

/** Calls `act`, and resolves when the unparking of an update has been written. */
function nextTurn(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    const see = (step: unknown) => {
      if (step !== "unpark: written") return
      unsubscribe("sounder:postgres", see)
      resolve()
    }
    subscribe("sounder:postgres", see)
    act()
  })
}

/** Resolves when the second transaction that looks for updates has been answered. */
async function nextAnswer(): Promise<void> {
  let answers = 0
  await new Promise<void>((resolve) => {
    const see = (step: unknown) => {
      if (step !== "work: answered" || ++answers < 2) return
      unsubscribe("sounder:postgres", see)
      resolve()
    }
    subscribe("sounder:postgres", see)
  })
}
