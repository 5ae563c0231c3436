// Polls with a standby lock, and prints what it puts and what it logs, each line with its time on the
// clock that all processes share. Environment: TELEGRAM_API_ROOT,
// BOT_TOKEN, DATABASE_URL, LEASE_MS. Ends on SIGTERM as `runPolling` does.
import pg from "pg"
import { Bot, Polling } from "sounder"
import { PostgresLock } from "sounder/postgres"

const { TELEGRAM_API_ROOT: apiRoot, BOT_TOKEN: token, DATABASE_URL, LEASE_MS } = process.env
const say = (level) => (message) =>
  process.stdout.write(`${process.hrtime.bigint()} ${level} ${message}\n`)
const logger = { debug: () => {}, info: say("info"), warn: say("warn"), error: say("error") }
const pool = new pg.Pool({ connectionString: DATABASE_URL })
pool.on("error", () => {})
const queue = { put: async ({ update }) => say("put")(update.update_id) }
const standby = new PostgresLock({ pool, leaseMs: Number(LEASE_MS), logger })
const polling = await Polling.start({ bot: new Bot(token, { apiRoot }), queue, logger, standby })
say("info")("started")
process.once("SIGTERM", async () => {
  await polling.stopIntake()
  say("info")("handed over")
  await polling.finish()
  process.exit(0)
})
