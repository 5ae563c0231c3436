import { existsSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { ProgramProcess, type ProgramEnd } from "./program-process.js"

/** A program that can be restarted; a restart waits until the previous process has ended. */
export class RestartedProgram implements AsyncDisposable {
  readonly #args: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #print: (text: string) => void
  readonly #callCount: () => number
  #program: ProgramProcess
  #restarting: Promise<void> | undefined
  #isRunning = false
  #isClosed = false

  /** @param callCount returns the number of calls that the simulated Telegram has got */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    print: (text: string) => void,
    callCount: () => number,
  ) {
    this.#callCount = callCount
    this.#args = args
    this.#env = env
    this.#print = print
    this.#program = this.#start()
  }

  /** Whether the program has not ended. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Stops the program and starts it again. Has no effect during a restart. */
  restart(reason: string): void {
    if (this.#isClosed) return
    this.#restarting ??= this.#replace(reason).finally(() => (this.#restarting = undefined))
  }

  /** Stops the program, and resolves when it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#restarting
    await this.#program.stop()
  }

  async #replace(reason: string): Promise<void> {
    await this.#program.stop()
    if (this.#isClosed) return
    this.#print(`\n${reason}: restarting the bot\n`)
    this.#program = this.#start()
  }

  #start(): ProgramProcess {
    const callsBefore = this.#callCount()
    const program = new ProgramProcess(this.#args, this.#env)
    this.#isRunning = true
    void program.ended.then((end) => {
      if (this.#program === program) this.#isRunning = false
      const isExpected = this.#isClosed || this.#restarting !== undefined
      if (isExpected) return
      const hasCalled = this.#callCount() > callsBefore
      const text = end.code === 0 && !hasCalled ? noBotText(this.#args.at(-1) ?? "") : endText(end)
      this.#print(`${text}; it restarts when a file changes\n`)
    })
    return program
  }
}

function endText({ code, signal }: ProgramEnd): string {
  return signal === null ? `The bot ended with exit code ${code}` : `The bot was ended by ${signal}`
}

/** Returns the text about a program that has ended without an error and without a call. */
function noBotText(path: string): string {
  const name = basename(path)
  const usual = `bot${extname(path)}`
  const isOther = name !== usual && existsSync(join(dirname(path), usual))
  return `${name} ended and started no bot${isOther ? `: is it ${usual}?` : ""}`
}
