import type { Update } from "@grammyjs/types"
import { setTimeout as sleep } from "node:timers/promises"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { QueueFull } from "../../../src/queue/index.js"
import { SqliteQueue, type SqliteQueueOptions } from "../../../src/queue/sqlite/index.js"
import { findSqlite, rows } from "../../../src/queue/sqlite/sqlite-driver.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { untilTrue } from "../../support/waiting.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const noUpdates = { waiting: 0, running: 0, setAside: 0, timers: 0, outbox: 0, values: 0 }

const newPath = pathsIn(temporaryFolder())
const patience = () => AbortSignal.timeout(60_000)

function put(queue: SqliteQueue, chat: number, ...ids: number[]): Promise<void[]> {
  return Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(chat, id) })))
}

/** Reads the file as another program. */
function ask(path: string, sql: string): { count?: number }[] {
  const database = findSqlite()(path)
  try {
    return rows<{ count: number }>(database.prepare(sql))
  } finally {
    database.close()
  }
}

/** Opens the file, uses its queue, and closes it. */
async function within<T>(
  options: SqliteQueueOptions,
  act: (queue: SqliteQueue) => Promise<T>,
): Promise<T> {
  await using queue = new SqliteQueue(options)
  return await act(queue)
}

async function takeIds(queue: SqliteQueue, count: number): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < count) {
    const delivery = await queue.take(patience())
    ids.push(delivery.update.update_id)
    await delivery.done()
  }
  return ids
}

describe("a queue that is opened again", () => {
  test("has the waiting updates, in order", async () => {
    const path = newPath()
    await within({ path }, async (queue) => {
      await put(queue, 1, 1, 2)
      await put(queue, 2, 3)
      await put(queue, 1, 4)
      expect(await takeIds(queue, 1)).toEqual([1])
    })
    await within({ path }, async (queue) => {
      expect(queue.waiting).toBe(3)
      expect(await takeIds(queue, 3)).toEqual([2, 3, 4])
      expect(queue.waiting).toBe(0)
    })
  })

  test("delivers an update that was being handled again, as the next attempt", async () => {
    const path = newPath()
    await within({ path }, async (queue) => {
      await put(queue, 1, 1, 2)
      expect((await queue.take(patience())).attempt).toBe(1)
    })
    await within({ path }, async (queue) => {
      const { update, attempt } = await queue.take(patience())
      expect([update.update_id, attempt]).toEqual([1, 2])
    })
  })

  test("does not count an attempt that was handed back", async () => {
    const path = newPath()
    await within({ path }, async (queue) => {
      await put(queue, 1, 1)
      expect(await (await queue.take(patience())).handBack()).toBe(true)
      const again = await queue.take(patience())
      expect(again.attempt).toBe(1)
      await again.handBack()
    })
    await within({ path }, async (queue) => {
      expect((await queue.take(patience())).attempt).toBe(1)
    })
  })

  test("keeps the delay of a retry", async () => {
    const path = newPath()
    const retriedAt = await within({ path }, async (queue) => {
      await put(queue, 1, 1)
      const delivery = await queue.take(patience())
      const now = performance.now()
      await delivery.retry({ delayMs: 400 })
      return now
    })
    await within({ path }, async (queue) => {
      const { attempt } = await queue.take(patience())
      expect(attempt).toBe(2)
      expect(performance.now() - retriedAt).toBeGreaterThanOrEqual(398)
    })
  })

  test("knows the handled and the waiting updates", async () => {
    const path = newPath()
    await within({ path }, async (queue) => {
      await put(queue, 1, 1, 2)
      await takeIds(queue, 1)
    })
    await within({ path }, async (queue) => {
      await put(queue, 1, 1, 2, 3)
      expect(await takeIds(queue, 2)).toEqual([2, 3])
      expect(queue.waiting).toBe(0)
    })
  })
})

test("a restart does not change when an update was received", async () => {
  const path = newPath()
  let receivedAt = 0
  await within({ path }, async (queue) => {
    await put(queue, 1, 1)
    receivedAt = (await queue.take(AbortSignal.timeout(60_000))).receivedAt
  })
  await sleep(20)
  await within({ path }, async (queue) => {
    expect((await queue.take(AbortSignal.timeout(60_000))).receivedAt).toBe(receivedAt)
  })
  expect(receivedAt).toBeLessThan(Date.now() - 15)
})

