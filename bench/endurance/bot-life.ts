import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { monotonicMs } from "../delivery/clock.js"
import { JournalFile } from "../delivery/journal-file.js"

/** The compiled file stands in `dist-bench`, and the program among the sources. */
const program = fileURLToPath(import.meta.url)
  .replace(/dist-bench[\\/]/, "")
  .replace(/bot-life\.[jt]s$/, "bot.mjs")

/** How a bot is started. */
export interface BotSettings {
  readonly mode: "polling" | "webhook"
  /** What keeps its updates. */
  readonly queue: "memory" | "sqlite" | "postgres"
  /** The file or the URL of that. */
  readonly store: string
  readonly apiRoot: string
  /** Where it notes what it does; absent where it does not. */
  readonly journal?: string
}

/** How a bot is, as it says itself. */
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

  /** Resolves when it receives updates: with when that was, and with its port. */
  async ready(): Promise<{ readyAt: number; port: number | undefined }> {
    const port = new Promise<number | undefined>((resolve) => (this.#ready = resolve))
    const ended = this.#ended.then(([code, signal]) => {
      throw new Error(`The bot ended with ${String(code ?? signal)} before it was ready`)
    })
    return { port: await Promise.race([port, ended]), readyAt: monotonicMs() }
  }

  /** Has its handlers begin and not end. */
  hold(): void {
    this.#child.send("hold")
  }

  /** Ends it, and answers when that was. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number> {
    this.#child.kill(signal)
    const [code, by] = await this.#ended
    if (signal === "SIGTERM" && code !== 0) {
      throw new Error(`The bot ended with ${String(code ?? by)} when it was stopped`)
    }
    return monotonicMs()
  }

  /** Throws where it has ended by itself. */
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
