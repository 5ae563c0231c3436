import { describe, expect, test } from "vitest"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue } from "../../src/queue/memory/memory-queue.js"
import { SqliteQueue } from "../../src/queue/sqlite/sqlite-queue.js"
import { QueueFull, type UpdateQueue } from "../../src/queue/update-queue.js"
import { updateOf } from "../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

/** Puts an update of a chat. Returns whether there was room. */
async function puts(queue: UpdateQueue, chat: number, id: number): Promise<boolean> {
  const put = queue.put({ botId: 1, update: updateOf(chat, id) })
  const isFull = (error: unknown) => {
    if (!(error instanceof QueueFull)) throw error
    return false
  }
  const hasRoom = put.then(() => true, isFull)
  if (!(queue instanceof MemoryQueue)) return hasRoom
  // A put into memory is refused at once, and resolves when the update is handled.
  return Promise.race([hasRoom, nextTurn().then(() => true)])
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30))
}

describe.each([
  ["memory", (capacity: number) => new MemoryQueue({ capacity, holdMs: 1 })],
  [
    "SQLite",
    (capacity: number) => new SqliteQueue({ path: newPath(), capacity, logger: silentLogger }),
  ],
])("in a queue that is bounded: %s", (_name, open) => {
  test("a chat that hangs leaves half of the capacity to others, and two such chats leave a third", async () => {
    await using queue = open(12)
    const all: Promise<boolean>[] = []
    for (let id = 1; id <= 10; id += 1) all.push(puts(queue, 1, id))
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(6)
    for (let id = 101; id <= 110; id += 1) await puts(queue, 2, id)
    expect(queue.waiting).toBe(9)
    expect(await puts(queue, 3, 201)).toBe(true)
    expect(await puts(queue, 4, 202)).toBe(true)
  })

  test("after a refusal a chat is refused until the end of the turn, and other chats are not", async () => {
    await using queue = open(8)
    const signal = AbortSignal.timeout(60_000)
    const first = [1, 2, 3, 4].map((id) => puts(queue, 1, id))
    const refused = puts(queue, 1, 5)
    const taking = queue.take(signal)
    const follows = puts(queue, 1, 6)
    const other = puts(queue, 2, 7)
    expect(await Promise.all(first)).toEqual([true, true, true, true])
    expect([await refused, await follows, await other]).toEqual([false, false, true])
    await (await taking).done()
    await nextTurn()
    expect(await puts(queue, 1, 5)).toBe(true)
  })

  test("a repeated update of a full chat joins the first", async () => {
    await using queue = open(2)
    expect(await puts(queue, 1, 1)).toBe(true)
    expect(await puts(queue, 1, 2)).toBe(false)
    expect(await puts(queue, 1, 1)).toBe(true)
    expect(queue.waiting).toBe(1)
  })
})

test("the share of a chat is known after a restart", async () => {
  const path = newPath()
  const open = () => new SqliteQueue({ path, capacity: 6, logger: silentLogger })
  {
    await using queue = open()
    for (const id of [1, 2, 3]) expect(await puts(queue, 1, id)).toBe(true)
  }
  await using queue = open()
  expect(await puts(queue, 1, 4)).toBe(false)
  await nextTurn()
  const delivery = await queue.take(AbortSignal.timeout(60_000))
  expect(await puts(queue, 1, 4)).toBe(true)
  await delivery.retry()
  expect(await puts(queue, 1, 5)).toBe(false)
})

describe("the updates of a memory queue are bounded in bytes", () => {
  const long = (id: number) => ({
    ...updateOf(id, id),
    message: { ...updateOf(id, id).message, text: "x".repeat(1_000) },
  })

  test("with their JSON text, and without it", async () => {
    for (const withJson of [true, false]) {
      await using queue = new MemoryQueue({ capacityBytes: 200_000 })
      const refused: unknown[] = []
      for (let id = 1; id <= 1_000 && refused.length === 0; id += 1) {
        // the test's own update
        const update = long(id) as ReturnType<typeof updateOf>
        const json = withJson ? JSON.stringify(update) : undefined
        queue.put({ botId: 1, update, json }).catch((error: unknown) => refused.push(error))
        await Promise.resolve()
        await Promise.resolve()
      }
      expect(refused[0]).toBeInstanceOf(QueueFull)
      expect(String(refused[0])).toMatch(/stores \d+ bytes of updates/)
      expect(queue.waiting).toBeLessThan(300)
      await expect(queue.probe()).resolves.toBeUndefined()
    }
  })

  test("except that an empty queue accepts one update that is larger than the bound", async () => {
    await using queue = new MemoryQueue({ capacityBytes: 10, holdMs: 0 })
    const put = (id: number) =>
      queue.put({ botId: 1, update: updateOf(id, id), json: "x".repeat(50) })
    const first = put(1)
    await expect(put(2)).rejects.toBeInstanceOf(QueueFull)
    await (await queue.take(AbortSignal.timeout(60_000))).done()
    await first
  })
})

test.each(["a\0b", "\uD800", "b\uDFFF\0"])("a chat whose id is %j can be stored", async (id) => {
  await using queue = new SqliteQueue({ path: newPath(), logger: silentLogger })
  const update = { update_id: 1, message: { chat: { id } } } as never
  await queue.put({ botId: 1, update })
  const delivery = await queue.take(AbortSignal.timeout(60_000))
  expect(delivery.update).toEqual(update)
  expect(delivery.lane.isWellFormed()).toBe(true)
})
