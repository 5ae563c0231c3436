import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { monotonicMs } from "../delivery/clock.js"
import { BotLife, type BotSettings } from "./bot-life.js"
import { Checker, type Verdict } from "./checker.js"
import { SentUpdates } from "./sent-updates.js"
import { startPollingEnd, WebhookEnd } from "./telegram.js"

/** The options of a run with kills. */
export interface KillsOptions extends Pick<BotSettings, "mode" | "queue"> {
  readonly updates: number
  readonly kills: number
  readonly chats: number
  /** The maximum number of waiting updates at the start of a process. */
  readonly backlog: number
  /** The URL of a database; `undefined` for a file. */
  readonly database?: string
  /** Called with reports on the progress. */
  readonly say: (text: string) => void
}

/** The outcome of a run with kills. */
export interface KillsResult extends Verdict {
  readonly seconds: number
  /** The number of waiting updates at the start of each process. */
  readonly backlogs: readonly number[]
}

/** The minimum number of updates in flight while a bot handles updates. */
const minInFlight = 500
const checkEveryMs = 20
/** The time limit for handling the remaining updates, in milliseconds. */
const patienceMs = 300_000

/**
 * Sends updates to a bot that is killed repeatedly: while it works, or while it only receives and
 * updates accumulate. Each process begins with the backlog of the previous one, and new updates
 * arrive at once.
 */
export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const folder = mkdtempSync(join(tmpdir(), "sounder-endurance-"))
  try {
    await using run = await KillsRun.start(options, folder)
    return await run.toTheEnd()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class KillsRun implements AsyncDisposable {
  readonly #options: KillsOptions
  readonly #folder: string
  readonly #updates: SentUpdates
  readonly #checker: Checker
  readonly #polling: Awaited<ReturnType<typeof startPollingEnd>>
  readonly #webhook: WebhookEnd | undefined
  readonly #backlogs: number[] = []
  /** The updates with an ended handler, as far as the journals were read. */
  readonly #endedIds: Uint8Array
  #lives = 0
  #ended = 0
  #entriesRead = 0

  private constructor(
    options: KillsOptions,
    folder: string,
    updates: SentUpdates,
    polling: Awaited<ReturnType<typeof startPollingEnd>>,
  ) {
    this.#options = options
    this.#folder = folder
    this.#updates = updates
    this.#polling = polling
    this.#checker = new Checker(updates)
    this.#endedIds = new Uint8Array(updates.total + 1)
    if (options.mode === "webhook") this.#webhook = new WebhookEnd(updates)
  }

  static async start(options: KillsOptions, folder: string): Promise<KillsRun> {
    const updates = new SentUpdates(options.updates, options.chats)
    return new KillsRun(options, folder, updates, await startPollingEnd(updates))
  }

  async toTheEnd(): Promise<KillsResult> {
    const startedAt = monotonicMs()
    while (this.#lives < this.#options.kills) await this.#runProcess()
    await this.#finish()
    const seconds = (monotonicMs() - startedAt) / 1000
    return { ...this.#checker.verdict, seconds, backlogs: this.#backlogs }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#webhook?.[Symbol.asyncDispose]()
    await this.#polling[Symbol.asyncDispose]()
  }

  async #runProcess(): Promise<void> {
    const { updates, kills, backlog } = this.#options
    const number = this.#lives
    const remaining = updates - this.#ended
    const share = (remaining / (kills - number + 1)) * (0.5 + Math.random())
    const { life, readyAt } = await this.#startProcess()
    try {
      // Some processes get as many new updates as they handle, so that the backlog never empties.
      await this.#work(life, share, number % 2 === 0 ? 1 : 0.5)
      let workedUntil = monotonicMs()
      if (number % 3 === 0) workedUntil = await this.#kill(life)
      else await this.#holdAndKill(life, Math.random() * backlog)
      this.#check(life, readyAt, workedUntil)
    } finally {
      await life.end("SIGKILL")
    }
  }

  async #startProcess(): Promise<{ life: BotLife; readyAt: number }> {
    const { mode, queue, database } = this.#options
    this.#lives += 1
    this.#backlogs.push(this.#waiting)
    const life = new BotLife({
      mode,
      queue,
      store: database ?? join(this.#folder, "updates.db"),
      apiRoot: this.#polling.apiRoot,
      journal: join(this.#folder, `${this.#lives}.journal`),
    })
    const { port, readyAt } = await life.ready()
    this.#webhook?.sendTo(port)
    return { life, readyAt }
  }

  /** @param perEnded the number of new updates for each handled one */
  async #work(life: BotLife, share: number, perEnded: number): Promise<void> {
    const [began, waited] = [this.#ended, this.#updates.released - this.#ended]
    const until = monotonicMs() + patienceMs
    while (this.#ended - began < share && monotonicMs() < until) {
      this.#read(life)
      const wanted = Math.max(minInFlight, waited - (1 - perEnded) * (this.#ended - began))
      this.#updates.release(this.#ended + wanted)
      if (this.#ended >= this.#options.updates) return
      await sleep(checkEveryMs)
      life.expectAlive()
    }
  }

  async #holdAndKill(life: BotLife, backlog: number): Promise<void> {
    life.hold()
    const until = monotonicMs() + patienceMs
    while (this.#waiting < backlog && this.#updates.acknowledged < this.#updates.total) {
      if (monotonicMs() > until) throw new Error("The bot takes no updates while its handlers hold")
      this.#updates.release(this.#updates.acknowledged + minInFlight)
      await sleep(checkEveryMs)
      life.expectAlive()
    }
    await this.#kill(life)
  }

  async #kill(life: BotLife): Promise<number> {
    const endedAt = await life.end("SIGKILL")
    this.#webhook?.sendTo(undefined)
    return endedAt
  }

  async #finish(): Promise<void> {
    const { life, readyAt } = await this.#startProcess()
    const until = monotonicMs() + patienceMs
    this.#updates.release(this.#updates.total)
    while (this.#ended < this.#updates.total && monotonicMs() < until) {
      this.#read(life)
      await sleep(checkEveryMs)
      life.expectAlive()
    }
    const workedUntil = monotonicMs()
    await life.end("SIGTERM")
    this.#check(life, readyAt, workedUntil)
  }

  /** The number of updates that the bot has taken and not handled. */
  get #waiting(): number {
    return this.#updates.acknowledged - this.#ended
  }

  #read({ journal }: BotLife): void {
    journal.read()
    for (const { what, update } of journal.entries.slice(this.#entriesRead)) {
      if (what === "begin" || this.#endedIds[update] === 1) continue
      this.#endedIds[update] = 1
      this.#ended += 1
    }
    this.#entriesRead = journal.entries.length
  }

  #check(life: BotLife, readyAt: number, workedUntil: number): void {
    this.#read(life)
    this.#entriesRead = 0
    this.#checker.add({ entries: life.journal.entries, readyAt, workedUntil })
    const { handled, lost, outOfOrder, again, longestStandstillMs } = this.#checker.verdict
    this.#options.say(
      `life ${this.#lives}: began with ${this.#backlogs.at(-1)} waiting updates, ` +
        `handled ${handled} of ${this.#updates.total}, ${lost} wait, ${outOfOrder} out of order, ` +
        `${again} run again, longest standstill ${Math.round(longestStandstillMs)} ms, ` +
        `event loop held up ${Math.round(longestDelay(life))} ms`,
    )
  }
}

/**
 * Returns the longest delay of the bot's event loop, during which a busy machine makes no progress.
 */
function longestDelay({ reports }: BotLife): number {
  return Math.max(0, ...reports.map(({ delayMaxMs }) => delayMaxMs))
}
