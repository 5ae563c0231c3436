/**
 * One worker of `bench/postgres.ts`, a process of its own: puts updates and works them off, for as
 * many as it is told, and answers how long that took.
 *
 *   node postgres-worker.js '{"url", "schema", "first", "lanes"}'
 *
 * It reads commands from its parent: `{ put: n }` and `{ whole: n }`.
 *
 * @module
 */
import pg from "pg"
import type { IncomingUpdate } from "../src/queue/index.js"
import { PostgresQueue } from "../src/queue/postgres/index.js"

const { url, schema, first, lanes } = JSON.parse(process.argv[2] ?? "") as {
  url: string
  schema: string
  first: number
  lanes: number
}
const width = 64
const never = new AbortController().signal
const pool = new pg.Pool({ connectionString: url })
const queue = new PostgresQueue({ pool, schema })
let lastId = first

/** Some 600 bytes, as a text message has. */
function incoming(id: number): IncomingUpdate {
  // Scattered, so that neighbours are not neighbours on disk.
  const chat = 1_000_000 + ((id * 7_919) % lanes)
  const person = { id: chat, first_name: "Ada", last_name: "Lovelace", username: "ada_lovelace" }
  const message = {
    message_id: id,
    date: 1_700_000_000,
    chat: { ...person, type: "private" as const },
    from: { ...person, is_bot: false, language_code: "en" },
    text: "On the analytical engine. ".repeat(12),
  }
  return { botId: 1, update: { update_id: id, message } }
}

const put = () => queue.put(incoming(lastId++))

async function each(count: number, act: () => Promise<unknown>): Promise<void> {
  const one = async () => {
    for (let left = count / width; left > 0; left--) await act()
  }
  await Promise.all(Array.from({ length: width }, one))
}

async function fill(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1_000) {
    await Promise.all(Array.from({ length: Math.min(left, 1_000) }, put))
  }
}

async function obey(command: { put?: number; whole?: number }): Promise<void> {
  const start = performance.now()
  if (command.put !== undefined) await fill(command.put)
  if (command.whole !== undefined) {
    const take = async () => (await queue.take(never)).done()
    await Promise.all([each(command.whole, put), each(command.whole, take)])
  }
  process.send?.({ ms: performance.now() - start })
}

process.on("message", (command: { put?: number; whole?: number }) => void obey(command))
process.on("disconnect", () => process.exit())
process.send?.({ ms: 0 })
