/**
 * A worker of a `ShardedQueue`, which counts the updates of each bot in the state, and prints each update that it
 * begins as `bot id`.
 *
 *   node sharded-worker.mjs '{"urls", "schema"}'
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { ShardedQueue } from "sounder/postgres"

const { urls, schema } = JSON.parse(process.argv[2])
const [one, two] = urls.map((connectionString) => ({ pool: new pg.Pool({ connectionString }) }))
const queue = new ShardedQueue({ shards: { one, two }, schema, leaseMs: 5_000, pollMs: 20 })
const never = new AbortController().signal
await queue.probe()
console.log("open")
for (let worker = 0; worker < 4; worker++) void work()

async function work() {
  for (;;) {
    const delivery = await queue.take(never)
    const { botId, update } = delivery
    console.log(`${botId} ${update.update_id}`)
    await sleep(5)
    const key = { botId, space: "test", key: "count" }
    const [entry] = await queue.state.read([key])
    const json = `${Number(entry?.json ?? 0) + 1}`
    // On a busy machine the lease may end: then another worker has the update.
    await delivery
      .done([{ kind: "set", key, json, ifVersion: entry?.version ?? 0 }])
      .catch(() => {})
  }
}
