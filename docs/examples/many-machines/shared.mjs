import pg from "pg"
import { Bot } from "sounder"
import { PostgresQueue } from "sounder/postgres"

const { BOT_TOKEN, DATABASE_URL, API_ROOT } = process.env

/** One pool for the queue and for the bot's own tables. */
export const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })

/** What receivers and workers share. The schema is made by `sounder queue migrate`. */
export const queue = new PostgresQueue({ pool, listen: pool })

/** API_ROOT is for a Bot API server of your own; without it, Telegram's. */
export const bot = new Bot(BOT_TOKEN, API_ROOT ? { apiRoot: API_ROOT } : {})

/** When nothing runs any more. */
export async function close() {
  await queue[Symbol.asyncDispose]()
  await bot[Symbol.asyncDispose]()
  await pool.end()
}
