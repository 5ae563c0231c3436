import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../../simulator/src/ground/random.js"
import { Simulator } from "@sounder/simulator"
import { BotProcess } from "./bot-process.js"
import type { Contender } from "./contenders.js"
import { CuttableProxy } from "./cuttable-proxy.js"
import { type Fault, Repeater, type FaultTarget } from "./faults.js"
import { freePort } from "./free-port.js"
import { judge, type Verdict } from "./judge.js"
import { TelegramRecord } from "./telegram-record.js"
import { workload } from "./workload.js"

/** The size of a run. */
export interface RunOptions {
  readonly updates: number
  readonly chats: number
  readonly seed: number
  /** The number of new updates per second. */
  readonly perSecond: number
  /** The time limit of a run, in milliseconds from the first update. */
  readonly limitMs: number
  readonly outageMs: number
  /** The folder with the programs of the contenders. */
  readonly programs: string
  /** The connection string of an empty database, for contenders with a store in PostgreSQL. */
  readonly database?: string
  /**
   * The folder for journals, output and Telegram's record. Default: a temporary folder that is
   * deleted.
   */
  readonly keep?: string
}

/** The outcome of a run. */
export interface RunResult extends Verdict {
  /** The time from the first update to the end, in milliseconds. */
  readonly tookMs: number
  /** The number of unplanned ends and restarts of the bot. */
  readonly crashes: number
  /** The number of updates that Telegram's queue had no room for. */
  readonly refused: number
}

/** The time without a new handler after which a bot counts as finished, once all updates were sent. */
const quietMs = 12_000
/** With a slow chat a handler is silent for 30 s, and so is a lane whose worker has died. */
const longQuietMs = 45_000

/** Runs one contender through one fault. */
export async function run(
  contender: Contender,
  fault: Fault,
  options: RunOptions,
): Promise<RunResult> {
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), "sounder-scoreboard-"))
  mkdirSync(folder, { recursive: true })
  const contenderRun = await ContenderRun.open(contender, fault, { ...options, keep: folder })
  try {
    return await contenderRun.run()
  } finally {
    await contenderRun[Symbol.asyncDispose]()
    if (options.keep === undefined) rmSync(folder, { recursive: true })
  }
}

class ContenderRun implements AsyncDisposable {
  readonly #contender: Contender
  readonly #fault: Fault
  readonly #options: RunOptions
  readonly #telegram: Simulator
  readonly #account: ReturnType<Simulator["bot"]>
  readonly #record: TelegramRecord
  readonly #network: CuttableProxy[] = []
  readonly #bots: BotProcess[] = []
  /** Whether the fault is over, or there is none. */
  #isOver = false

  private constructor(
    contender: Contender,
    fault: Fault,
    options: RunOptions,
    telegram: Simulator,
  ) {
    this.#contender = contender
    this.#fault = fault
    this.#options = options
    this.#telegram = telegram
    this.#account = telegram.bot({ username: "scoreboard_bot" })
    this.#record = new TelegramRecord(telegram, this.#account)
  }

  static async open(
    contender: Contender,
    fault: Fault,
    options: RunOptions,
  ): Promise<ContenderRun> {
    const telegram = await Simulator.start({ local: true, seed: options.seed })
    return new ContenderRun(contender, fault, options, telegram)
  }

