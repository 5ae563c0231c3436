import { expect, test } from "vitest"
import { ListReader, storeRecipients } from "../../src/broadcast/recipient-list.js"
import { BroadcastStore } from "../../src/broadcast/stored-broadcast.js"
import { MemoryQueue } from "../../src/queue/index.js"

const ordered = 100_000

async function storeOf(queue: MemoryQueue) {
  return new BroadcastStore({ store: queue.state, botId: 1 }, { name: "a", id: "b", keepMs: 1e9 })
}

async function readAll(reader: ListReader) {
  const ids: (number | string)[] = []
  let duplicates = 0
  for (let section = 0; section < reader.sections; section += 1) {
    const loaded = await reader.section(section)
    ids.push(...loaded.ids)
    duplicates += loaded.duplicates
  }
  return { ids, duplicates }
}

test("a long stream of recipients is stored in pages, the first 100,000 in order, and each occurs once", async () => {
  await using queue = new MemoryQueue()
  const store = await storeOf(queue)
  const count = 130_000
  async function* to() {
    for (let id = 1; id <= count; id += 1) {
      yield id
      // Some recipients occur again, early or late.
      if (id % 10 === 0) yield id - 5
      if (id % 1_000 === 0) yield `${1 + id / 2}`
    }
  }
  const list = await storeRecipients(store, to(), undefined)
  const again = count / 10 + count / 1_000
  expect(list.total).toBe(count + again)
  const { ids, duplicates } = await readAll(new ListReader(store, list))
  expect(duplicates).toBe(again)
  expect(ids).toHaveLength(count)
  expect(ids.slice(0, ordered)).toEqual(Array.from({ length: ordered }, (_, index) => index + 1))
  expect(
    ids
      .map(Number)
      .toSorted((a, b) => a - b)
      .at(-1),
  ).toBe(count)
  expect(new Set(ids).size).toBe(count)
})

test("a chat is found in the list, wherever it is stored", async () => {
  await using queue = new MemoryQueue()
  const store = await storeOf(queue)
  const to = Array.from({ length: ordered + 500 }, (_, index) => -1 - index)
  const reader = new ListReader(store, await storeRecipients(store, [...to, "@news"], undefined))
  for (const id of [-1, -ordered, -ordered - 400, "@news"]) {
    expect(await reader.includes(id)).toBe(true)
  }
  for (const id of [1, -ordered - 501, "@other"]) expect(await reader.includes(id)).toBe(false)
})
