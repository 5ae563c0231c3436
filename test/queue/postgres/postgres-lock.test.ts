import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { CuttableProxy } from "../../../bench/delivery/cuttable-proxy.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { PostgresLock } from "../../../src/queue/postgres/index.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { built } from "../../support/built.js"
import { untilTrue } from "../../support/waiting.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const program = fileURLToPath(new URL("programs/poller.mjs", import.meta.url))
const leaseMs = 2000
const polls = "info This process has the lock and polls."
const lost = /^warn This process has lost the lock .*It stands by/

const stage = stageOfFile()

beforeAll(() => built())

/** A poller in a process of its own. */
class Poller {
  readonly child: ChildProcess
  readonly lines: string[] = []
  /** The time of each line, by the clock that all processes share. */
  readonly #times: bigint[] = []
  readonly #exit: Promise<unknown>

  constructor(environment: Record<string, string>) {
    this.child = spawn(process.execPath, [program], {
      env: { ...process.env, ...environment, LEASE_MS: String(leaseMs) },
      stdio: ["ignore", "pipe", "inherit"],
    })
    this.#exit = once(this.child, "exit")
    createInterface({ input: this.child.stdout! }).on("line", (text) => {
      const [time = "", ...line] = text.split(" ")
      this.#times.push(BigInt(time))
      this.lines.push(line.join(" "))
    })
  }

  async says(line: string | RegExp, times = 1): Promise<void> {
    const isIt = (one: string) => (typeof line === "string" ? one === line : line.test(one))
    await untilTrue(() => this.lines.filter(isIt).length >= times)
  }

  /** Returns the time of the first matching line. */
  timeOf(line: string | RegExp): bigint {
    const isIt = (one: string) => (typeof line === "string" ? one === line : line.test(one))
    return this.#times[this.lines.findIndex(isIt)] ?? 0n
  }

  /** The warnings, including those about refused calls. */
  get warnings(): string[] {
    return this.lines.filter((line) => /^(warn|error) /.test(line))
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal)
    await this.#exit
  }
}

describe("a poller with a standby", withPostgres, () => {
  let telegram: Simulator
  let account: SimulatedBot
  let pollers: Poller[]

  beforeEach(async () => {
    telegram = await Simulator.start({ local: true })
    account = telegram.bot({ username: "standby_bot" })
    pollers = []
  })

  afterEach(async () => {
    await Promise.all(pollers.map((poller) => poller.end("SIGKILL")))
    await telegram[Symbol.asyncDispose]()
  })

  function start(DATABASE_URL = stage.server.url): Poller {
    const environment = {
      TELEGRAM_API_ROOT: telegram.apiRoot,
      BOT_TOKEN: account.token,
      DATABASE_URL,
    }
    const poller = new Poller(environment)
    pollers.push(poller)
    return poller
  }

  /** Starts a poller that polls, and one that stands by. */
  async function pair(url?: string): Promise<[Poller, Poller]> {
    const first = start(url)
    await first.says(polls)
    const second = start()
    await second.says("info started")
    await second.says(/standing by/)
    return [first, second]
  }

  test("takes over at once from a poller that was killed, and loses no update", async () => {
    const [first, second] = await pair()
    const before = push()
    await first.says(`put ${before}`)
    await first.end("SIGKILL")
    const id = push()
    await second.says(polls)
    await second.says(`put ${id}`)
    expect(second.warnings).toEqual([])
  })

  test("takes over from a poller that stops, and Telegram refuses no call of either", async () => {
    const [first, second] = await pair()
    const before = push()
    await first.says(`put ${before}`)
    await first.end("SIGTERM")
    expect(first.lines).toContain("info handed over")
    const after = push()
    await second.says(`put ${after}`)
    expect(second.lines).not.toContain(`put ${before}`)
    expect([...first.warnings, ...second.warnings]).toEqual([])
  })

  test("takes over from a frozen poller, which then does not poll at the same time", async () => {
    const [first, second] = await pair()
    first.signal("SIGSTOP")
    await second.says(polls)
    const id = push()
    await second.says(`put ${id}`)
    first.signal("SIGCONT")
    await first.says(lost)
    const next = push()
    await second.says(`put ${next}`)
    expect(second.warnings).toEqual([])
    await second.end("SIGKILL")
    await first.says(polls, 2)
    const last = push()
    await first.says(`put ${last}`)
  })

  test("stops when its connection is closed, and one of the two polls on", async () => {
    await using way = await CuttableProxy.start(stage.server.port)
    const [first, second] = await pair(
      stage.server.url.replace(`:${stage.server.port}/`, `:${way.port}/`),
    )
    way.down()
    await first.says(lost)
    await second.says(polls)
    const id = push()
    await second.says(`put ${id}`)
    expect(first.lines).not.toContain(`put ${id}`)
    expect(second.warnings).toEqual([])
  })

  test("stops before another can start when its connection goes silent", async () => {
    await using way = await CuttableProxy.start(stage.server.port)
    const [first, second] = await pair(
      stage.server.url.replace(`:${stage.server.port}/`, `:${way.port}/`),
    )
    way.freeze()
    way.isDown = true
    await first.says(lost)
    await second.says(polls)
    expect(first.timeOf(lost)).toBeLessThan(second.timeOf(polls))
    const id = push()
    await second.says(`put ${id}`)
    expect(second.warnings).toEqual([])
  })

  function push(): number {
    const chat = { id: 7, type: "private" as const, first_name: "Ada" }
    const from = { id: 7, is_bot: false, first_name: "Ada" }
    const message = { message_id: 1, date: Math.floor(Date.now() / 1000), chat, from, text: "Hi" }
    return account.push({ message })!
  }
})

