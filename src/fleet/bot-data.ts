import { sleep } from "../ground/sleep.js"
import type { BotRecords, UpdateQueue } from "../queue/index.js"

/** The time between two looks at the depth of the queue, in milliseconds. */
const lookEveryMs = 50

/** Returns the records of a queue. Throws a `TypeError` for a queue that cannot delete the data of a bot. */
export function expectRecords({ records }: UpdateQueue): BotRecords {
  if (records) return records
  throw new TypeError(
    "Expected a queue that deletes the data of a bot, with the member `records`, for the option `deleteData`.",
  )
}

/**
 * Deletes the data of a removed bot from a queue. The dispatchers drop its waiting updates; running handlers end first.
 * Rejects if updates are still there after `waitMs`, and with the error of the queue.
 */
export async function deleteBotData(
  queue: UpdateQueue,
  botId: number,
  waitMs = Infinity,
): Promise<void> {
  const records = expectRecords(queue)
  const endMs = performance.now() + waitMs
  // Timers would become updates.
  await records.delete(botId)
  for (;;) {
    const [depth = 0] = await records.depths([botId])
    if (depth === 0) break
    if (performance.now() > endMs) {
      throw new Error(`${depth} updates of the bot are still in the queue`)
    }
    await sleep(lookEveryMs)
  }
  // The last handlers may have written values.
  await records.delete(botId)
}
