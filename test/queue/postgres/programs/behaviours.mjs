/**
 * Runs the published conformance suite on a `PostgresQueue`, with the Node that runs this program and
 * without a test runner, and prints the outcome as JSON.
 *
 *   node behaviours.mjs postgres://…
 *
 * @module
 */
import pg from "pg"
import { PostgresQueue } from "sounder/postgres"
import { updateQueueBehaviours } from "sounder/testing"

const capacity = 150
const pool = new pg.Pool({ connectionString: process.argv[2], max: 20 })
const prefix = `node_${process.versions.node.split(".")[0]}`
let schemas = 0
const open = (options) =>
  new PostgresQueue({ pool, schema: `${prefix}_${++schemas}`, migrate: true, ...options })

const failures = []
const behaviours = updateQueueBehaviours(() => open({ capacity }), {
  capacity,
  isDurable: true,
  hasState: true,
  hasTimers: true,
  hasRecords: true,
  openLimited: (perBot) => open({ perBot }),
})
for (const { name, run } of behaviours) {
  await run().catch((error) => failures.push(`${name}: ${error.message}`))
}
await pool.end()
console.log(JSON.stringify({ node: process.versions.node, run: behaviours.length, failures }))
