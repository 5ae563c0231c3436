/**
 * A process of a fleet with webhooks, whose store and queue are files in a folder. It adds and removes bots by messages of
 * its parent, and answers each message. With `killAt`, the process kills itself at a step, such as `before store.add` or
 * `after setWebhook`.
 *
 *   node fleet-process.mjs '{"folder", "keys", "apiRoot", "port", "killAt"}'
 *
 * @module
 */
import { subscribe } from "node:diagnostics_channel"
import { join } from "node:path"
import { Fleet, WebhookServer } from "sounder"
import { SqliteBotStore } from "sounder/fleet"
import { SqliteQueue } from "sounder/sqlite"

const { folder, keys, apiRoot, port, killAt } = JSON.parse(process.argv[2])

const at = (step) => {
  if (step === killAt) process.kill(process.pid, "SIGKILL")
}
subscribe("sounder:bot:call", ({ method }) => at(`before ${method}`))
subscribe("sounder:bot:called", ({ method }) => at(`after ${method}`))

/** Makes the begin and the end of a method steps. */
function observe(name, object, method) {
  const original = object[method].bind(object)
  object[method] = async (...values) => {
    at(`before ${name}.${method}`)
    const result = await original(...values)
    at(`after ${name}.${method}`)
    return result
  }
}

const store = new SqliteBotStore({ path: join(folder, "bots.db"), keys, pollMs: 50 })
for (const method of ["add", "remove", "endRemoval"]) observe("store", store, method)
const queue = new SqliteQueue({ path: join(folder, "updates.db") })
observe("records", queue.records, "delete")
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const fleet = new Fleet({ store, queue, botOptions: { apiRoot, localMode: true }, logger })
fleet.dispatcher.command("start", async (ctx) => {
  ctx.state.set("notes", "last", "/start")
  await ctx.reply("hello")
})
await fleet.startWebhook({
  server: new WebhookServer({ port }),
  webhookUrl: `http://127.0.0.1:${port}/bots`,
  urlPath: "/bots",
})

const commands = {
  add: async (token) => (await fleet.add(token)).id,
  remove: (botId) => fleet.remove(botId, { deleteWebhook: true, deleteData: true }),
  states: async () => fleet.status().map(({ state }) => state),
  value: async (botId) =>
    (await queue.state.read([{ botId, space: "notes", key: "last" }]))[0]?.json ?? null,
}
process.on("message", async ({ command, value }) => process.send(await commands[command](value)))
process.on("disconnect", () => process.exit())
process.send("open")
