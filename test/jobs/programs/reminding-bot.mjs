// A bot with reminders, one of several processes on the same queue. Each run counts itself in the state with the end
// of its update, and prints a dot. Environment: DATABASE_URL, SCHEMA. Ends on SIGTERM.
import pg from "pg"
import { Bot, Dispatcher } from "sounder"
import { job } from "sounder/jobs"
import { PostgresQueue } from "sounder/postgres"

const { DATABASE_URL, SCHEMA: schema } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL })
const queue = new PostgresQueue({ pool, schema, leaseMs: 2_000 })
const dispatcher = new Dispatcher({ bot: new Bot("1:a"), queue })

job("remind").handle(dispatcher, async (ctx) => {
  const key = `${ctx.data}`
  ctx.state.set("runs", key, ((await ctx.state.get("runs", key)) ?? 0) + 1)
  process.stdout.write(".")
})
dispatcher.start()
process.stdout.write("ready\n")
process.once("SIGTERM", async () => {
  await dispatcher.stop()
  await queue[Symbol.asyncDispose]()
  await pool.end()
})
