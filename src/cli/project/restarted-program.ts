import { existsSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { ProgramProcess, type ProgramEnd } from "./program-process.js"

/** The terminal on which a program is restarted. */
export interface ProgramTerminal {
  print(text: string): void
  /** Returns the number of calls that the simulated Telegram has got. */
  callCount(): number
  /** Is called after the text about an end of the program that was not requested. */
  onEnd(): void
}

/** A program that can be restarted; a restart waits until the previous process has ended. */
export class RestartedProgram implements AsyncDisposable {
  readonly #args: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #terminal: ProgramTerminal
  #program: ProgramProcess
  #restarting: Promise<void> | undefined
  #isClosed = false

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    terminal: ProgramTerminal,
  ) {
    this.#terminal = terminal
    this.#args = args
    this.#env = env
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
    this.#terminal.print(`\n${reason}: restarting the bot\n`)
    this.#program = this.#start()
  }

  #start(): ProgramProcess {
    const terminal = this.#terminal
    const callsBefore = terminal.callCount()
    const program = new ProgramProcess(this.#args, this.#env)
    void program.ended.then((end) => {
      const isExpected = this.#isClosed || this.#restarting !== undefined
      if (isExpected) return
      const hasCalled = terminal.callCount() > callsBefore
      const text = end.code === 0 && !hasCalled ? noBotText(this.#args.at(-1) ?? "") : endText(end)
      terminal.print(`${text}; it restarts when a file changes\n`)
      terminal.onEnd()
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
