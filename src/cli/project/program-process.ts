import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { sleep } from "../../ground/sleep.js"

/** The end of a program: its exit code, or the signal that ended it. */
export interface ProgramEnd {
  /** The exit code; `null` after a signal. */
  readonly code: number | null
  /** The signal that ended the program; `null` after an exit of its own. */
  readonly signal: NodeJS.Signals | null
}

/** The longest wait for a program to end by itself after SIGTERM. */
const patienceMs = 12_000

/** A user's program that runs in a process of its own, on the terminal of the command. */
export class ProgramProcess {
  /** Resolves when the program has ended. */
  readonly ended: Promise<ProgramEnd>
  readonly #child: ChildProcess

  /**
   * @param args the arguments of Node
   * @param env variables next to those of this process
   */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, args, {
      // The command reads the keys of the terminal.
      stdio: ["ignore", "inherit", "inherit"],
      // Ctrl+C reaches the command alone, which then asks the program to end, once.
      detached: true,
      env: { ...process.env, ...env },
    })
    this.ended = once(this.#child, "exit").then(([code, signal]) => {
      return { code, signal }
    })
  }

  /** Asks the program to end, and ends it by force after 12 seconds. Resolves when it has ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ProgramEnd> {
    this.#child.kill(signal)
    const abort = new AbortController()
    const late = sleep(patienceMs, abort.signal).then(
      () => this.#child.kill("SIGKILL"),
      () => false,
    )
    const end = await this.ended
    abort.abort()
    await late
    return end
  }
}
