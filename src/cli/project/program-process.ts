import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { sleep } from "../../ground/sleep.js"

/** The end of a program: its exit code, or the signal that ended it. */
export interface ProgramEnd {
  /** The exit code; `null` after a signal. */
  readonly code: number | null
  /** The signal that ended the program; `null` after a normal exit. */
  readonly signal: NodeJS.Signals | null
}

/** The time in milliseconds between SIGTERM and SIGKILL. */
const graceMs = 12_000

/** A user's program that runs in a process of its own, on the terminal of the command. */
export class ProgramProcess {
  /** Resolves when the program has ended. */
  readonly ended: Promise<ProgramEnd>
  readonly #child: ChildProcess

  /**
   * @param args the arguments of Node
   * @param env environment variables in addition to those of this process
   */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, args, {
      // The command reads the keys of the terminal.
      stdio: ["ignore", "inherit", "inherit"],
      // Ctrl+C reaches only the command, which then sends the program a single SIGTERM.
      detached: true,
      env: { ...process.env, ...env },
    })
    this.ended = once(this.#child, "exit").then(([code, signal]) => {
      return { code, signal }
    })
  }

  /** Sends the signal, and SIGKILL after 12 seconds. Resolves when the program has ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ProgramEnd> {
    this.#child.kill(signal)
    const abort = new AbortController()
    const forced = sleep(graceMs, abort.signal).then(
      () => this.#child.kill("SIGKILL"),
      () => false,
    )
    const end = await this.ended
    abort.abort()
    await forced
    return end
  }
}
