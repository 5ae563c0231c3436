// A bot that is replaced while it runs: notes the beginning and the end of each update, ends at SIGTERM,
// and notes the outcome of the other updates.
// Argument: JSON of { way, store, token, apiRoot, log, port }; `store` is memory, a file or a database.
import { appendFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { Bot, MemoryQueue, Updater, filters } from "sounder"

const { way, store, token, apiRoot, log, port } = JSON.parse(process.argv[2])
const note = (...words) => appendFileSync(log, `${words.join(" ")}\n`)

const queues = {
  memory: () => new MemoryQueue(),
  file: async (path) => {
    const { SqliteQueue } = await import("sounder/sqlite")
    return SqliteQueue.open({ path })
  },
  postgres: async (connectionString) => {
    const { PostgresQueue } = await import("sounder/postgres")
    const { default: pg } = await import("pg")
    return new PostgresQueue({ pool: new pg.Pool({ connectionString, max: 8 }), migrate: true })
  },
}
const [kind] = store.split(":")
console.log("starting")
const queue = await queues[kind](kind === "file" ? store.slice(5) : store)
const bot = new Bot(token, { apiRoot, localMode: true })
const updater = new Updater({ bot, queue, concurrency: 16 })
updater.dispatcher.on(filters.text, async (ctx) => {
  note("began", ctx.chat.id, ctx.message.text)
  await sleep((ctx.update.update_id * 7) % 40)
  note("ended", ctx.chat.id, ctx.message.text)
})
const webhookUrl = `http://127.0.0.1:${port}/hook`
const run =
  way === "polling"
    ? updater.runPolling({ deadlineMs: 10_000 })
    : updater.runWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
// From here on, the process waits for the signal of its end.
note("runs")
const { handled, handedBack, unknown } = await run
note("stopped", handled.length, handedBack.length, unknown.length)
await queue[Symbol.asyncDispose]()
process.exit()
