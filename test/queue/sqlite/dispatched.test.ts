import { expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { untilTrue } from "../../support/waiting.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
const bot = new Bot("1:token", { me: { id: 1, is_bot: true, first_name: "Bot" } as never })

test("a dispatcher handles the updates that an earlier one has left, in order, and hands back at its deadline", async () => {
  const path = newPath()
  const seen: number[] = []
  const first = new SqliteQueue({ path })
  const slow = new Dispatcher({ bot, queue: first, concurrency: 4, logger: silentLogger })
  const stuck: number[] = []
  slow.use(async (ctx) => {
    if (ctx.update.update_id > 3) {
      stuck.push(ctx.update.update_id)
      await new Promise(() => {})
    }
    seen.push(ctx.update.update_id)
  })
  for (let id = 1; id <= 6; id++) await first.put({ botId: 1, update: updateOf(7, id) })
  slow.start()
  await untilTrue(() => stuck.length === 1)
  const began = performance.now()
  const { handedBack, unknown } = await slow.stop({ deadlineMs: 20 })
  // Two graces of 250 ms: for the handler that is stuck, and for a disk that is slow.
  const isLate = performance.now() - began > 500
  expect(isLate ? [] : unknown).toEqual([])
  expect(isLate ? [...handedBack, ...unknown] : handedBack).toEqual([{ botId: 1, updateId: 4 }])
  await first[Symbol.asyncDispose]()

  await using second = new SqliteQueue({ path })
  const next = new Dispatcher({ bot, queue: second, logger: silentLogger })
  next.use((ctx) => void seen.push(ctx.update.update_id))
  next.start()
  await untilTrue(async () => seen.length === 6 && (await second.status()).running === 0)
  await next.stop()
  expect(seen).toEqual([1, 2, 3, 4, 5, 6])
  expect(second.waiting).toBe(0)
})
