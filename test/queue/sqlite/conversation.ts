import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface, type Interface } from "node:readline"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("programs/faults.mjs", import.meta.url))

/** The answer to a command. */
export interface Answer {
  readonly value?: unknown
  readonly code?: string
  readonly message?: string
}

/** A process with a queue, controlled by commands. */
export class Conversation implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>
  readonly #lines: Interface

  /** @param under the command that runs the process, such as `strace` */
  constructor(path: string, under: readonly string[] = []) {
    const [file, ...args] = [...under, process.execPath, program, path]
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] })
    if (!child.stdout) throw new Error("The program has no output")
    this.#child = child
    this.#lines = createInterface(child.stdout)
    this.#answers = this.#lines[Symbol.asyncIterator]()
  }

  /** Sends a command, and waits for its answer. */
  async tell(command: string): Promise<Answer> {
    this.#child.stdin?.write(`${command}\n`)
    const { value } = await this.#answers.next()
    // the program answers in no other form
    return JSON.parse(String(value)) as Answer
  }

  /** Kills the process with SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL")
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, "exit")
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    this.#lines.close()
  }
}
