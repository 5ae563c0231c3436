import { ProgramProcess, type ProgramEnd } from "./program-process.js"

/** A program that can be restarted; a restart waits until the previous process has ended. */
export class RestartedProgram implements AsyncDisposable {
  readonly #args: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #print: (text: string) => void
  #program: ProgramProcess
  #restarting: Promise<void> | undefined
  #isClosed = false

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    print: (text: string) => void,
  ) {
    this.#args = args
    this.#env = env
    this.#print = print
    this.#program = this.#start()
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
    const program = new ProgramProcess(this.#args, this.#env)
    void program.ended.then((end) => {
      const isExpected = this.#isClosed || this.#restarting !== undefined
      if (!isExpected) this.#print(`${endText(end)}; it restarts when a file changes\n`)
    })
    return program
  }
}

function endText({ code, signal }: ProgramEnd): string {
  return signal === null ? `The bot ended with exit code ${code}` : `The bot was ended by ${signal}`
}
