import { expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { findSqlite } from "../../../src/queue/sqlite/sqlite-driver.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { chatOf, runConcurrently } from "../concurrent-run.js"
import { randomOf } from "../random-of.js"
import { slowSyncs } from "./slow-syncs.js"

const newPath = pathsIn(temporaryFolder())
/** More runs: `SOUNDER_SEQUENCES=1000`. A single run: `SOUNDER_SEED=7`. */
const runs = Number(process.env.SOUNDER_SEQUENCES ?? 6)
const onlySeed = process.env.SOUNDER_SEED
const isLong = runs > 100
/** With the last seed, an earlier version read updates before they were applied. */
const seeds = onlySeed ? [Number(onlySeed)] : [...Array(runs).keys(), 36]

/**
 * Creates a file as an earlier life of the bot may leave it: backlog, parked updates and damaged
 * rows.
 */
async function fileInAnyState(random: () => number, chats: number) {
  const path = newPath()
  // Updates of one chat are handled one after the other, each after a sync.
  const most = random() < 0.5 || chats < 50 ? 300 : isLong ? 20_000 : 4_000
  const backlog = Math.floor(random() * most)
  const early = random() < 0.4 ? Math.min(5, backlog) : 0
  {
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    const ids = Array.from({ length: backlog }, (_, index) => index + 1)
    const put = (id: number) => ({ botId: 1, update: updateOf(chatOf(id, chats), id) })
    await Promise.all(ids.slice(0, backlog - early).map((id) => queue.put(put(id))))
    // The highest ids are parked, and the process ends before they are unparked.
    const last = ids.slice(backlog - early).map((id) => queue.early.park(put(id)).put)
    await Promise.all(last)
  }
  const damaged = new Set<number>()
  const database = findSqlite()(path)
  for (let count = random() < 0.3 && backlog > 0 ? 3 : 0; count > 0; count -= 1) {
    const id = 1 + Math.floor(random() * backlog)
    const body = random() < 0.5 ? "x'7bff7d'" : "'{\"update_id\"'"
    database.exec(`UPDATE updates SET body = ${body} WHERE update_id = ${id}`)
    damaged.add(id)
  }
  if (early === 0 && random() < 0.3) toVersion2(database)
  database.close()
  return { path, backlog, damaged }
}

/** Converts a file to the schema of the second version. */
function toVersion2(database: { exec(sql: string): unknown }): void {
  database.exec(
    "DROP TABLE trial; DROP TABLE state; DROP TABLE timers; DROP INDEX own_updates; PRAGMA user_version = 2",
  )
  database.exec("ALTER TABLE totals DROP COLUMN state_version")
  database.exec("ALTER TABLE totals DROP COLUMN own_id")
}

test.each(seeds)(
  "from any state, with concurrent puts, takes and restarts, no update is lost, overtaken or left waiting: %i",
  async (seed) => {
    const random = randomOf(seed)
    const chats = [1, 7, 50, 1_000][Math.floor(random() * 4)] ?? 1
    const { path, ...state } = await fileInAnyState(random, chats)
    using _ = slowSyncs([0, 3, 10][Math.floor(random() * 3)] ?? 0)
    const plan = {
      ...state,
      chats,
      random,
      fresh: 300 + Math.floor(random() * 500),
      restarts: Math.floor(random() * 4),
      open: () => new SqliteQueue({ path, logger: silentLogger }),
    }
    await runConcurrently(plan)
    await using queue = plan.open()
    expect([queue.waiting, (await queue.setAside()).length]).toEqual([0, state.damaged.size])
  },
)