describe("any number of updates that are put in one turn", () => {
  const put1 = fc.record({
    botId: fc.integer({ min: 1, max: 2 }),
    id: fc.integer({ min: 1, max: 150 }),
  })
  const turns = fc.array(fc.array(put1, { maxLength: 120 }), { minLength: 1, maxLength: 4 })

  test("are stored once each and in their order, whatever their ids", async () => {
    const property = fc.asyncProperty(turns, fc.boolean(), async (all, isReopened) => {
      const path = newPath()
      const first = new SqliteQueue({ path })
      for (const turn of all) {
        await Promise.all(
          turn.map(({ botId, id }) => first.put({ botId, update: updateOf(7, id) })),
        )
      }
      if (isReopened) await first[Symbol.asyncDispose]()
      await using queue = isReopened ? new SqliteQueue({ path }) : first
      const expected = new Map<number, number[]>([
        [1, []],
        [2, []],
      ])
      for (const { botId, id } of all.flat()) {
        const ids = expected.get(botId)
        if (!ids?.includes(id)) ids?.push(id)
      }
      const seen = new Map<number, number[]>([
        [1, []],
        [2, []],
      ])
      while (queue.waiting > 0) {
        const delivery = await queue.take(patience())
        seen.get(delivery.botId)?.push(delivery.update.update_id)
        expect(delivery.attempt).toBe(1)
        await delivery.done()
      }
      expect(seen).toEqual(expected)
    })
    await fc.assert(property, { numRuns: 60 })
  })
})

describe("a repeated update_id", () => {
  test("is new when its update was handled longer than `rememberMs` ago", async () => {
    await within({ path: newPath(), rememberMs: 50 }, async (queue) => {
      await put(queue, 1, 1)
      await takeIds(queue, 1)
      await sleep(80)
      await put(queue, 1, 1)
      expect(await takeIds(queue, 1)).toEqual([1])
    })
  })

  test("is known for as long as its update waits", async () => {
    await within({ path: newPath(), rememberMs: 0 }, async (queue) => {
      await put(queue, 1, 1)
      await sleep(5)
      await put(queue, 1, 1)
      expect(queue.waiting).toBe(1)
    })
  })

  test("old ids are forgotten when new ones come, but not the id of a waiting update", async () => {
    const path = newPath()
    await within({ path, rememberMs: 0 }, async (queue) => {
      await put(queue, 1, 1)
      const waits = await queue.take(patience())
      for (let first = 2; first < 10_000; first += 500) {
        const ids = Array.from({ length: 500 }, (_, index) => first + index)
        await Promise.all(ids.map((id) => put(queue, id, id)))
        await Promise.all(ids.map(() => takeIds(queue, 1)))
      }
      await waits.handBack()
      await put(queue, 1, 1)
      expect(queue.waiting).toBe(1)
    })
    const [row] = ask(path, "SELECT count(*) count FROM ids")
    expect(row?.count).toBeLessThan(4_000)
  })

  test("is another update for another bot, and is new if it is lower than all others", async () => {
    await within({ path: newPath() }, async (queue) => {
      await queue.put({ botId: 1, update: updateOf(1, 900_000_000) })
      await queue.put({ botId: 2, update: updateOf(1, 900_000_000) })
      await queue.put({ botId: 1, update: updateOf(1, 5) })
      expect(await takeIds(queue, 3)).toEqual([900_000_000, 900_000_000, 5])
    })
  })

  test("put twice in one turn is stored once, and both puts resolve", async () => {
    await within({ path: newPath() }, async (queue) => {
      await put(queue, 1, 1, 1, 1)
      expect(queue.waiting).toBe(1)
    })
  })
})

describe("an update that was set aside", () => {
  async function setAside(queue: SqliteQueue, id: number, error: unknown): Promise<void> {
    await put(queue, 7, id)
    await (await queue.take(patience())).setAside(error)
  }

  test("is listed with its error, oldest first, also after a restart", async () => {
    const path = newPath()
    await within({ path }, async (queue) => {
      await setAside(queue, 2, new Error("The model is down"))
      await setAside(queue, 1, "no reason")
      await setAside(queue, 3, Object.create(null))
    })
    await within({ path }, async (queue) => {
      const [first, second, third] = await queue.setAside()
      expect(first).toMatchObject({ botId: 1, update: updateOf(7, 2), lane: "7", attempt: 1 })
      expect(first?.error).toContain("The model is down")
      expect(Math.abs(Date.now() - Number(first?.setAsideAt))).toBeLessThan(60_000)
      expect(second).toMatchObject({ update: { update_id: 1 }, error: "no reason" })
      expect(third?.error).toBe("a value without a text")
      expect(await queue.setAside({ limit: 1 })).toEqual([first])
    })
  })

  test("is replayed behind all others of its lane, as a first attempt", async () => {
    await within({ path: newPath() }, async (queue) => {
      await setAside(queue, 1, "no")
      await put(queue, 7, 2)
      expect(await queue.replay({ botId: 1, updateId: 1 })).toBe(true)
      expect(await queue.replay({ botId: 1, updateId: 1 })).toBe(false)
      expect(await queue.setAside()).toEqual([])
      await put(queue, 7, 1)
      expect(await takeIds(queue, 1)).toEqual([2])
      const replayed = await queue.take(patience())
      expect([replayed.update.update_id, replayed.attempt]).toEqual([1, 1])
    })
  })

  test("is delivered to a waiting worker when it is replayed", async () => {
    await within({ path: newPath() }, async (queue) => {
      await setAside(queue, 1, "no")
      const taking = queue.take(patience())
      await queue.replay({ botId: 1, updateId: 1 })
      expect((await taking).update.update_id).toBe(1)
    })
  })

  test("is dropped for good, and its id stays known", async () => {
    await within({ path: newPath() }, async (queue) => {
      await setAside(queue, 1, "no")
      expect(await queue.drop({ botId: 1, updateId: 1 })).toBe(true)
      expect(await queue.drop({ botId: 1, updateId: 1 })).toBe(false)
      await put(queue, 7, 1)
      expect(await queue.status()).toEqual(noUpdates)
    })
  })
})

