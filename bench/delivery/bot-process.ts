import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { monotonicMs } from "./clock.js"
import { JournalFile } from "./journal-file.js"

/** The options of a bot's process. */
export interface BotProgram {
  /** The path of the program. */
  readonly program: string
  /** The interpreter of the program. Default: this Node. */
  readonly interpreter?: string | undefined
  /** The folder for journals and output. */
  readonly folder: string
  /** The name of the process, which its journals have as a prefix. */
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
}

/** One run of the bot's process, from its start to its end. */
interface RunningLife {
  readonly child: ChildProcess
  readonly journal: JournalFile
  readonly startedAt: number
  endedAt: number | undefined
}

/** The usual time of supervisors between SIGTERM and SIGKILL. */
const graceMs = 30_000
/** The wait before a restart, as with `RestartSec=1` of systemd. */
const restartMs = 1000

const running = new Set<ChildProcess>()
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})

/**
 * A bot under a supervisor, which restarts the bot's process a second after any end, as systemd or
 * Kubernetes would.
 */
export class BotProcess {
  readonly lives: RunningLife[] = []
  /** The number of unplanned ends of the process. */
  crashes = 0
  /** Called when a process has ended. */
  onDeath: () => void = () => {}
  readonly #program: BotProgram
  #expected = false
  #isStopped = false

  constructor(program: BotProgram) {
    this.#program = program
    this.start()
  }

  /** Starts a process. */
  start(): void {
    const { program, interpreter, folder, name, environment } = this.#program
    const path = join(folder, `${name}-${this.lives.length}.journal`)
    const child = spawn(interpreter ?? process.execPath, [program], {
      env: { ...process.env, ...environment, JOURNAL: path },
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (bytes: Buffer) => appendFileSync(join(folder, `${name}.log`), bytes))
    }
    const journal = new JournalFile(path)
    const life: RunningLife = { child, journal, startedAt: monotonicMs(), endedAt: undefined }
    this.lives.push(life)
    running.add(child)
    child.once("exit", () => {
      running.delete(child)
      void this.#ended(life)
    })
  }

  /** Kills the process as the kernel does when memory runs out, and starts the next one. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL")
    this.start()
  }

  /** Stops the process as a deploy does, and starts the next one after its end. */
  async deploy(): Promise<void> {
    await this.stop()
    this.#isStopped = false
    this.start()
  }

  /** Stops the bot for good: with SIGTERM, and with SIGKILL after 30 s. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const giveUp = setTimeout(() => this.#current?.child.kill("SIGKILL"), graceMs)
    await this.#end("SIGTERM")
    clearTimeout(giveUp)
  }

  /** Kills the bot for good, at once. */
  async destroy(): Promise<void> {
    this.#isStopped = true
    await this.#end("SIGKILL")
  }

  get #current(): RunningLife | undefined {
    return this.lives.find(({ endedAt }) => endedAt === undefined)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const life = this.#current
    if (!life) return
    this.#expected = true
    const exit = once(life.child, "exit")
    life.child.kill(signal)
    await exit
    this.#expected = false
  }

  async #ended(life: RunningLife): Promise<void> {
    life.endedAt = monotonicMs()
    this.onDeath()
    if (this.#expected || this.#isStopped) return
    this.crashes += 1
    await sleep(restartMs)
    if (!this.#isStopped && !this.#current) this.start()
  }
}
