// A bot that polls until it has handled all updates, and prints its measurements as a line of JSON.
// Arguments: the framework, the port of its Telegram, a `Workload` as JSON.
import { createRequire } from "node:module"
import { Agent, request } from "node:http"
import { pathToFileURL } from "node:url"
import { setTimeout as sleep } from "node:timers/promises"

const [framework, port, json] = process.argv.slice(2)
const { updates: expected, hotChats, workMs } = JSON.parse(json)
const apiRoot = `http://127.0.0.1:${port}`
const token = "42:AAF-kJ3_abcdefghijklmnopqrstuvwxyz1"
const peers = createRequire(new URL("../delivery/peers/package.json", import.meta.url))
const isIdle = workMs[1] === 0
const clock = () => performance.timeOrigin + performance.now()

const seen = { firstAt: 0, handled: 0, overlaps: 0, peakRss: 0 }
const running = new Set()
const coldWaits = []

const handle = isIdle ? () => count(clock()) : work

async function work({ message }) {
  const now = clock()
  seen.firstAt ||= now
  const chat = message.chat.id
  const [took, at] = message.text.split(" ")
  if (chat > hotChats) coldWaits.push(now - Number(at))
  if (running.has(chat)) seen.overlaps += 1
  running.add(chat)
  await sleep(Number(took))
  running.delete(chat)
  count(now)
}

function count(now) {
  seen.firstAt ||= now
  seen.handled += 1
  if (seen.handled === expected) report()
}

function report() {
  const { user, system } = process.cpuUsage()
  coldWaits.sort((a, b) => a - b)
  console.log(
    JSON.stringify({
      ms: clock() - seen.firstAt,
      overlaps: seen.overlaps,
      coldWaitMs: coldWaits[Math.floor(coldWaits.length * 0.99)] ?? 0,
      peakMb: Math.max(seen.peakRss, process.memoryUsage.rss()) / 1e6,
      cpuMs: (user + system) / 1000,
    }),
  )
  process.exit(0)
}

setInterval(() => {
  seen.peakRss = Math.max(seen.peakRss, process.memoryUsage.rss())
}, 20)

const load = (name) => import(pathToFileURL(peers.resolve(name)).href)

const bots = {
  async sounder() {
    const { Updater, Bot, silentLogger } = await import("sounder")
    const updater = new Updater({ bot: new Bot(token, { apiRoot }), logger: silentLogger })
    updater.dispatcher.use((ctx) => handle(ctx.update))
    await updater.startPolling()
  },
  async "grammy-runner"() {
    const [{ Bot }, { run, sequentialize }] = [await load("grammy"), await load("@grammyjs/runner")]
    const bot = new Bot(token, { client: { apiRoot } })
    bot.use(sequentialize((ctx) => ctx.chat?.id.toString()))
    bot.on("message", (ctx) => handle(ctx.update))
    run(bot)
  },
  async grammy() {
    const { Bot } = await load("grammy")
    const bot = new Bot(token, { client: { apiRoot } })
    bot.on("message", (ctx) => handle(ctx.update))
    await bot.start()
  },
  async telegraf() {
    const { Telegraf } = await load("telegraf")
    const bot = new Telegraf(token, { telegram: { apiRoot } })
    bot.on("message", (ctx) => handle(ctx.update))
    await bot.launch()
  },
  // Without a framework, to measure getUpdates itself.
  async floor() {
    const agent = new Agent({ keepAlive: true })
    for (let offset = 0; ;) {
      for (const update of await getUpdates(agent, offset)) {
        offset = update.update_id + 1
        void handle(update)
      }
    }
  },
}

function getUpdates(agent, offset) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" }
    const sent = request(`${apiRoot}/bot${token}/getUpdates`, { method: "POST", agent, headers })
    sent.on("error", reject).on("response", (response) => {
      const chunks = []
      response.on("data", (chunk) => chunks.push(chunk))
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString()).result))
    })
    sent.end(JSON.stringify({ offset, limit: 100, timeout: 30 }))
  })
}

await bots[framework]()
