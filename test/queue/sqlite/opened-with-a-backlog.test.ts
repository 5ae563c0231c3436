import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { slowSyncs } from "./slow-syncs.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

test.each([
  { backlog: 2_000, chats: 1_000 },
  { backlog: 6_000, chats: 50 },
])(
  "$backlog updates of $chats chats that wait at a start are handled once and in order, while others come",
  async ({ backlog, chats }) => {
    const path = newPath()
    const put = (queue: SqliteQueue, id: number) =>
      queue.put({ botId: 1, update: updateOf(id % chats, id) })
    {
      await using queue = new SqliteQueue({ path, logger: silentLogger })
      await Promise.all(Array.from({ length: backlog }, (_, index) => put(queue, index + 1)))
    }
    using _ = slowSyncs(5)
    await using queue = new SqliteQueue({ path, logger: silentLogger })
    const all = backlog + 600
    const puts: Promise<void>[] = []
    const last = new Map<string, number>()
    let seen = 0
    const stop = new AbortController()
    const work = async () => {
      while (seen < all) {
        const delivery = await queue.take(stop.signal)
        const id = delivery.update.update_id
        expect(id).toBeGreaterThan(last.get(delivery.lane) ?? 0)
        last.set(delivery.lane, id)
        seen += 1
        await sleep((id * 7) % 5)
        void delivery.done()
      }
      stop.abort()
    }
    const working = Promise.all(
      Array.from({ length: 100 }, () => work().catch(rethrow(stop.signal))),
    )
    // The test awaits this promise at its end.
    working.catch(() => {})
    for (let id = backlog + 1; id <= all; id += 2) {
      puts.push(put(queue, id), put(queue, id + 1))
      await sleep(1)
    }
    await Promise.all([...puts, working])
    expect([seen, queue.waiting]).toEqual([all, 0])
  },
)

function rethrow(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error
  }
}
