/**
 * The journal of a bot's process: the beginning and the end of the work for each update, by which the bench knows
 * the chats that a kill has interrupted. When `writeSync` returns, the operating system has the line, so that it
 * outlives the process.
 *
 * @module
 */
import { openSync, writeSync } from "node:fs"

const journal = openSync(process.env.JOURNAL, "a")

/** Runs the work for an update of a chat, and writes its beginning and its end. */
export async function journaled(chat, update, work) {
  note("begin", chat, update)
  await work()
  note("end", chat, update)
}

/** Writes the deliveries of a queue of Sounder: from `take` to the commit of their end. */
export function journalDeliveries(queue) {
  const take = queue.take.bind(queue)
  queue.take = (signal) => {
    const taken = take(signal)
    return taken instanceof Promise ? taken.then(journalDelivery) : journalDelivery(taken)
  }
  return queue
}

function journalDelivery(delivery) {
  const { update } = delivery
  const { id: chat } = (update.own ?? update.message ?? update.callback_query.message).chat
  note("begin", chat, update.update_id)
  for (const name of ["done", "retry", "setAside", "handBack"]) {
    const end = delivery[name].bind(delivery)
    delivery[name] = async (options) => {
      const result = await end(options)
      note("end", chat, update.update_id)
      return result
    }
  }
  return delivery
}

/** Writes a line with the time of the machine's monotonic clock, which all processes share, in microseconds. */
function note(what, chat, update) {
  writeSync(journal, `${what} ${chat} ${update} ${process.hrtime.bigint() / 1000n}\n`)
}
