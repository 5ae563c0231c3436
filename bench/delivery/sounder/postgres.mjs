// Sounder with a queue in PostgreSQL. docs/guides/postgres.md, docs/guides/many-machines.md (the
// standby; `orderWithinMs`, as there is one receiver)
import pg from "pg"
import { Bot, Updater } from "sounder"
import { PostgresLock, PostgresQueue } from "sounder/postgres"
import { apiRoot, handle, mode, port, store, token, webhookUrl } from "../work.mjs"

const pool = new pg.Pool({ connectionString: store })
const queue = new PostgresQueue({ pool, listen: pool, migrate: true })
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }), queue })
updater.dispatcher.use((ctx) => handle(ctx.update))

const address = { listen: "127.0.0.1", port, urlPath: "hook", webhookUrl }
if (mode === "polling") await updater.runPolling({ standby: new PostgresLock({ pool }) })
else await updater.runWebhook({ ...address, orderWithinMs: 1000 })
await queue[Symbol.asyncDispose]()
await pool.end()
