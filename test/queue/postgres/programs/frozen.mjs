/**
 * A worker that takes one update, prints `held`, waits for a line on stdin, ends the update with a write, and
 * prints the outcome of `done`.
 *
 *   node frozen.mjs '{"url", "schema", "leaseMs"}'
 *
 * @module
 */
import { once } from "node:events"
import pg from "pg"
import { PostgresQueue } from "sounder/postgres"

const { url, schema, leaseMs } = JSON.parse(process.argv[2])
const pool = new pg.Pool({ connectionString: url })
const queue = new PostgresQueue({ pool, schema, leaseMs })
const delivery = await queue.take(AbortSignal.timeout(60_000))
console.log("held")
await once(process.stdin, "data")
const key = { botId: 1, space: "test", key: "writer" }
const code = await delivery.done([{ kind: "set", key, json: '"frozen"' }]).then(
  () => "done",
  (error) => error.code,
)
console.log(JSON.stringify({ code, reason: delivery.signal.reason?.code }))
process.exit()
