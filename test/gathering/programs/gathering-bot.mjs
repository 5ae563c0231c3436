// A bot that gathers a paste or an album of three parts from a file, and may kill itself.
// Argument: JSON of { path, log, crash, probes, isAlbum }. `crash` is { phase, point }: the step of the work during which the bot
// dies, and the crash point of its queue. With `probes`, the bot sends each crash point to its parent. Each handling is
// a line of the log: the ids of the parts. The bot ends when nothing is left to do.
import { subscribe } from "node:diagnostics_channel"
import { appendFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { Bot, Dispatcher } from "sounder"
import { albums, pastes } from "sounder/gathering"
import { SqliteQueue } from "sounder/sqlite"

const { path, log, crash, probes, isAlbum } = JSON.parse(process.argv[2])
let phase = "start"
subscribe("sounder:sqlite", (point) => {
  if (probes) process.send({ phase, point })
  if (crash?.phase === phase && crash.point === point) process.kill(process.pid, "SIGKILL")
})

const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", { onCall: async () => true })
const queue = new SqliteQueue({ path })
const dispatcher = new Dispatcher({ bot, queue })
function handle(ctx) {
  phase = "the end"
  appendFileSync(log, `${ctx.parts.map(({ message_id: id }) => id).join(" ")}\n`)
}
// The wait for a paste never ends by itself: the third part is shorter, and therefore the last.
pastes({ quietMs: 3_600_000, maxMs: 7_200_000 }).handle(dispatcher, handle)
albums({ quietMs: crash ? 60_000 : 100, firstQuietMs: 60_000 }).handle(dispatcher, handle)
dispatcher.start()

const key = isAlbum
  ? { botId: 110, space: "gathering album", key: "7:a" }
  : { botId: 110, space: "gathering paste", key: "7::7" }
const partsStored = async () => {
  const [entry] = await queue.state.read([key])
  return entry ? JSON.parse(entry.json).parts.length : 0
}
const chat = { id: 7, type: "private", first_name: "Ada" }
const from = { id: 7, is_bot: false, first_name: "Ada" }
// A bot that dies while it waits for the third part has two.
for (const id of crash?.phase === "wait" ? [1, 2] : [1, 2, 3]) {
  phase = `part ${id}`
  const content = isAlbum
    ? { media_group_id: "a", photo: [] }
    : { text: id === 3 ? "c" : "a".repeat(4_096) }
  const message = { message_id: id, date: 1, chat, from, ...content }
  // Telegram sends an update again that was not stored before a crash.
  await queue.put({ botId: 110, update: { update_id: id, message } })
  const isNext = async () => phase === "the end" || (await partsStored()) >= id
  if (id < 3 && (crash || probes)) while (!(await isNext())) await sleep(1)
}
if (crash?.phase === "wait") {
  while ((await partsStored()) < 2) await sleep(1)
  process.kill(process.pid, "SIGKILL")
}
// A handled gathering leaves no value and no timer behind.
const isIdle = async () => {
  const { waiting, running } = await queue.status()
  return waiting + running === 0
}
while (!(await isIdle()) || (await partsStored()) > 0) await sleep(1)
await dispatcher.stop()
await queue[Symbol.asyncDispose]()
process.disconnect?.()
