import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { monotonicMs } from "../delivery/clock.js"
import { JournalFile } from "../delivery/journal-file.js"

/** The compiled file is in `dist-bench`, the program is among the sources. */
const program = fileURLToPath(import.meta.url)
  .replace(/dist-bench[\\/]/, "")
  .replace(/bot-life\.[jt]s$/, "bot.mjs")

/** The settings of a bot. */
export interface BotSettings {
  readonly mode: "polling" | "webhook"
  /** The kind of the bot's queue. */
  readonly queue: "memory" | "sqlite" | "postgres"
  /** The path of the queue's file, or the URL of its database. */
  readonly store: string
  readonly apiRoot: string
  /** The journal for starts and ends of handlers. Default: none. */
  readonly journal?: string
}

/** A bot's report about itself. */
export interface BotReport {
  readonly rssMiB: number
  readonly heapMiB: number
  readonly descriptors: number
  readonly delayP99Ms: number
  readonly delayMaxMs: number
}

type Message = { what: "ready"; port?: number } | ({ what: "report" } & BotReport)

/** One process of the bot. */
export class BotLife {
  readonly journal: JournalFile
  readonly reports: BotReport[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown[]>
  #ready: ((port: number | undefined) => void) | undefined

  constructor(settings: BotSettings) {
    const { mode, queue, store, apiRoot, journal } = settings
    this.journal = new JournalFile(journal ?? "")
    const environment = { MODE: mode, QUEUE: queue, STORE: store, API_ROOT: apiRoot }
    this.#child = fork(program, {
      execArgv: [],
      env: { ...process.env, ...environment, ...(journal && { JOURNAL: journal }) },
    })
    this.#ended = once(this.#child, "exit")
    this.#child.on("message", (message: Message) => this.#hear(message))
  }

  /** Resolves with the time from which the bot receives updates, and with its port. */
  async ready(): Promise<{ readyAt: number; port: number | undefined }> {
    const port = new Promise<number | undefined>((resolve) => (this.#ready = resolve))
    const ended = this.#ended.then(([code, signal]) => {
      throw new Error(`The bot ended with ${String(code ?? signal)} before it was ready`)
    })
    return { port: await Promise.race([port, ended]), readyAt: monotonicMs() }
  }

  /** Makes the bot's handlers start and not end. */
  hold(): void {
    this.#child.send("hold")
  }

  /** Ends the process. Resolves with the time of its end. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number> {
    this.#child.kill(signal)
    const [code, by] = await this.#ended
    if (signal === "SIGTERM" && code !== 0) {
      throw new Error(`The bot ended with ${String(code ?? by)} when it was stopped`)
    }
    return monotonicMs()
  }

  /** Throws if the process has ended without a request. */
  expectAlive(): void {
    const { exitCode, signalCode } = this.#child
    if (exitCode === null && signalCode === null) return
    throw new Error(`The bot ended by itself with ${String(exitCode ?? signalCode)}`)
  }

  #hear(message: Message): void {
    if (message.what === "ready") this.#ready?.(message.port)
    else this.reports.push(message)
  }
}
