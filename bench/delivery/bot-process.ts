import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { monotonicMs } from "./clock.js"
import { JournalFile } from "./journal-file.js"

/** How a bot is started. */
export interface BotProgram {
  /** The program's path. */
  readonly program: string
  /** Where journals and output go. */
  readonly folder: string
  /** Tells the journals of several apart. */
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
}

/** One life of the bot: a process from its start to its end. */
interface RunningLife {
  readonly child: ChildProcess
  readonly journal: JournalFile
  readonly startedAt: number
  endedAt: number | undefined
}

/** As the usual supervisors have it: SIGKILL follows SIGTERM after this time. */
const graceMs = 30_000
/** As `RestartSec=1` of systemd. */
const restartMs = 1000

const running = new Set<ChildProcess>()
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})

/**
 * A bot under a supervisor: whatever ends it, it is started again a second later, as systemd or
 * Kubernetes would.
 */
export class BotProcess {
  readonly lives: RunningLife[] = []
  /** How often it has ended by itself. */
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
    const { program, folder, name, environment } = this.#program
    const path = join(folder, `${name}-${this.lives.length}.journal`)
    const child = spawn(process.execPath, [program], {
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

  /** Ends it as the kernel does when memory runs out, and starts the next one. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL")
    this.start()
  }

  /** Ends it as a deploy does, and starts the next one when it is gone. */
  async deploy(): Promise<void> {
    await this.stop()
    this.#isStopped = false
    this.start()
  }

  /** Ends it for good: SIGTERM, and SIGKILL for one that is still there after 30 s. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const giveUp = setTimeout(() => this.#current?.child.kill("SIGKILL"), graceMs)
    await this.#end("SIGTERM")
    clearTimeout(giveUp)
  }

  /** Ends it for good and at once. */
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
