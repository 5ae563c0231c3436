import pg from "pg"
import { Bot } from "sounder"
import { PostgresQueue } from "sounder/postgres"

const { BOT_TOKEN, DATABASE_URL } = process.env

/** The connection pool of the queue and of the bot's own tables. */
export const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })

/** The queue of receivers and workers. `sounder queue migrate` creates its schema. */
export const queue = new PostgresQueue({ pool, listen: pool })

/** The bot. With TELEGRAM_API_ROOT in the environment it calls another Bot API server. */
export const bot = new Bot(BOT_TOKEN)

/** Closes all connections, after the updater has stopped. */
export async function close() {
  await queue[Symbol.asyncDispose]()
  await bot[Symbol.asyncDispose]()
  await pool.end()
}