describe("a lock in PostgreSQL", withPostgres, () => {
  let pool: pg.Pool

  beforeEach(() => {
    pool = new pg.Pool({ connectionString: stage.server.url, max: 4 })
    pool.on("error", () => {})
  })

  afterEach(() => pool.end())

  function lockOf(options = {}): PostgresLock {
    return new PostgresLock({ pool, leaseMs, logger: silentLogger, ...options })
  }

  test("belongs to one process, and to the next one after a release", async () => {
    const never = new AbortController().signal
    const first = await lockOf().acquire("a", never)
    const second = lockOf().acquire("a", never)
    expect(first.isHeld).toBe(true)
    await first.release()
    expect(first.isHeld).toBe(false)
    await (await second).release()
    await first.release()
    expect(pool.idleCount).toBe(pool.totalCount)
  })

  test("of another name is another lock", async () => {
    const never = new AbortController().signal
    const held = await Promise.all(["a", "b"].map((name) => lockOf().acquire(name, never)))
    await Promise.all(held.map((one) => one.release()))
  })

  test("is not waited for after an abort", async () => {
    const held = await lockOf().acquire("a", new AbortController().signal)
    const abort = new AbortController()
    const waiting = lockOf().acquire("a", abort.signal)
    abort.abort(new Error("enough"))
    await expect(waiting).rejects.toThrow("enough")
    await expect(lockOf().acquire("b", abort.signal)).rejects.toThrow("enough")
    await held.release()
  })

  test("is lost when the database ends the connection", async () => {
    const held = await lockOf().acquire("a", new AbortController().signal)
    const gone = once(held.lost, "abort")
    const state = "'idle in transaction'"
    await stage.server.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = ${state}`,
    )
    await gone
    expect(held.isHeld).toBe(false)
    await held.release()
  })

  test("rejects with the database's error if the database cannot be reached", async () => {
    await using nowhere = await CuttableProxy.start(stage.server.port)
    nowhere.down()
    const away = new pg.Pool({
      connectionString: stage.server.url.replace(/:\d+\//, `:${nowhere.port}/`),
    })
    await expect(lockOf({ pool: away }).acquire("a", AbortSignal.timeout(5000))).rejects.toThrow(
      /ECONNRESET|terminated/,
    )
    await away.end()
  })

  test.each([
    ["pool", { pool: {} }],
    ["leaseMs", { leaseMs: 999 }],
    ["leaseMs", { leaseMs: "1000" }],
  ])("refuses a wrong `%s`", (name, options) => {
    expect(() => lockOf(options)).toThrow(TypeError)
    expect(() => lockOf(options)).toThrow(`\`${name}\``)
  })
})
