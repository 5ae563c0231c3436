// A bot that polls, records each attempt of an update, and may kill itself: before the first
// update is put, after that put and before the take, or while the handler runs.
// Argument: JSON of { store, token, apiRoot, log, crash }; `store` is memory, a file or a database.
import { appendFileSync } from "node:fs"
import { Bot, MemoryQueue, Updater } from "sounder"

const { store, token, apiRoot, log, crash } = JSON.parse(process.argv[2])
const die = () => process.kill(process.pid, "SIGKILL")

const queue = await openQueue()
const { put } = queue
queue.put = async (incoming) => {
  if (crash === "before put") die()
  const settled = put.call(queue, incoming)
  if (crash === "after put") {
    // Telegram waits for a put into memory until the update is handled.
    if (store !== "memory") await settled
    die()
  }
  return settled
}
if (crash === "after put") queue.take = () => new Promise(() => {})

const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }), queue })
updater.dispatcher.use((ctx) => {
  appendFileSync(log, `${ctx.message.text} ${ctx.attempt}\n`)
  if (crash === "while running") die()
})
await updater.runPolling()
await queue[Symbol.asyncDispose]()
process.exit()

async function openQueue() {
  if (store === "memory") return new MemoryQueue()
  if (store.startsWith("file:")) {
    const { SqliteQueue } = await import("sounder/sqlite")
    return new SqliteQueue({ path: store.slice(5) })
  }
  const { PostgresQueue } = await import("sounder/postgres")
  const { default: pg } = await import("pg")
  const pool = new pg.Pool({ connectionString: store, max: 8 })
  return new PostgresQueue({ pool, migrate: true, leaseMs: 500 })
}
