/**
 * Measures many bots in one process and on one port, in a `Fleet` and with an `Updater` for each: the
 * CPU time of an update as a ratio to a process with one bot, the heap of a registered bot at rest, and the
 * RSS under load as a ratio to a bare `node:http` server with as many paths. The servers run in
 * turns, each in a process of its own. Prints a line of JSON for each measurement. `BOTS=1000` measures other numbers
 * of bots than 1,000 and 10,000.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { targetOfBot } from "./many-bots/bots.js"
import { startRegistry } from "./many-bots/telegram.js"
import { compareAll, connected, end, median, type Round } from "./webhook-load.js"

const kinds = ["fleet", "updaters"] as const
const counts = (process.env["BOTS"] ?? "1000,10000").split(",").map(Number)
const rounds = 7
/** The time after a start until the second check of the webhook is over and its connection is closed, in milliseconds. */
const restMs = 16_000

type Kind = (typeof kinds)[number] | "bare"

for (const kind of kinds) await measureRest(kind)
await measureLoad()

/** Measures the heap of registered bots whose connections to Telegram are closed. */
async function measureRest(kind: Kind): Promise<void> {
  const one = await restOf(kind, 1)
  for (const count of counts) {
    const many = await restOf(kind, count)
    const perBot = (of: "heapKb" | "rssKb") =>
      Number(((many[of] - one[of]) / (count - 1)).toFixed(2))
    print(`at rest, ${nameOf(kind, count)}`, {
      target: 4,
      kilobytes: perBot("heapKb"),
      rssKilobytes: perBot("rssKb"),
    })
  }
}

async function restOf(kind: Kind, count: number): Promise<{ heapKb: number; rssKb: number }> {
  const { apiRoot, server } = await startRegistry()
  const child = startServer(kind, count, apiRoot)
  await once(child, "message")
  await sleep(restMs)
  child.send("rest")
  // The answer of the server's process.
  const [{ heapKb, rssMb }] = (await once(child, "message")) as [{ heapKb: number; rssMb: number }]
  child.disconnect()
  server.closeAllConnections()
  server.close()
  return { heapKb, rssKb: rssMb * 1024 }
}

/** Measures all servers in turns, with updates that go to all bots alike. */
async function measureLoad(): Promise<void> {
  const places = [...kinds, "bare" as const].flatMap((kind) =>
    [1, ...counts].map((count) => ({ kind, count })),
  )
  const servers = await Promise.all(
    places.map(({ kind, count }) =>
      connected(startServer(kind, count), (id) => targetOfBot(id % count)),
    ),
  )
  const found = await compareAll(servers, rounds)
  end(...servers)
  const roundsOf = (kind: Kind, count: number) =>
    found[places.findIndex((place) => place.kind === kind && place.count === count)] ?? []
  for (const kind of kinds) {
    for (const count of counts) {
      const [many, one] = [roundsOf(kind, count), roundsOf(kind, 1)]
      const bare = roundsOf("bare", count)
      print(`CPU of an update, ${nameOf(kind, count)} compared with one bot`, {
        target: 1.15,
        ratio: ratioOf(many, one, cpuOf),
        ...{ cpuUs: median(many.map(cpuOf)), oneCpuUs: median(one.map(cpuOf)) },
        toFloor: ratioOf(many, bare, cpuOf),
      })
      print(`RSS under load, ${nameOf(kind, count)} compared with node:http`, {
        target: 1.5,
        ratio: ratioOf(many, bare, rssOf),
        ...{ megabytes: median(many.map(rssOf)), floorMegabytes: median(bare.map(rssOf)) },
      })
    }
  }
}

function startServer(kind: Kind, count: number, apiRoot?: string): ChildProcess {
  const file = fileURLToPath(new URL("many-bots/server.js", import.meta.url))
  const mode = apiRoot === undefined ? "unregistered" : "registered"
  const env = { ...process.env, NODE_ENV: "production", TELEGRAM_API_ROOT: apiRoot }
  return fork(file, [kind, String(count), mode], { env })
}

/** Returns the median of the ratios of the rounds. */
function ratioOf(ones: readonly Round[], others: readonly Round[], of: (round: Round) => number) {
  return median(
    ones.flatMap((one, index) => {
      const other = others[index]
      return other ? [of(one) / of(other)] : []
    }),
  )
}

function cpuOf({ cpuUs }: Round): number {
  return cpuUs
}

function rssOf({ rssMb = Number.NaN }: Round): number {
  return rssMb
}

function nameOf(kind: Kind, count: number): string {
  return `${count.toLocaleString("en")} bots by ${kind}`
}

function print(name: string, measurement: object): void {
  console.log(JSON.stringify({ name: `many-bots: ${name}`, ...measurement }))
}
