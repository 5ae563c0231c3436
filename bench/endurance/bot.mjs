/**
 * The bot of `npm run bench:endurance`: writes the start and end of each handler into a journal,
 * and reports its state to its parent once per second. On the command to hold, handlers begin and
 * do not end, so that updates accumulate behind them.
 *
 * @module
 */
import { openSync, readdirSync, writeSync } from "node:fs"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { Bot, MemoryQueue, Updater } from "sounder"

const { API_ROOT: apiRoot, MODE: mode, QUEUE: kind, STORE: store, JOURNAL: path } = process.env
const token = "110:a-token-of-the-endurance-bench-000000000"
const journal = path && openSync(path, "a")
let isHeld = false

const queue = await newQueue()
const updater = new Updater({ bot: new Bot(token, { apiRoot }), queue })

updater.dispatcher.use(async ({ update }) => {
  note("begin", update)
  if (isHeld) await new Promise(() => {})
  // Most handlers are fast, and some wait.
  if (update.update_id % 10 === 0) await sleep(update.update_id % 7)
  note("end", update)
})

process.on("message", (what) => {
  if (what === "hold") isHeld = true
})
process.on("SIGTERM", () => void stop())

// The system chooses the port, and the parent sends its updates to it.
const address =
  mode === "polling"
    ? await updater.startPolling()
    : await updater.startWebhook({ port: 0, urlPath: "hook", secretToken: "endurance" })
process.send({ what: "ready", port: address?.port })
report()

async function stop() {
  await updater.stop()
  await queue[Symbol.asyncDispose]()
  process.disconnect()
}

async function newQueue() {
  if (kind === "memory") return new MemoryQueue()
  if (kind === "sqlite") {
    const { SqliteQueue } = await import("sounder/sqlite")
    return new SqliteQueue({ path: store })
  }
  const [{ PostgresQueue }, { default: pg }] = await Promise.all([
    import("sounder/postgres"),
    import("pg"),
  ])
  const pool = new pg.Pool({ connectionString: store })
  // The time after which the deliveries of a killed bot are taken over.
  return new PostgresQueue({ pool, migrate: true, leaseMs: 1_000 })
}

/**
 * Writes a line with the time of the machine's monotonic clock, which all processes share, in
 * microseconds.
 */
function note(what, { update_id, message }) {
  if (!journal) return
  writeSync(journal, `${what} ${message.chat.id} ${update_id} ${process.hrtime.bigint() / 1000n}\n`)
}

function report() {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const timer = setInterval(() => {
    if (!process.connected) return clearInterval(timer)
    const { rss, heapUsed } = process.memoryUsage()
    process.send({
      what: "report",
      rssMiB: rss / 2 ** 20,
      heapMiB: heapUsed / 2 ** 20,
      descriptors: readdirSync("/proc/self/fd").length,
      delayP99Ms: delay.percentile(99) / 1e6,
      delayMaxMs: delay.max / 1e6,
    })
    delay.reset()
  }, 1000)
  timer.unref()
}
