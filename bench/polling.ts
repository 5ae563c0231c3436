/**
 * Measures polling with slow handlers of many chats, a few of which have half of the updates, and
 * with empty handlers. Sounder and the other frameworks (installed in `bench/delivery/peers`) run
 * in processes of their own, alternating. Prints lines of JSON.
 *
 * - `polling slow, …`: `ratio` is the rate over the highest possible one, because no chat has two
 * handlers at a time. `coldWaitMs` is the 99th percentile, for chats with few updates, of the time
 * from the update at Telegram to the start of its handler.
 * - `polling empty`: `ratio` is the rate over that of the fastest other framework.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { leastMs, plan, type Workload } from "./polling/workload.js"

interface Seen {
  readonly ms: number
  readonly overlaps: number
  readonly coldWaitMs: number
  readonly peakMb: number
  readonly cpuMs: number
}

const rounds = Number(process.env["ROUNDS"] ?? 5)
const root = new URL("../../", import.meta.url)
const telegram = fileURLToPath(new URL("polling/telegram.js", import.meta.url))
const bot = fileURLToPath(new URL("bench/polling/bot.mjs", root))
const hasPeers = existsSync(new URL("bench/delivery/peers/node_modules/grammy", root))
if (!hasPeers)
  console.log("The other frameworks are not installed: cd bench/delivery/peers && npm ci")

const slow = { updates: 5000, chats: 1000, hotChats: 20, workMs: [10, 30] } as const
const waiting: Workload = { ...slow, perSecond: 0 }
const coming: Workload = { ...slow, perSecond: 1900 }
const empty: Workload = { updates: 100_000, chats: 1000, hotChats: 0, workMs: [0, 0], perSecond: 0 }

await slowRow("polling slow, all wait", waiting, 0.97)
await slowRow("polling slow, 1,900/s", coming, 0.97)
await emptyRow()

async function slowRow(name: string, workload: Workload, target: number): Promise<void> {
  const least = leastMs(plan(workload))
  for (const [framework, all] of await measured(["sounder", "grammy-runner"], workload)) {
    const ratio = Number((least / median(all.map(({ ms }) => ms))).toFixed(3))
    print(
      framework === "sounder"
        ? { name, ratio, target }
        : { name: `${name} (${framework})`, ratio, target: 0 },
      all,
      {
        coldWaitMs: rounded(median(all.map(({ coldWaitMs }) => coldWaitMs))),
        overlaps: Math.max(...all.map(({ overlaps }) => overlaps)),
      },
    )
  }
}

async function emptyRow(): Promise<void> {
  const found = await measured(["sounder", "telegraf", "grammy", "floor"], empty)
  const rateOf = (all: readonly Seen[]) => empty.updates / (median(all.map(({ ms }) => ms)) / 1000)
  const others = [...found].filter(
    ([framework]) => framework !== "sounder" && framework !== "floor",
  )
  const fastest = Math.max(...others.map(([, all]) => rateOf(all)))
  for (const [framework, all] of found) {
    const rate = rateOf(all)
    const ratio = Number((rate / fastest).toFixed(3))
    const name = framework === "sounder" ? "polling empty" : `polling empty (${framework})`
    print({ name, ratio, target: framework === "sounder" ? 1.3 : 0 }, all, {
      perSecond: Math.round(rate),
    })
  }
}

function print(row: object, all: readonly Seen[], more: object): void {
  const times = all.map(({ ms }) => ms)
  const spread = `${Math.round(Math.min(...times))}-${Math.round(Math.max(...times))}`
  const peakMb = Math.round(median(all.map((seen) => seen.peakMb)))
  const cpuMs = Math.round(median(all.map((seen) => seen.cpuMs)))
  console.log(JSON.stringify({ ...row, ...more, spreadMs: spread, peakMb, cpuMs }))
}

/** Runs each framework, alternating, and returns the results. */
async function measured(
  frameworks: readonly string[],
  workload: Workload,
): Promise<Map<string, Seen[]>> {
  const chosen = frameworks.filter((name) => hasPeers || name === "sounder" || name === "floor")
  const found = new Map<string, Seen[]>(chosen.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, all] of found) all.push(await runOnce(name, workload))
  }
  return found
}

async function runOnce(framework: string, workload: Workload): Promise<Seen> {
  const json = JSON.stringify(workload)
  const server = spawn(process.execPath, [telegram, json], { stdio: ["ignore", "pipe", "inherit"] })
  const port = String((await once(server.stdout, "data"))[0]).trim()
  const child = spawn(process.execPath, [bot, framework, port, json], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const limit = setTimeout(() => child.kill("SIGKILL"), 120_000)
  let printed = ""
  child.stdout.on("data", (chunk) => (printed += String(chunk)))
  await once(child, "close")
  clearTimeout(limit)
  server.kill("SIGKILL")
  if (printed === "") throw new Error(`${framework} did not end`)
  // The program prints a line of JSON of this type.
  return JSON.parse(printed) as Seen
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function rounded(value: number): number {
  return Number(value.toFixed(1))
}
