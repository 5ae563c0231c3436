/**
 * A queue whose file a test makes fail. The program reads commands from stdin, and answers each with a line of
 * JSON: `open`, `put ID`, `take`, `become USER`, `close`. `ask ID` puts without waiting, and `asked` answers the
 * outcomes of those puts. The end of an update stores its id in the queue's state: `value` answers the last one.
 * `hold` takes an update, which `end` ends without waiting.
 *
 *   node faults.mjs PATH
 *
 * @module
 */
import { createInterface } from "node:readline"
import { SqliteQueue } from "sounder/sqlite"

const logger = { debug() {}, info() {}, warn() {}, error() {} }
const asked = {}
const key = { botId: 1, space: "test", key: "last" }
const endOf = (delivery) =>
  delivery.done([{ kind: "set", key, json: String(delivery.update.update_id) }])
let held
let queue
const commands = {
  become: (user) => {
    process.setgroups([])
    process.setgid(Number(user))
    process.setuid(Number(user))
  },
  open: () => {
    queue = new SqliteQueue({ path: process.argv[2], logger })
  },
  put: async (id) => {
    const message = { message_id: 1, date: 1, chat: { id: 7 }, text: "x".repeat(3_000) }
    await queue.put({ botId: 1, update: { update_id: Number(id), message } })
  },
  ask: (id) => {
    commands.put(id).then(
      () => (asked[id] = "stored"),
      (error) => (asked[id] = error.code),
    )
  },
  asked: () => asked,
  hold: async () => {
    held = await queue.take(AbortSignal.timeout(60_000))
    return held.update.update_id
  },
  end: () => {
    const id = held.update.update_id
    endOf(held).then(
      () => (asked[id] = "ended"),
      (error) => (asked[id] = error.code),
    )
  },
  value: async () => JSON.parse((await queue.state.read([key]))[0]?.json ?? "null"),
  take: async () => {
    const delivery = await queue.take(AbortSignal.timeout(60_000))
    await endOf(delivery)
    return delivery.update.update_id
  },
  close: () => queue[Symbol.asyncDispose](),
}

for await (const line of createInterface(process.stdin)) {
  const [name, argument] = line.split(" ")
  const answer = {}
  try {
    answer.value = await commands[name](argument)
  } catch (error) {
    Object.assign(answer, { code: error.code, message: error.message })
  }
  console.log(JSON.stringify(answer))
}
