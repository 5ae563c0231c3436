/**
 * A receiver and worker of a bot, one of several on the same queue: puts updates, handles them, and notes
 * every event in a journal that survives its death. With `killAt`, the process kills itself at a step.
 *
 *   node worker.mjs '{"url", "schema", "journal", "name", "chats", "updates", "handlerMs", "leaseMs",
 *     "killAt"}'
 *
 * @module
 */
import { subscribe } from "node:diagnostics_channel"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import pg from "pg"
import { PostgresQueue } from "sounder/postgres"

const { url, schema, journal, name, chats, updates, handlerMs, leaseMs, killAt } = JSON.parse(
  process.argv[2],
)
const note = (event, id, more = "") => appendFileSync(journal, `${event} ${id} ${more} ${name}\n`)

let seen = 0
if (killAt) {
  subscribe("sounder:postgres", (step) => {
    if (step === killAt.step && ++seen === killAt.time) process.kill(process.pid, "SIGKILL")
  })
}

const lines = existsSync(journal) ? readFileSync(journal, "utf8").split("\n") : []
const stored = new Set(lines.filter((line) => line.startsWith("stored ")).map(idOf))
const handedBack = new Set(lines.filter((line) => line.startsWith("back ")).map(idOf))

const logger = { debug() {}, info() {}, warn() {}, error() {} }
const pool = new pg.Pool({ connectionString: url })
const queue = new PostgresQueue({ pool, schema, leaseMs, pollMs: 20, timeoutMs: 1_000, logger })
await pool.query(`CREATE TABLE IF NOT EXISTS ${schema}.mine (id integer)`).catch(() => {})
note("open", 0)
console.log("open")
const end = new AbortController()
const workers = Array.from({ length: 4 }, work)

// Puts like Telegram: each chat in order, and again the updates whose put did not resolve in an earlier run.
for (let first = 1; first <= updates; first += 8) {
  const puts = []
  for (let id = first; id < first + 8 && id <= updates; id++) {
    if (!stored.has(id)) puts.push(id)
  }
  await putAll(puts)
}
while (await isWorking()) await new Promise((resolve) => setTimeout(resolve, 5))
end.abort()
await Promise.all(workers)
await queue[Symbol.asyncDispose]()
await pool.end()
note("closed", 0)

/** Puts eight updates. The fourth one arrives before the first three, and is parked. */
async function putAll(ids) {
  const early = ids.find((id) => id % 8 === 4)
  const parked = early && queue.early.park(incoming(early))
  const earlyPut = early && noted(early, parked.put)
  const before = ids.filter((id) => id < early).map((id) => put(id))
  parked?.unpark()
  const after = ids.filter((id) => !(id <= early)).map((id) => put(id))
  const results = await Promise.allSettled([...before, ...(early ? [earlyPut] : []), ...after])
  const left = ids.filter((_, index) => results[index].status === "rejected")
  if (left.length === 0) return
  await new Promise((resolve) => setTimeout(resolve, 20))
  await putAll(left)
}

function put(id) {
  return noted(id, queue.put(incoming(id)))
}

function incoming(id) {
  const chat = { id: id % chats, type: "private", first_name: "Ada" }
  const message = { message_id: id, date: 1, chat, text: "Hello! ".repeat(40) }
  return { botId: 1, update: { update_id: id, message } }
}

async function noted(id, put) {
  await put
  note("stored", id)
}

async function work() {
  while (!end.signal.aborted) {
    const delivery = await queue.take(end.signal).catch(() => undefined)
    if (delivery)
      await handle(delivery).catch((error) => note("refused", idAt(delivery), error.code))
  }
}

function idAt(delivery) {
  return delivery.update.update_id
}

/**
 * Handles an update: every third one is retried, some are handed back, some set aside. Each other update counts
 * itself in the state of its lane, some also in the state of all lanes, and some insert a row.
 */
async function handle(delivery) {
  const id = idAt(delivery)
  note("started", id, delivery.attempt)
  await new Promise((resolve) => setTimeout(resolve, handlerMs))
  if (id % 3 === 0 && delivery.attempt === 1) {
    await delivery.retry({ delayMs: id % 2 })
    return note("retried", id)
  }
  if (id % 7 === 0 && delivery.attempt <= 2 && !handedBack.has(id)) {
    handedBack.add(id)
    await delivery.handBack()
    return note("back", id)
  }
  if (id % 5 === 0 && id % 4 !== 0) await delivery.setAside(new Error("Not today"))
  else await count(delivery)
  note("handled", id)
}

/** Ends a delivery with its counts, repeatedly until no other lane's write conflicts. */
async function count(delivery) {
  const id = idAt(delivery)
  const keys = [delivery.lane, "all"].map((key) => ({ botId: 1, space: "count", key }))
  for (;;) {
    const [own, all] = await readRepeatedly(keys)
    if (id % 4 === 0) {
      const mine = await delivery.transaction.begin()
      await mine.query(`INSERT INTO ${schema}.mine VALUES ($1)`, [id])
    }
    const next = (entry) => `${Number(entry?.json ?? 0) + 1}`
    const writes = [{ kind: "set", key: keys[0], json: next(own) }]
    const ifVersion = all?.version ?? 0
    if (id % 3 === 0) writes.push({ kind: "set", key: keys[1], json: next(all), ifVersion })
    try {
      return await delivery.done(writes)
    } catch (error) {
      if (error.code !== "state-conflict") throw error
    }
  }
}

async function readRepeatedly(keys) {
  for (;;) {
    try {
      return await queue.state.read(keys)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

async function isWorking() {
  // The renewals of a lease go on when nothing is left to do.
  if (killAt?.step.startsWith("lease")) return true
  try {
    const { waiting, running } = await queue.status()
    return waiting + running > 0
  } catch {
    return true
  }
}

function idOf(line) {
  return Number(line.split(" ")[1])
}
