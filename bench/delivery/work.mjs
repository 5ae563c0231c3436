/**
 * The work of every bot of the scoreboard: it writes the start of a handler into a journal, waits
 * for the time in the update, and writes the end. When `writeSync` returns, the operating system
 * has the line, so that it outlives the process.
 *
 * @module
 */
import { openSync, writeSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

/** The bot's token, the Bot API to call, and `"polling"` or `"webhook"`. */
export const { BOT_TOKEN: token, API_ROOT: apiRoot, MODE: mode } = process.env
/** The webhook's URL, which contains the port to listen on, and the store of the queue. */
export const { WEBHOOK_URL: webhookUrl, STORE: store } = process.env
export const port = Number(process.env.PORT)
/** The secret of the webhook, for frameworks that support one. */
export const secretToken = "a-secret-of-the-scoreboard"

const journal = openSync(process.env.JOURNAL, "a")

/** Handles an update: a message whose text, or a press whose data, is a number of milliseconds. */
export async function handle({ update_id, message, callback_query: press }) {
  const { chat } = message ?? press.message
  note("begin", chat.id, update_id)
  await sleep(Number(message?.text ?? press.data))
  note("end", chat.id, update_id)
}

/**
 * Writes a line with the time of the machine's monotonic clock, which all processes share, in
 * microseconds.
 */
function note(what, chat, update) {
  writeSync(journal, `${what} ${chat} ${update} ${process.hrtime.bigint() / 1000n}\n`)
}
