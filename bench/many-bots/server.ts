/**
 * The servers that `many-bots.ts` compares, each in a process of its own: `fleet` is a `Fleet`,
 * `updaters` are `Updater`s with one `WebhookServer`, and `bare` is a `node:http` server that finds
 * the secret of a path in a `Map`, reads the body and parses it. The process sends its parent the
 * port, and on request its use of CPU time and memory.
 *
 * @module
 */
import { createServer } from "node:http"
import { filters, type Router } from "../../src/dispatch/index.js"
import { Fleet } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Updater } from "../../src/updater.js"
import { targetOfBot, tokenOf } from "./bots.js"

const [kind, count, registers] = process.argv.slice(2)
const tokens = Array.from({ length: Number(count) }, (_, bot) => tokenOf(bot))
/** The public address of the webhooks; `undefined` if they are not registered. */
const webhookUrl = registers === "registered" ? "https://example.com/bots" : undefined

process.send?.({ port: await start() })
process.on("disconnect", () => process.exit())
process.on("message", (wanted) => {
  if (wanted === "rest") for (let pass = 0; pass < 4; pass += 1) globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ cpuUs: user + system, rssMb: rss / 2 ** 20, heapKb: heapUsed / 2 ** 10 })
})

function start(): Promise<number> {
  if (kind === "bare") return startBare()
  return kind === "fleet" ? startFleet() : startUpdaters()
}

async function startFleet(): Promise<number> {
  const fleet = new Fleet({ logger: silentLogger })
  handle(fleet.dispatcher)
  for (const token of tokens) await fleet.add(token)
  const server = new WebhookServer({ port: 0 })
  await fleet.startWebhook({ server, webhookUrl, urlPath: "/bots" })
  return server.address?.port ?? 0
}

async function startUpdaters(): Promise<number> {
  const server = new WebhookServer({ port: 0 })
  const { port } = await server.start()
  for (const [bot, token] of tokens.entries()) {
    const updater = new Updater({ token, logger: silentLogger })
    handle(updater.dispatcher)
    const { path } = targetOfBot(bot)
    await updater.startWebhook({
      server,
      urlPath: path,
      webhookUrl: webhookUrl && new URL(path, webhookUrl).href,
    })
  }
  return port
}

function handle(router: Router): void {
  router.command("start", () => {})
  router.on(filters.text, () => {})
}

function startBare(): Promise<number> {
  const secrets = new Map<string | undefined, string>()
  for (const bot of tokens.keys()) secrets.set(targetOfBot(bot).path, targetOfBot(bot).secretToken)
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const secret = secrets.get(request.url)
    if (!secret || request.headers["x-telegram-bot-api-secret-token"] !== secret) {
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
