/**
 * The servers that `webhook.ts`, `webhook-durable.ts` and `metrics.ts` compare, each in a process
 * of its own. `ours` is a `WebhookServer` with a queue and a dispatcher with two handlers,
 * `counted` the same with metrics, `durable` the same with a `SqliteQueue`, `stored` the same as `durable` without a
 * dispatcher. `bare` is a `node:http` server that checks the secret, reads the body and parses it.
 * `grammy` and `telegraf` are bots as in their documentation, with the same two handlers. The
 * process sends its parent the port, and on request the CPU time that it has used, and its RSS.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type RequestListener } from "node:http"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Bot } from "../src/bot/index.js"
import { Dispatcher, filters } from "../src/dispatch/index.js"
import { Metrics } from "../src/metrics/index.js"
import { MemoryQueue, type UpdateQueue } from "../src/queue/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { Webhook } from "../src/webhook/webhook.js"
import { WebhookServer } from "../src/node-server/webhook-server.js"

interface PeerBot {
  botInfo?: object
  command(name: string, handler: () => void): unknown
  on(what: string, handler: () => void): unknown
  webhookCallback(path: string, options: { secretToken: string }): RequestListener
}

interface Grammy {
  readonly Bot: new (token: string, options: { botInfo: object }) => PeerBot
  readonly webhookCallback: (
    bot: PeerBot,
    server: "http",
    options: { secretToken: string },
  ) => RequestListener
}

interface TelegrafModule {
  readonly Telegraf: new (token: string) => PeerBot
}

const secretToken = "bench-bench-bench-bench-bench-bench-bench-b"

process.send?.({ port: await start(process.argv[2]) })
process.on("disconnect", () => process.exit())
process.on("message", () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system, rssMb: process.memoryUsage.rss() / 1e6 })
})

function start(name: string | undefined): Promise<number> {
  if (name === "bare") return startBare()
  if (name === "grammy" || name === "telegraf") return startPeer(name)
  if (name === "durable") return startOurs(durableQueue())
  if (name === "stored") return startServer(1, durableQueue())
  if (name === "counted") void new Metrics()
  return startOurs()
}

/** Returns a queue in a new file, on the disk of temporary files. */
function durableQueue(): SqliteQueue {
  const folder = mkdtempSync(join(tmpdir(), "sounder-bench-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return new SqliteQueue({ path: join(folder, "updates.db") })
}

async function startOurs(queue: UpdateQueue = new MemoryQueue()): Promise<number> {
  const bot = new Bot("1:a")
  const dispatcher = new Dispatcher({ bot, queue })
  dispatcher.command("start", () => {})
  dispatcher.on(filters.text, () => {})
  dispatcher.start()
  return startServer(bot.id, queue)
}

async function startServer(botId: number, queue: UpdateQueue): Promise<number> {
  const server = new WebhookServer({ port: 0 })
  server.add(new Webhook({ botId, queue, path: "hook", secretToken }))
  return (await server.start()).port
}

function startBare(): Promise<number> {
  return listening((request, response) => {
    if (request.headers["x-telegram-bot-api-secret-token"] !== secretToken) {
      response.statusCode = 401
      response.end()
      return
    }
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString())
      response.end()
    })
  })
}

/** Starts a bot of another framework, from the packages of `simulator/test/peers`. */
function startPeer(name: "grammy" | "telegraf"): Promise<number> {
  const load = createRequire(join(process.cwd(), "simulator/test/peers/package.json"))
  const me = { id: 1, is_bot: true, first_name: "Bot", username: "bench_bot" }
  const nothing = () => {}
  if (name === "grammy") {
    // The part of the framework's interface that is used here.
    const { Bot: GrammyBot, webhookCallback } = load("grammy") as Grammy
    const bot = new GrammyBot("1:a", { botInfo: me })
    bot.command("start", nothing)
    bot.on("message:text", nothing)
    return listening(webhookCallback(bot, "http", { secretToken }))
  }
  // The part of the framework's interface that is used here.
  const { Telegraf } = load("telegraf") as TelegrafModule
  const bot = new Telegraf("1:a")
  bot.botInfo = me
  bot.command("start", nothing)
  bot.on("text", nothing)
  return listening(bot.webhookCallback("/hook", { secretToken }))
}

function listening(listener: RequestListener): Promise<number> {
  const server = createServer({ keepAliveTimeout: 75_000 }, listener)
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(address !== null && typeof address === "object" ? address.port : 0)
    })
  })
}
