/**
 * A worker of `bench/shards.ts` in a process of its own: it puts and handles as many updates as its parent commands, and
 * reports its CPU time.
 *
 * `node shards-worker.js '{"urls", "schema", "first", "by", "home"}'`
 *
 * With one URL, the queue is a `PostgresQueue`; with two, a `ShardedQueue`. Half of the updates belong to each of the
 * shards of a queue with two URLs. With `alone`, the queue with one URL gets the updates of that shard only.
 *
 * @module
 */
import pg from "pg"
import type { IncomingUpdate, UpdateQueue } from "../src/queue/index.js"
import { PostgresQueue, ShardedQueue, type SlotRule } from "../src/queue/postgres/index.js"
import { slotOf } from "../src/queue/postgres/shards/slots.js"
import { textUpdate } from "./text-update.js"

const { urls, schema, first, by, home, alone } = JSON.parse(process.argv[2] ?? "") as {
  urls: string[]
  schema: string
  first: number
  by: SlotRule
  home?: string[]
  /** The number of the shard whose updates are put, from 0. */
  alone?: number
}
/** The number of updates that are put at a time, and handled at a time. */
const concurrency = 128
/** The time limit of a statement on a busy machine, in milliseconds. */
const timeoutMs = 60_000
/** The number of bots of a shard, or of the lanes of one bot. */
const each = 500
const never = new AbortController().signal

const queue = openQueue()
const places = [0, 1].map(placesOn)
let lastId = first

function openQueue(): UpdateQueue {
  const [one, two] = urls.map((connectionString) => ({ pool: new pg.Pool({ connectionString }) }))
  if (!one) throw new Error("There is no URL")
  if (!two) return new PostgresQueue({ pool: one.pool, schema, timeoutMs })
  return new ShardedQueue({ shards: { one, two }, schema, by, timeoutMs, ...(home && { home }) })
}

/** Returns the bots, or the chats of one bot, that a new queue of two shards has on one of them. */
function placesOn(shard: number): number[] {
  const found: number[] = []
  for (let place = 1_000_000; found.length < each; place++) {
    const slot = by === "bot" ? slotOf(by, place, "") : slotOf(by, 1, `${place}`)
    if (slot % 2 === shard) found.push(place)
  }
  return found
}

function incoming(id: number): IncomingUpdate {
  const ofShard = places[alone ?? id % 2] ?? []
  const place = ofShard[(Math.floor(id / 2) * 7_919) % each] ?? 0
  const chat = by === "bot" ? 7 : place
  return { botId: by === "bot" ? place : 1, update: textUpdate(id, chat) }
}

async function times(count: number, act: () => Promise<unknown>): Promise<void> {
  let left = count
  const one = async () => {
    while (left-- > 0) await act()
  }
  await Promise.all(Array.from({ length: concurrency }, one))
}

async function obey(count: number): Promise<void> {
  const before = process.cpuUsage()
  const start = performance.now()
  await Promise.all([
    times(count, () => queue.put(incoming(lastId++))),
    times(count, async () => (await queue.take(never)).done()),
  ])
  const { user, system } = process.cpuUsage(before)
  process.send?.({ cpuUs: user + system, ms: performance.now() - start })
}

process.on("message", (count: number) => void obey(count))
process.on("disconnect", () => process.exit())
process.send?.({ cpuUs: 0, ms: 0 })
