/**
 * What every bot of the scoreboard is given, and what it does with an update: it notes in a journal
 * that it begins, waits as long as the update says, and notes that it ends. A line is on its way to
 * the disk when `writeSync` returns, so it outlives the process that wrote it.
 *
 * @module
 */
import { openSync, writeSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

/** The bot's token, the Bot API to call, and `"polling"` or `"webhook"`. */
export const { BOT_TOKEN: token, API_ROOT: apiRoot, MODE: mode } = process.env
/** Where to listen, on 127.0.0.1, and the URL at which Telegram reaches that. */
export const { WEBHOOK_URL: webhookUrl, STORE: store } = process.env
export const port = Number(process.env.PORT)
/** The secret of the webhook, for those that take one. */
export const secretToken = "a-secret-of-the-scoreboard"

const journal = openSync(process.env.JOURNAL, "a")

/** Handles an update: a message whose text, or a press whose data, is a number of milliseconds. */
export async function handle({ update_id, message, callback_query: press }) {
  const { chat } = message ?? press.message
  note("begin", chat.id, update_id)
  await sleep(Number(message?.text ?? press.data))
  note("end", chat.id, update_id)
}

/** The time is that of the machine's monotonic clock, which all processes share, in microseconds. */
function note(what, chat, update) {
  writeSync(journal, `${what} ${chat} ${update} ${process.hrtime.bigint() / 1000n}\n`)
}
