import { once } from "node:events"
import { Fleet } from "sounder"
import { FleetAdmin } from "sounder/admin"
import { SqliteBotStore } from "sounder/fleet"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.ts"

const { BOT_TOKEN, FLEET_KEY = "", FLEET_ADMIN_PASSWORD, ADMIN_PORT = "8090" } = process.env

// Updates wait in one file, and the bots are in another: a crash or a deploy loses neither.
const queue = new SqliteQueue({ path: process.env.UPDATES_FILE ?? "updates.db" })
const store = new SqliteBotStore({ path: process.env.FLEET_FILE ?? "fleet.db", keys: FLEET_KEY })
const fleet = new Fleet({ queue, store })
register(fleet)
if (BOT_TOKEN) await fleet.add(BOT_TOKEN, { kind: "shop" })
await fleet.startPolling()

const admin = new FleetAdmin({ fleet, password: FLEET_ADMIN_PASSWORD, port: Number(ADMIN_PORT) })
const { url } = await admin.start()
console.log(`The admin page: ${url}`)

const ended = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => ended.abort())
await once(ended.signal, "abort")
await admin.close()
await fleet[Symbol.asyncDispose]()
await store[Symbol.asyncDispose]()
await queue[Symbol.asyncDispose]()
