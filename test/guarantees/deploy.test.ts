import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { type SimulatedUser, Simulator } from "@sounder/simulator"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"
import { built } from "../support/built.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/deployed-bot.mjs", import.meta.url))
const chats = 20
const messagesEach = 30
const deploys = 2
const numbers = Array.from({ length: messagesEach }, (_, n) => n)

beforeAll(built)

/**
 * The order of a replacement: the next process starts before or after the end of the previous one.
 */
type Order = "side by side" | "one after the other"

const ways = ["polling", "webhook"] as const

describe("a deploy under load loses nothing, repeats nothing and keeps every chat in order", () => {
  const stage = stageOfFile()

  test("MemoryQueue, webhook: the next process starts when the previous one has ended", async () => {
    const way = "webhook"
    expectOnce(await deployed({ way, store: "memory", order: "one after the other" }))
  })

  test.each(ways)(
    "SqliteQueue, %s: the next process waits for the file of the previous one",
    async (way) => {
      const path = join(await mkdtemp(join(tmpdir(), "sounder-")), "updates.db")
      expectOnce(await deployed({ way, store: `file:${path}`, order: "side by side" }))
    },
  )

  test.each(ways)(
    "PostgresQueue, %s: both processes receive and handle for a while",
    withPostgres,
    async (way) => {
      const name = `deploy_${way}`
      await stage.pool.query(`CREATE DATABASE ${name}`)
      const url = new URL(stage.server.url)
      url.pathname = `/${name}`
      expectOnce(await deployed({ way, store: url.href, order: "side by side" }))
    },
  )
})

// Polling can confirm no update without those before it.
test("a deploy of a MemoryQueue by polling loses nothing, and repeats only updates behind those handed back", async () => {
  const { lines, users } = await deployed({
    way: "polling",
    store: "memory",
    order: "one after the other",
  })
  for (const { id } of users) {
    const ends = ended(lines).filter((line) => line.split(" ")[1] === String(id))
    expect([...new Set(ends)]).toEqual(numbers.map((n) => `ended ${id} ${n}`))
  }
})

/** The records of the processes, and their people. */
interface Journal {
  readonly lines: readonly string[]
  readonly users: readonly SimulatedUser[]
}

/** Replaces a bot under load. Returns the records of its processes. */
async function deployed(options: { way: string; store: string; order: Order }): Promise<Journal> {
  const { way, store, order } = options
  await using telegram = await Simulator.start({ local: true })
  const { token } = telegram.bot({ username: "deployed_bot" })
  const account = telegram.bots[0]
  if (!account) throw new Error("There is a bot")
  const log = join(await mkdtemp(join(tmpdir(), "sounder-")), "journal")
  const start = async () => {
    const settings = { way, store, token, apiRoot: telegram.apiRoot, log, port: await freePort() }
    return startBot(JSON.stringify(settings))
  }
  const users = Array.from({ length: chats }, (_, n) => telegram.user({ first_name: `U${n}` }))

  let bot = await start()
  const load = sendAll(users, account)
  for (let deploy = 1; deploy <= deploys; deploy++) {
    const handled = (deploy * chats * messagesEach) / (deploys + 2)
    await untilTrue(async () => ended(await journal(log)).length >= handled)
    await untilTrue(async () => (await runs(log)) === deploy)
    const last = bot
    if (order === "side by side") bot = await start()
    last.kill("SIGTERM")
    await once(last, "exit")
    if (order === "one after the other") bot = await start()
  }
  await load
  const all = chats * messagesEach
  await untilTrue(async () => new Set(ended(await journal(log))).size >= all)
  await untilTrue(async () => (await runs(log)) === deploys + 1)
  bot.kill("SIGTERM")
  await once(bot, "exit")
  const lines = await journal(log)
  const stops = lines.filter((line) => line.startsWith("stopped "))
  expect(stops).toHaveLength(deploys + 1)
  // No stop reports an unknown update.
  for (const stop of stops) expect(stop).toMatch(/^stopped \d+ \d+ 0$/)
  return { lines, users }
}

/** Sends messages while processes start and stop: one to each chat, then the next to each. */
async function sendAll(
  users: readonly SimulatedUser[],
  account: Parameters<SimulatedUser["send"]>[0],
): Promise<void> {
  for (let n = 0; n < messagesEach; n++) {
    for (const user of users) await user.send(account, String(n))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function expectOnce({ lines, users }: Journal): void {
  for (const { id } of users) {
    const own = lines.filter((line) => line.split(" ")[1] === String(id))
    expect(own).toEqual(numbers.flatMap((n) => [`began ${id} ${n}`, `ended ${id} ${n}`]))
  }
}

async function startBot(settings: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--no-warnings", program, settings], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  await once(child.stdout, "data")
  return child
}

async function journal(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "")
  return text.split("\n").filter((line) => line !== "")
}

/** Returns how many processes have reached the point from which they wait for the signal of their end. */
async function runs(file: string): Promise<number> {
  return (await journal(file)).filter((line) => line === "runs").length
}

function ended(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith("ended "))
}
