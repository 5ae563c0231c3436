/**
 * Runs the published conformance suite on a `SqliteQueue`, with the Node that runs this program and
 * without a test runner, and prints the outcome as JSON.
 *
 *   node behaviours.mjs FOLDER
 *
 * @module
 */
import { createRequire } from "node:module"
import { join } from "node:path"
import { SqliteQueue } from "sounder/sqlite"
import { updateQueueBehaviours } from "sounder/testing"

const capacity = 150
let files = 0
const open = () => new SqliteQueue({ path: join(process.argv[2], `${++files}.db`), capacity })

const openLimited = (perBot) =>
  new SqliteQueue({ path: join(process.argv[2], `${++files}.db`), perBot })

const failures = []
const behaviours = updateQueueBehaviours(open, {
  capacity,
  isDurable: true,
  hasState: true,
  hasTimers: true,
  hasRecords: true,
  openLimited,
})
for (const { name, run } of behaviours) {
  await run().catch((error) => failures.push(`${name}: ${error.message}`))
}
const isLibsql = Object.keys(createRequire(import.meta.url).cache).some((file) =>
  file.includes("libsql"),
)
const engine = isLibsql ? "libsql" : "node:sqlite"
console.log(
  JSON.stringify({ node: process.versions.node, engine, run: behaviours.length, failures }),
)