describe("many updates", () => {
  test("of a noisy chat delay no other chat, also if not all are in memory", async () => {
    const path = newPath()
    await within({ path }, async (queue) => {
      await put(queue, 1, ...Array.from({ length: 2_500 }, (_, index) => index + 1))
      await put(queue, 2, 9_000)
    })
    await within({ path }, async (queue) => {
      const noisy = await queue.take(patience())
      expect(noisy.update.update_id).toBe(1)
      expect((await queue.take(patience())).update.update_id).toBe(9_000)
      await put(queue, 3, 9_001)
      expect((await queue.take(patience())).update.update_id).toBe(9_001)
      await noisy.done()
      expect(await takeIds(queue, 2_499)).toEqual(
        Array.from({ length: 2_499 }, (_, index) => index + 2),
      )
    })
  })

  test("come oldest lane first, also if not all are in memory and others are put meanwhile", async () => {
    const path = newPath()
    const ids = Array.from({ length: 4_000 }, (_, index) => index + 1)
    await within({ path }, async (queue) => {
      await Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(id, id) })))
    })
    await within({ path }, async (queue) => {
      const taken = await takeIds(queue, 2_000)
      await put(queue, 1, 4_001)
      expect([...taken, ...(await takeIds(queue, 2_001))]).toEqual([...ids, 4_001])
    })
  })
})

test("updates that are read ahead after a restart keep their order and their attempts", async () => {
  const path = newPath()
  const ids = Array.from({ length: 3_000 }, (_, index) => index + 1)
  const chatOf = (id: number) => (id % 3 === 0 ? 7 : id % 50)
  await within({ path }, async (queue) => {
    await Promise.all(ids.map((id) => put(queue, chatOf(id), id)))
    // Taken, and not ended by this process.
    const begun = await Promise.all([queue.take(patience()), queue.take(patience())])
    expect(begun.map(({ update }) => update.update_id)).toEqual([1, 2])
  })
  const seen: { id: number; attempt: number }[] = []
  await within({ path }, async (queue) => {
    const over = new AbortController()
    const takeOne = async () => {
      try {
        return await queue.take(over.signal)
      } catch (error) {
        if (!over.signal.aborted) throw error
        return undefined
      }
    }
    const work = async () => {
      for (;;) {
        const delivery = await takeOne()
        if (!delivery) return
        const { update, attempt } = delivery
        seen.push({ id: update.update_id, attempt })
        if (update.update_id % 50 === 4 && attempt === 1) await delivery.retry()
        else await delivery.done()
        if (seen.length === ids.length + 60) over.abort()
      }
    }
    await Promise.all(Array.from({ length: 20 }, work))
  })
  expect(seen.filter(({ attempt }) => attempt > 1).length).toBe(2 + 60)
  expect(new Set(seen.map(({ id }) => id)).size).toBe(ids.length)
  for (const chat of new Set(ids.map(chatOf))) {
    const ofChat = seen.filter(({ id }) => chatOf(id) === chat).map(({ id }) => id)
    expect(ofChat).toEqual(ofChat.toSorted((one, other) => one - other))
  }
})

