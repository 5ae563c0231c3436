/**
 * The servers that `webhook.ts` and `metrics.ts` compare, each in a process of its own: `ours` is a
 * `WebhookServer` with a queue and a dispatcher with two handlers, `counted` the same with metrics,
 * `bare` a `node:http` server that checks the secret, reads the body and parses it. Sends its parent the port, and the CPU time it
 * has used whenever it is asked.
 *
 * @module
 */
import { createServer } from "node:http"
import { Bot } from "../src/bot/index.js"
import { Dispatcher, filters } from "../src/dispatch/index.js"
import { Metrics } from "../src/metrics/index.js"
import { MemoryQueue } from "../src/queue/index.js"
import { Webhook, WebhookServer } from "../src/retrieval/webhook/index.js"

const secretToken = "bench-bench-bench-bench-bench-bench-bench-b"

process.send?.({ port: await start(process.argv[2]) })
process.on("disconnect", () => process.exit())
process.on("message", () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system })
})

function start(name: string | undefined): Promise<number> {
  if (name === "bare") return startBare()
  if (name === "counted") void new Metrics()
  return startOurs()
}

async function startOurs(): Promise<number> {
  const bot = new Bot("1:a")
  const queue = new MemoryQueue()
  const dispatcher = new Dispatcher({ bot, queue })
  dispatcher.command("start", () => {})
  dispatcher.on(filters.text, () => {})
  dispatcher.start()
  const server = new WebhookServer({ port: 0 })
  server.add(new Webhook({ botId: bot.id, queue, path: "hook", secretToken }))
  return (await server.start()).port
}

function startBare(): Promise<number> {
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
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
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(address !== null && typeof address === "object" ? address.port : 0)
    })
  })
}
