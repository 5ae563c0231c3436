/**
 * A worker of `bench/postgres.ts` in a process of its own: it puts updates, or puts and handles
 * them, as many as its parent commands, and reports the time.
 *
 * `node postgres-worker.js '{"url", "schema", "first", "lanes"}'`
 *
 * The commands are `{ put: n }` and `{ whole: n }` with updates whose lanes are scattered over all
 * lanes, `{ ten: n }` with ten lanes in each batch, and `{ open: n }` with a new lane for each
 * update. `{ session: n }` is `whole` with a session of 1 KB per lane, which each handler reads and writes
 * with the end of its update.
 *
 * @module
 */
import pg from "pg"
import type { IncomingUpdate } from "../src/queue/index.js"
import { PostgresQueue } from "../src/queue/postgres/index.js"
import { textUpdate } from "./text-update.js"

const { url, schema, first, lanes } = JSON.parse(process.argv[2] ?? "") as {
  url: string
  schema: string
  first: number
  lanes: number
}
/** The number of updates that are put at a time, and handled at a time. */
const concurrency = 64
const never = new AbortController().signal
const pool = new pg.Pool({ connectionString: url })
const queue = new PostgresQueue({ pool, schema })
let lastId = first
/** The text of a session of 1 KB. */
const sessionText = 'A line of a "session". '.repeat(43)

/** The number of updates that are put in one turn of the event loop, and so in one transaction. */
const batch = 1_000

/** Returns an existing lane, scattered so that successive lanes are not adjacent on disk. */
const scattered = (id: number) => (id * 7_919) % lanes
/** Returns one of ten lanes; each batch has other ones if there are more. */
const ofTen = (id: number) => ((Math.floor(id / batch) * 10 + (id % 10)) * 7_919) % lanes
/** Returns a new lane, anywhere between the existing ones. */
const opened = (id: number) => 1_000_000_000 + ((id * 618_033_989) % 1_000_000_007)

function incoming(id: number, lane: (id: number) => number): IncomingUpdate {
  return { botId: 1, update: textUpdate(id, 1_000_000 + lane(id)) }
}

const put = (lane = scattered) => queue.put(incoming(lastId++, lane))

async function each(count: number, act: () => Promise<unknown>): Promise<void> {
  const one = async () => {
    for (let left = count / concurrency; left > 0; left--) await act()
  }
  await Promise.all(Array.from({ length: concurrency }, one))
}

async function fill(count: number, lane: (id: number) => number): Promise<void> {
  for (let left = count; left > 0; left -= batch) {
    await Promise.all(Array.from({ length: Math.min(left, batch) }, () => put(lane)))
  }
}

/** A command of the parent: the number of updates by kind. */
type Command = Partial<Record<"put" | "ten" | "open" | "whole" | "session", number>>

async function take(): Promise<void> {
  await (await queue.take(never)).done()
}

async function takeWithSession(): Promise<void> {
  const delivery = await queue.take(never)
  const key = { botId: delivery.botId, space: "session", key: delivery.lane }
  const [session] = await queue.state.read([key])
  const count = session ? (JSON.parse(session.json) as { count: number }).count : 0
  const json = JSON.stringify({ count: count + 1, text: sessionText })
  await delivery.done([{ kind: "set", key, json }])
}

async function obey({ put: puts, ten, open, whole, session }: Command): Promise<void> {
  const start = performance.now()
  if (puts !== undefined) await fill(puts, scattered)
  if (ten !== undefined) await fill(ten, ofTen)
  if (open !== undefined) await fill(open, opened)
  if (whole !== undefined) await Promise.all([each(whole, () => put()), each(whole, take)])
  if (session !== undefined)
    await Promise.all([each(session, () => put()), each(session, takeWithSession)])
  process.send?.({ ms: performance.now() - start })
}

process.on("message", (command: Command) => void obey(command))
process.on("disconnect", () => process.exit())
process.send?.({ ms: 0 })
