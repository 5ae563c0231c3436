/**
 * The receiver and worker of a bot: puts updates, handles them, and notes every event in a journal that survives
 * its death. With `killAt`, the process kills itself at a step. The end of each update counts in the state of its
 * lane.
 *
 *   node worker.mjs '{"path", "journal", "chats", "updates", "handlerMs", "killAt": {"step", "time"}}'
 *
 * @module
 */
import { subscribe } from "node:diagnostics_channel"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { SqliteQueue } from "sounder/sqlite"

const { path, journal, chats, updates, handlerMs = 0, killAt } = JSON.parse(process.argv[2])
const note = (event, id, more = "") => appendFileSync(journal, `${event} ${id} ${more}\n`)

let seen = 0
if (killAt) {
  subscribe("sounder:sqlite", (step) => {
    if (step === killAt.step && ++seen === killAt.time) process.kill(process.pid, "SIGKILL")
  })
}

const lines = existsSync(journal) ? readFileSync(journal, "utf8").split("\n") : []
const idsOf = (event) => new Set(lines.filter((line) => line.startsWith(`${event} `)).map(idOf))
const stored = idsOf("stored")
const handedBack = idsOf("back")

const queue = new SqliteQueue({ path })
note("open", 0)
for (const id of idsOf("done")) {
  if ((await counterOf(id)).last < id) throw new Error(`The write of update ${id} is lost`)
}
console.log("open")
const end = new AbortController()
const workers = Array.from({ length: 4 }, work)

// Puts like Telegram: each chat in order, and again the updates whose put did not resolve in an earlier run.
// Of each eight updates, the fourth one arrives before the first three, and is parked.
for (let first = 1; first <= updates; first += 8) {
  let parked
  const ids = [first + 3, first, first + 1, first + 2, first + 4, first + 5, first + 6, first + 7]
  const puts = []
  for (const id of ids.filter((one) => one <= updates && !stored.has(one))) {
    if (id === first + 3) parked = queue.early.park(incoming(id))
    puts.push(noted(id, id === first + 3 ? parked.put : queue.put(incoming(id))))
    if (id === first + 2) parked?.unpark()
    if (id === first + 3) await nextTurn()
  }
  await Promise.all(puts)
}
while (await isWorking()) await new Promise((resolve) => setTimeout(resolve, 1))
end.abort()
await Promise.all(workers)
for (let chat = 0; chat < chats; chat++) note("count", chat, (await counterOf(chat)).count)
await queue[Symbol.asyncDispose]()
note("closed", 0)

function nextTurn() {
  return new Promise((resolve) => setImmediate(resolve))
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
    if (delivery) await handle(delivery)
  }
}

/** Handles an update: every third one is retried, some are handed back, some set aside. */
async function handle(delivery) {
  const { update_id: id } = delivery.update
  note("started", id, delivery.attempt)
  const counter = await counterOf(id)
  if (counter.last >= id) throw new Error(`Update ${id} is delivered again, but its write was kept`)
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
  if (id % 5 === 0) await delivery.setAside(new Error("Not today"))
  else {
    await delivery.done(writesOf(id, counter))
    note("done", id)
  }
  note("handled", id)
}

/** Returns the number of done updates of a lane, and the last one of them. */
async function counterOf(id) {
  const [entry] = await queue.state.read([keyOf("counter", id % chats)])
  return { count: 0, last: 0, version: 0, ...JSON.parse(entry?.json ?? "{}"), ...entry }
}

/** Returns writes that count an update, store an expired value, and delete a value. */
function writesOf(id, { count, version }) {
  const json = JSON.stringify({ count: count + 1, last: id })
  return [
    { kind: "set", key: keyOf("counter", id % chats), json, ifVersion: version },
    { kind: "set", key: keyOf("expired", id), json, expiresAt: 1 },
    { kind: "delete", key: keyOf("none", id) },
  ]
}

function keyOf(space, id) {
  return { botId: 1, space, key: String(id) }
}

async function isWorking() {
  const { waiting, running } = await queue.status()
  return waiting + running > 0
}

function idOf(line) {
  return Number(line.split(" ")[1])
}
