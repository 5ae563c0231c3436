/**
 * Measures the memory of a process while the dialogs of 100,000 chats wait for an answer, each with a time-out, as a
 * ratio to a process whose handler of the same updates begins no dialog. The memory is the heap after a garbage
 * collection. With a durable queue, dialogs and time-outs are rows, so that the ratio should be near 1.
 *
 * `DIALOGS=100000` sets the number, and `QUEUES="SQLite;PostgreSQL"` selects the queues.
 *
 * @module
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { Bot } from "../src/bot/index.js"
import { Conversation } from "../src/conversation/index.js"
import { Dispatcher } from "../src/dispatch/index.js"
import { migratePostgresQueue, PostgresQueue } from "../src/queue/postgres/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { withPostgres } from "./postgres-pool.js"

process.env.NODE_ENV = "production"

const dialogs = Number(process.env["DIALOGS"] ?? 100_000)
const queues = (process.env["QUEUES"] ?? "SQLite;PostgreSQL").split(";")
/** The number of updates that are put at a time. */
const concurrency = 200
const dayMs = 24 * 3_600_000

/** The place of a queue: the path of a file, or the URL and schema of a database. */
interface Place {
  readonly path?: string
  readonly url?: string
  readonly schema?: string
}

/** A process to measure. */
interface Task extends Place {
  readonly hasDialogs: boolean
}

/** Handles an update of each chat, and prints the memory of the process. */
async function run({ path, url, schema, hasDialogs }: Task): Promise<void> {
  const pool = new pg.Pool({ connectionString: url })
  const queue =
    path === undefined
      ? new PostgresQueue({ pool, schema: schema ?? "sounder" })
      : new SqliteQueue({ path })
  const dispatcher = new Dispatcher({ bot: new Bot("1:a"), queue })
  let [handled, ready] = [0, () => {}]
  const all = new Promise<void>((resolve) => (ready = resolve))
  const add = () => {
    if ((handled += 1) === dialogs) ready()
  }
  const talk = new Conversation("talk", { states: ["asked"], timeoutMs: dayMs })
  talk.entryPoints.command("go", (ctx) => {
    if (hasDialogs) ctx.dialog.enter("asked")
    add()
  })
  talk.mount(dispatcher)
  dispatcher.start()
  let id = 0
  const put = async () => {
    while (id < dialogs) await queue.put(incoming((id += 1)))
  }
  await Promise.all(Array.from({ length: concurrency }, put))
  await all
  await dispatcher.stop()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send?.({ bytes: heapUsed + external, rss })
  await queue[Symbol.asyncDispose]()
  await pool.end()
  process.disconnect?.()
}

function incoming(id: number) {
  const person = { id: 1_000_000 + id, first_name: "Ada", last_name: "Lovelace" }
  const message = {
    message_id: id,
    date: 1_700_000_000,
    chat: { ...person, type: "private" as const },
    from: { ...person, is_bot: false, language_code: "en" },
    text: "/go",
    entities: [{ type: "bot_command" as const, offset: 0, length: 3 }],
  }
  return { botId: 1, update: { update_id: id, message } }
}

/** The memory of a process, in bytes. */
interface Memory {
  readonly bytes: number
  readonly rss: number
}

async function memoryOf(task: Task): Promise<Memory> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(task)])
  const exit = once(child, "exit")
  // `run` sends this message.
  const [memory] = (await Promise.race([once(child, "message"), exit])) as [Memory]
  await exit
  return memory
}

async function compare(name: string, placeOf: (variant: string) => Promise<Place>): Promise<void> {
  const without = await memoryOf({ ...(await placeOf("without")), hasDialogs: false })
  const withDialogs = await memoryOf({ ...(await placeOf("with")), hasDialogs: true })
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  const [memory, rss] = (["bytes", "rss"] as const).map(
    (key) => `${megabytes(without[key])} to ${megabytes(withDialogs[key])} MB`,
  )
  const ratio = Number((without.bytes / withDialogs.bytes).toFixed(2))
  const text = `waiting: ${dialogs.toLocaleString("en")} dialogs, ${name}`
  console.log(JSON.stringify({ name: text, target: 0.9, ratio, memory, rss }))
}

async function comparePostgres(): Promise<void> {
  await withPostgres((pool, url) =>
    compare("PostgreSQL", async (schema) => {
      await migratePostgresQueue(pool, { schema })
      return { url, schema }
    }),
  )
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sounder-bench-"))
  try {
    if (queues.includes("SQLite")) {
      await compare("SQLite", async (variant) => ({ path: join(folder, `${variant}.db`) }))
    }
    if (queues.includes("PostgreSQL")) await comparePostgres()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const [task] = process.argv.slice(2)
// The parent passes a task.
await (task === undefined ? main() : run(JSON.parse(task) as Task))