describe("a SqliteQueue", () => {
  test("reports how many updates wait, run and were set aside, and since when", async () => {
    await within({ path: newPath() }, async (queue) => {
      const before = Date.now()
      await put(queue, 1, 1, 2, 3)
      await put(queue, 2, 4)
      await (await queue.take(patience())).setAside("no")
      await queue.take(patience())
      const { oldestPutAt, ...counts } = await queue.status()
      expect(counts).toEqual({ ...noUpdates, waiting: 2, running: 1, setAside: 1 })
      expect(Number(oldestPutAt)).toBeGreaterThanOrEqual(before)
    })
  })

  test("stores the puts of one turn in one transaction", async () => {
    const path = newPath()
    await within({ path, capacity: 3 }, async (queue) => {
      const puts = [1, 2, 3, 4].map((id) => put(queue, id, id))
      const states = (await Promise.allSettled(puts)).map(({ status }) => status)
      expect(states).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"])
      await expect(puts[3]).rejects.toBeInstanceOf(QueueFull)
    })
  })

  test("writes pending puts and endings before it closes", async () => {
    const path = newPath()
    const queue = new SqliteQueue({ path })
    const putting = put(queue, 1, 1, 2)
    await queue[Symbol.asyncDispose]()
    await putting
    await within({ path }, async (reopened) => expect(reopened.waiting).toBe(2))
  })

  test("refuses every call after it was closed, also the end of a delivery", async () => {
    const path = newPath()
    const queue = new SqliteQueue({ path })
    await put(queue, 1, 1)
    const held = await queue.take(patience())
    await queue[Symbol.asyncDispose]()
    const closed = { code: "queue-closed" }
    await expect(held.done()).rejects.toMatchObject(closed)
    await expect(put(queue, 1, 2)).rejects.toMatchObject(closed)
    await expect(queue.status()).rejects.toMatchObject(closed)
    await expect(queue.setAside()).rejects.toMatchObject(closed)
    await expect(queue.replay({ botId: 1, updateId: 1 })).rejects.toMatchObject(closed)
    await expect(queue.drop({ botId: 1, updateId: 1 })).rejects.toMatchObject(closed)
  })

  test("has lanes of bots, by user and by a function", async () => {
    const lane = ({ update_id: id }: { update_id: number }) => `lane ${id % 2} ✓`
    await within({ path: newPath(), lane }, async (queue) => {
      await put(queue, 1, 1, 2, 3)
      const held = [await queue.take(patience()), await queue.take(patience())]
      expect(held.map(({ lane: name }) => name)).toEqual(["lane 1 ✓", "lane 0 ✓"])
    })
    await within({ path: newPath(), lane: "user" }, async (queue) => {
      await put(queue, 5, 1)
      expect((await queue.take(patience())).lane).toBe("5")
    })
  })

  test("refuses a lane that is no string", async () => {
    const lane = () => 7 as unknown as string
    await within({ path: newPath(), lane }, async (queue) => {
      await expect(put(queue, 1, 1)).rejects.toThrow(/Expected the `lane` option to be a function/)
    })
  })

  test("keeps every character of an update", async () => {
    const path = newPath()
    const text = "NUL \0, half \ud800, emoji 👩‍👩‍👧, quotes ' \" and a line\u2028end"
    const update = { ...updateOf(1, 1), message: { ...updateOf(1, 1).message, text } }
    await within({ path }, (queue) => queue.put({ botId: 1, update } as never))
    await within({ path }, async (queue) => {
      expect((await queue.take(patience())).update.message?.text).toBe(text)
    })
  })

  test("stores the given JSON text of an update", async () => {
    const path = newPath()
    const json = `{"update_id":1,\n"message":{"text":"\\ud83d\\ude00","date":1.0}}`
    await within({ path }, (queue) => {
      return queue.put({ botId: 1, update: JSON.parse(json) as Update, json })
    })
    expect(ask(path, "SELECT body FROM updates")).toEqual([{ body: json }])
    const delivery = await within({ path }, (queue) => queue.take(patience()))
    expect(delivery.update).toEqual({ update_id: 1, message: { text: "\u{1f600}", date: 1 } })
  })

  test("wakes a worker when the delay of a retry is over", async () => {
    await within({ path: newPath() }, async (queue) => {
      await put(queue, 1, 1)
      await (await queue.take(patience())).retry({ delayMs: 30 })
      let isTaken = false
      const taking = queue.take(patience()).then(() => (isTaken = true))
      expect(isTaken).toBe(false)
      await taking
      await untilTrue(async () => (await queue.status()).running === 1)
    })
  })

  test.each<[SqliteQueueOptions, string]>([
    [{ path: "" }, "path"],
    [{ path: 7 as unknown as string }, "path"],
    [{ path: "x.db", capacity: 0 }, "capacity"],
    [{ path: "x.db", rememberMs: -1 }, "rememberMs"],
    [{ path: "x.db", lane: "thread" as "chat" }, "lane"],
  ])("refuses %j", (options, name) => {
    expect(() => new SqliteQueue(options)).toThrow(`Expected the \`${name}\` option`)
  })
})
