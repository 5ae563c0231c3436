/**
 * Measures an update in a `MemoryQueue`: put, take, done. The cost must not grow with the number of
 * lanes. Run with `npm run bench -- queue`.
 *
 * @module
 */
import { type IncomingUpdate, MemoryQueue } from "../src/queue/index.js"

const updates = 300_000
const never = new AbortController().signal

/** Puts all updates, then takes them: `lanes` updates are ready at once. */
async function backlog(lanes: number): Promise<number> {
  const queue = new MemoryQueue({ capacity: updates })
  const incoming = updatesIn(lanes)
  const start = performance.now()
  const puts: Promise<void>[] = []
  for (const update of incoming) puts.push(queue.put(update))
  for (let taken = 0; taken < updates; taken++) await (await queue.take(never)).done()
  const ms = performance.now() - start
  await Promise.all(puts)
  return ms
}

/** Puts batches of 100, as polling does, and handles each before the next. */
async function batches(lanes: number): Promise<number> {
  const queue = new MemoryQueue()
  const incoming = updatesIn(lanes)
  const start = performance.now()
  for (let first = 0; first < updates; first += 100) {
    const puts: Promise<void>[] = []
    for (let next = first; next < first + 100; next++) {
      const update = incoming[next]
      if (update) puts.push(queue.put(update))
    }
    for (let taken = 0; taken < 100; taken++) await (await queue.take(never)).done()
    await Promise.all(puts)
  }
  return performance.now() - start
}

/** Puts each update while a worker waits. */
async function idle(lanes: number): Promise<number> {
  const queue = new MemoryQueue()
  const incoming = updatesIn(lanes)
  const start = performance.now()
  for (const update of incoming) {
    const taken = queue.take(never)
    const put = queue.put(update)
    await (await taken).done()
    await put
  }
  return performance.now() - start
}

function updatesIn(lanes: number) {
  return Array.from({ length: updates }, (_, index): IncomingUpdate => {
    const chat = { id: 1_000_000 + (index % lanes), type: "private" as const, first_name: "Ada" }
    const from = { id: chat.id, is_bot: false, first_name: "Ada" }
    const message = { message_id: 1, date: 1, chat, from, text: "One, two" }
    return { botId: 1, update: { update_id: index, message } }
  })
}

for (const [name, run] of Object.entries({ batches, backlog, idle })) {
  for (const lanes of [10, 1_000, 100_000]) {
    await run(lanes)
    const ms = Math.min(await run(lanes), await run(lanes))
    const each = ((ms * 1_000) / updates).toFixed(2)
    const perSecond = Math.round((updates / ms) * 1_000).toLocaleString("en")
    console.log(
      `${name}, ${lanes.toLocaleString("en")} lanes: ${perSecond} per second, ${each} µs each`,
    )
  }
}
