// A bot that counts the updates of each chat, and of the bot, in sessions with a store: a Keyv over files. It may
// kill itself: before or after a call of the store's `set`, or after the end of an update.
// Argument: JSON of { path, folder, updates, chats, killAt: { step, time } }.
import { Keyv } from "keyv"
import { KeyvFile } from "keyv-file"
import { Bot, Dispatcher } from "sounder"
import { session } from "sounder/session"
import { SqliteQueue } from "sounder/sqlite"

const { path, folder, updates, chats, killAt } = JSON.parse(process.argv[2])
const times = {}
function reach(step) {
  times[step] = (times[step] ?? 0) + 1
  if (step === killAt?.step && times[step] === killAt.time) process.kill(process.pid, "SIGKILL")
}

const files = new KeyvFile({ filename: folder, separatedFile: true })
const store = new Keyv({ store: files, throwOnErrors: true })
const { set } = store
store.set = async (...args) => {
  reach("before set")
  const result = await set.apply(store, args)
  reach("after set")
  return result
}

const queue = new SqliteQueue({ path })
const { take } = queue
queue.take = async (signal) => {
  const delivery = await take.call(queue, signal)
  const { done } = delivery
  delivery.done = async (writes) => {
    await done.call(delivery, writes)
    reach("after done")
  }
  return delivery
}

const me = { id: 1, is_bot: true, first_name: "Bot", username: "counting_bot" }
// One update at a time, because a kill would cut the file that another update writes.
const dispatcher = new Dispatcher({ bot: new Bot("1:a", { me }), queue, concurrency: 1 })
const initial = () => ({ n: 0 })
dispatcher
  .derive(session("count", { initial, store }))
  .derive(session("total", { initial, store, key: "bot" }))
  .use((ctx) => {
    ctx.count.n += 1
    ctx.total.n += 1
  })

for (let id = 1; id <= updates; id += 1) {
  const chat = { id: 1 + (id % chats), type: "private", first_name: "Ada" }
  const message = { message_id: id, date: 1_700_000_000, chat, text: "x" }
  await queue.put({ botId: 1, update: { update_id: id, message } })
}
dispatcher.start()
for (;;) {
  const { waiting, running } = await queue.status()
  if (waiting + running === 0) break
  await new Promise((resolve) => setTimeout(resolve, 10))
}
await dispatcher.stop()
await queue[Symbol.asyncDispose]()