  async run(): Promise<RunResult> {
    const { updates, perSecond, outageMs, seed } = this.#options
    const start = await this.#starter()
    const bot = start("bot")
    await this.#receiving()
    const random = new Random(seed + 1)
    const arrivalMs = (updates / perSecond) * 1000
    const startAnother = () => start("other")
    const target: FaultTarget = {
      bot,
      startAnother,
      network: this.#network,
      random,
      arrivalMs,
      outageMs,
    }
    const startedAt = performance.now()
    const injection = this.#fault.inject?.(target).then(() => (this.#isOver = true))
    this.#isOver = injection === undefined
    await this.#arrive(random)
    const wasCutOff = await this.#end(startedAt)
    await injection
    const tookMs = Math.round(performance.now() - startedAt)
    return { ...this.#judge(wasCutOff), tookMs, ...this.#counts() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#bots.map((bot) => bot.destroy()))
    this.#record.close()
    for (const proxy of this.#network) await proxy[Symbol.asyncDispose]()
    await this.#telegram[Symbol.asyncDispose]()
  }

  /** Returns a function that starts processes of this contender, with its addresses and folders. */
  async #starter(): Promise<(name: string) => BotProcess> {
    const { programs, keep: folder = "", database = "" } = this.#options
    const { program, mode, store } = this.#contender
    const port = await freePort()
    const environment = {
      BOT_TOKEN: this.#account.token,
      MODE: mode,
      PORT: String(port),
      STORE: store === "postgres" ? database : join(folder, "updates.db"),
      API_ROOT: `http://127.0.0.1:${await this.#throughProxy(Number(new URL(this.#telegram.apiRoot).port))}`,
      WEBHOOK_URL: `http://127.0.0.1:${await this.#throughProxy(port)}/hook`,
    }
    return (name) => {
      const bot = new BotProcess({ program: join(programs, program), folder, name, environment })
      bot.onDeath = () => {
        if (mode === "polling") this.#record.notePolling()
      }
      this.#bots.push(bot)
      return bot
    }
  }

  async #throughProxy(port: number): Promise<number> {
    if (!this.#fault.hasNetwork) return port
    const proxy = await CuttableProxy.start(port)
    this.#network.push(proxy)
    return proxy.port
  }

  /** Waits until the bot polls, or has registered its webhook. */
  async #receiving(): Promise<void> {
    const method = this.#contender.mode === "polling" ? "getUpdates" : "setWebhook"
    const isThere = () =>
      this.#account.isPolling ||
      this.#telegram.calls.filter((call) => call.method === method && call.status === 200).length >
        0
    for (let waited = 0; !isThere(); waited += 20) {
      if (waited > 20_000)
        throw new Error(`${this.#contender.name} did not start to receive within 20 s`)
      await sleep(20)
    }
  }

  async #arrive(random: Random): Promise<void> {
    const { perSecond } = this.#options
    const { slowChat = false, repeated = 0 } = this.#fault
    const repeater = new Repeater(this.#account, random, repeated)
    const startedAt = performance.now()
    let count = 0
    for (const planned of workload({ ...this.#options, slowChat })) {
      while (count >= ((performance.now() - startedAt) / 1000) * perSecond) await sleep(1)
      this.#record.push(planned)
      count += 1
      if (repeated > 0) repeater.pushed(this.#record.sent)
    }
  }

  /** Waits for the end of the run. Returns whether the time limit ended it. */
  async #end(startedAt: number): Promise<boolean> {
    const isLong = this.#fault.slowChat || this.#contender.store === "postgres"
    const quiet = isLong ? longQuietMs : quietMs
    let activeAt = performance.now()
    while (performance.now() - startedAt < this.#limitMs) {
      await sleep(200)
      const isActive = this.#journals().reduce((any, journal) => journal.read() || any, false)
      const isWaiting = !this.#isOver || this.#account.pendingUpdateCount > 0
      if (isActive || isWaiting) activeAt = performance.now()
      const silentMs = performance.now() - activeAt
      if (silentMs > quiet || (silentMs > 2000 && this.#isAllHandled())) return false
    }
    return true
  }

  get #limitMs(): number {
    return this.#options.limitMs + (this.#fault.name === "outage" ? this.#options.outageMs : 0)
  }

  #isAllHandled(): boolean {
    const ended = new Set<number>()
    for (const { entries } of this.#journals()) {
      for (const { what, update } of entries) if (what === "end") ended.add(update)
    }
    return this.#record.sent.every(({ update }) => ended.has(update))
  }

  #journals() {
    return this.#bots.flatMap(({ lives }) => lives.map(({ journal }) => journal))
  }

  #judge(wasCutOff: boolean): Verdict {
    const lives = this.#bots
      .flatMap((bot) => bot.lives)
      .map(({ journal, startedAt, endedAt }) => {
        journal.read()
        return { entries: journal.entries, startedAt, endedAt }
      })
    const { sent } = this.#record
    const { keep } = this.#options
    if (keep !== undefined) writeFileSync(join(keep, "telegram.json"), JSON.stringify(sent))
    return judge({ sent, lives, wasCutOff, isDurable: this.#contender.isDurable })
  }

  #counts() {
    const crashes = this.#bots.reduce((sum, bot) => sum + bot.crashes, 0)
    return { crashes, refused: this.#record.refused }
  }
}
