import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { judge, type Verdict } from "../../bench/delivery/judge.js"
import { JournalFile } from "../../bench/delivery/journal-file.js"
import { monotonicMs } from "../../bench/delivery/clock.js"
import { TelegramRecord } from "../../bench/delivery/telegram-record.js"
import { workload } from "../../bench/delivery/workload.js"
import { createCertificate } from "../../src/certificate/index.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { packageFolder } from "../support/built.js"
import { freePort } from "../support/free-port.js"
import type { PostgresServer } from "../support/postgres-server.js"
import { untilTrue } from "../support/waiting.js"

/** Messages of one chat arrive in order, whichever receiver gets them. */
const people = { chats: 40, seed: 3, slowChat: false, onlyMessages: true }

/**
 * Replacement for the handlers of the example, which records events like a bot of the scoreboard.
 */
const handlers = (work: string) => `
import { handle } from ${JSON.stringify(work)}
export function register(dispatcher) {
  dispatcher.on((update) => update.message !== undefined, (ctx) => handle(ctx.update))
  dispatcher.callbackQuery(/.*/, (ctx) => handle(ctx.update))
}
`

/** A process of the example. */
export class Member {
  readonly child: ChildProcess
  readonly journal: JournalFile
  readonly startedAt = monotonicMs()
  endedAt: number | undefined
  readonly ended: Promise<unknown>

  constructor(options: { folder: string; program: string; environment: Record<string, string> }) {
    const { folder, program, environment } = options
    const name = `${program}-${this.startedAt}`
    this.journal = new JournalFile(join(folder, `${name}.journal`))
    this.child = spawn(process.execPath, [program], {
      cwd: folder,
      env: { ...process.env, ...environment, JOURNAL: this.journal.path },
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (bytes: Buffer) => appendFileSync(join(folder, "output.log"), bytes))
    }
    this.ended = once(this.child, "exit").then(() => (this.endedAt = monotonicMs()))
  }

  /** Ends the process. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal)
    await this.ended
  }
}

/** The unchanged programs of the example on this machine, except for the handlers. */
export class Fleet implements AsyncDisposable {
  readonly account: SimulatedBot
  readonly members: Member[] = []
  readonly #folder: string
  readonly #telegram: Simulator
  readonly #record: TelegramRecord
  readonly #environment: Record<string, string>
  #balancer: ChildProcess | undefined

  private constructor(folder: string, telegram: Simulator, environment: Record<string, string>) {
    this.#folder = folder
    this.#telegram = telegram
    this.account = telegram.bot({ username: "fleet_bot" })
    this.#environment = { ...environment, BOT_TOKEN: this.account.token }
    this.#record = new TelegramRecord(telegram, this.account)
  }

  /** Copies the example, and starts Telegram's simulator. */
  static async open(database: PostgresServer): Promise<Fleet> {
    const folder = mkdtempSync(join(tmpdir(), "sounder-fleet-"))
    cpSync(join(packageFolder, "docs", "examples", "many-machines"), folder, { recursive: true })
    const modules = join(folder, "node_modules")
    mkdirSync(modules)
    symlinkSync(packageFolder, join(modules, "sounder"))
    symlinkSync(join(packageFolder, "node_modules", "pg"), join(modules, "pg"))
    writeFileSync(
      join(folder, "handlers.mjs"),
      handlers(join(packageFolder, "bench", "delivery", "work.mjs")),
    )
    const { cert, key } = await createCertificate("bot.example.com")
    const certificate = join(folder, "bot.pem")
    writeFileSync(certificate, cert + key)
    const port = await freePort()
    const telegram = await Simulator.start({
      hosts: { "bot.example.com:443": `127.0.0.1:${port}` },
      authorities: [cert],
    })
    return new Fleet(folder, telegram, {
      TELEGRAM_API_ROOT: telegram.apiRoot,
      DATABASE_URL: database.url,
      WEBHOOK_URL: "https://bot.example.com/hook",
      HAPROXY_BIND: `127.0.0.1:${port}`,
      HAPROXY_CERTIFICATE: certificate,
    })
  }

  /** Starts haproxy with the example's configuration. */
  async balance(haproxy: string, ports: readonly number[]): Promise<void> {
    const servers = { RECEIVER_1: `127.0.0.1:${ports[0]}`, RECEIVER_2: `127.0.0.1:${ports[1]}` }
    this.#balancer = spawn(haproxy, ["-db", "-f", join(this.#folder, "haproxy.cfg")], {
      env: { ...process.env, ...this.#environment, ...servers },
      stdio: ["ignore", "ignore", "ignore"],
    })
    await answers(Number(this.#environment["HAPROXY_BIND"]?.split(":")[1]))
  }

  /** Starts a receiver, and waits until it listens. */
  async receiver(port: number): Promise<Member> {
    const member = this.#start("receiver.mjs", { PORT: String(port) })
    await Promise.race([answers(port), member.ended])
    return member
  }

  /** Starts a worker. */
  worker(): Member {
    return this.#start("worker.mjs", {})
  }

  /** Waits until Telegram knows the webhook. */
  async isRegistered(): Promise<void> {
    await this.#telegram.calls.wait(
      ({ method, status }) => method === "setWebhook" && status === 200,
      1,
      {
        timeoutMs: 30_000,
      },
    )
  }

  /** Lets people send `updates` messages, at a rate per second. */
  async write(updates: number, perSecond: number): Promise<void> {
    const startedAt = performance.now()
    let count = 0
    for (const planned of workload({ ...people, updates })) {
      const due = () => ((performance.now() - startedAt) / 1000) * perSecond
      await untilTrue(() => count < due())
      this.#record.push(planned)
      count += 1
    }
  }

  /** Waits until handlers have begun `count` times. */
  async hasBegun(count: number): Promise<void> {
    await untilTrue(
      () => this.#read().reduce((sum, { entries }) => sum + entries.length, 0) >= count,
      60_000,
    )
  }

  /** Waits until every update was handled, or progress has stopped for long. */
  async verdict(): Promise<Verdict> {
    const all = this.#record.sent.length
    const isDone = () => {
      const ended = new Set(this.#read().flatMap(({ entries }) => endsOf(entries)))
      return ended.size >= all && this.account.pendingUpdateCount === 0
    }
    await untilTrue(isDone, 90_000).catch(() => {})
    const lives = this.members.map(({ journal, startedAt, endedAt }) => ({
      entries: journal.entries,
      startedAt,
      endedAt,
    }))
    return judge({ sent: this.#record.sent, lives, wasCutOff: false, isDurable: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.end("SIGKILL")))
    this.#balancer?.kill("SIGKILL")
    if (this.#balancer) await once(this.#balancer, "exit")
    this.#record.close()
    await this.#telegram[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true })
  }

  #read(): JournalFile[] {
    const journals = this.members.map(({ journal }) => journal)
    for (const journal of journals) journal.read()
    return journals
  }

  #start(program: string, more: Record<string, string>): Member {
    const environment = { ...this.#environment, ...more }
    const member = new Member({ folder: this.#folder, program, environment })
    this.members.push(member)
    return member
  }
}

function endsOf(entries: JournalFile["entries"]): number[] {
  return entries.filter(({ what }) => what === "end").map(({ update }) => update)
}

async function answers(port: number): Promise<void> {
  const tryOnce = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1")
      socket.once("connect", () => {
        socket.destroy()
        resolve(true)
      })
      socket.once("error", () => resolve(false))
    })
  await untilTrue(tryOnce)
}
