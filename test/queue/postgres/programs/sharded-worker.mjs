/**
 * A receiver and worker of many bots, one of several with the same `ShardedQueue`: puts the updates of each bot in order,
 * handles updates, counts them in the state of their bot, and notes every event in a journal that survives its death.
 * After the end of stdin, it puts no further updates, handles those that wait, and ends.
 *
 *   node sharded-worker.mjs '{"urls", "schema", "journal", "name", "bots", "leaseMs"}'
 *
 * @module
 */
import { appendFileSync, readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { ShardedQueue } from "sounder/postgres"

const { urls, schema, journal, name, bots, leaseMs } = JSON.parse(process.argv[2])
const note = (event, { botId, update }) =>
  appendFileSync(journal, `${event} ${botId} ${update.update_id} ${name}\n`)
const before = readFileSync(journal, "utf8").split("\n")

const [one, two] = urls.map((connectionString) => ({ pool: new pg.Pool({ connectionString }) }))
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const settings = { leaseMs, pollMs: 20, timeoutMs: 5_000, logger }
const queue = new ShardedQueue({ shards: { one, two }, schema, ...settings })
const end = new AbortController()
const workers = Array.from({ length: 8 }, work)
const putting = new AbortController()
process.stdin.on("end", () => putting.abort()).resume()
await Promise.all(Array.from({ length: bots }, (_, index) => putAll(index + 1)))
while (await isWorking()) await sleep(20)
end.abort()
await Promise.all(workers)
await queue[Symbol.asyncDispose]()
await Promise.all([one.pool.end(), two.pool.end()])

/**
 * Puts like Telegram: one update of a bot after the other, and again if the put is refused. Begins after the updates
 * that earlier processes have stored.
 */
async function putAll(botId) {
  const stored = before
    .filter((line) => line.startsWith(`stored ${botId} `))
    .map((line) => Number(line.split(" ")[2]))
  for (let id = Math.max(0, ...stored) + 1; !putting.signal.aborted; id++) {
    const chat = { id: 7, type: "private", first_name: "Ada" }
    const update = { update_id: id, message: { message_id: id, date: 1, chat, text: "Hello!" } }
    while (!(await succeeds(queue.put({ botId, update })))) await sleep(20)
    note("stored", { botId, update })
    await sleep(10)
  }
}

async function work() {
  while (!end.signal.aborted) {
    const delivery = await Promise.resolve(queue.take(end.signal)).catch(() => undefined)
    if (delivery) await handle(delivery)
  }
}

async function handle(delivery) {
  note("started", delivery)
  await sleep(2)
  const key = { botId: delivery.botId, space: "test", key: "count" }
  for (;;) {
    const read = await queue.state.read([key]).catch(() => undefined)
    if (!read) {
      await sleep(20)
      continue
    }
    const json = `${Number(read[0]?.json ?? 0) + 1}`
    const ended = delivery.done([{ kind: "set", key, json, ifVersion: read[0]?.version ?? 0 }])
    // The end of an update whose lease has ended is refused.
    return note((await succeeds(ended)) ? "handled" : "refused", delivery)
  }
}

async function isWorking() {
  const { waiting, running } = await queue.status().catch(() => ({ waiting: 1, running: 0 }))
  return waiting + running > 0
}

async function succeeds(promise) {
  return promise.then(
    () => true,
    () => false,
  )
}
