import { createInterface, type Interface } from "node:readline/promises"
import type { DeploymentChoice } from "./deployment.js"

/** The flags that answer the questions of `sounder init`. */
export interface ChoiceFlags {
  /** Accepts the defaults for all questions that no other flag answers. */
  readonly yes?: boolean
  /** Chooses JavaScript instead of TypeScript. */
  readonly javascript?: boolean
  /** Adds a test to a bot that is there. */
  readonly test?: boolean
  /** Adds a Dockerfile. */
  readonly docker?: boolean
  /** Adds a systemd unit. */
  readonly systemd?: boolean
}

/** The answers about a new bot. */
export interface NewBotChoice extends DeploymentChoice {
  readonly isTyped: boolean
}

/** The answers about a bot that is there. */
export interface KeptBotChoice {
  /** Whether the project of the bot is extended. */
  readonly isWanted: boolean
  /** Whether a test is added. */
  readonly hasTest: boolean
}

/**
 * Asks the questions about a new bot that no flag answers. With `yes`, returns the defaults; without a terminal, prints
 * them, too.
 *
 * @param known whether the existing project is in TypeScript; `undefined` if there is none
 */
export async function askNewBot(
  flags: ChoiceFlags,
  known: boolean | undefined,
  print: (text: string) => void,
): Promise<NewBotChoice> {
  const { javascript, docker, systemd } = flags
  const isTyped = javascript === true ? false : known
  using terminal = new Questions(print, flags.yes)
  return {
    isTyped: isTyped ?? (await terminal.ask("TypeScript?", true)),
    hasDocker: docker ?? (await terminal.ask("A Dockerfile?", false)),
    hasSystemd: systemd ?? (await terminal.ask("A systemd unit?", false)),
  }
}

/**
 * Asks the questions about a bot that is there. With `yes`, returns the defaults; without a terminal, prints them, too.
 */
export async function askKeptBot(
  { yes, test }: ChoiceFlags,
  program: string,
  print: (text: string) => void,
): Promise<KeptBotChoice> {
  using terminal = new Questions(print, yes)
  const question = `Keep the bot ${program}, and add Sounder to its project?`
  const isWanted = await terminal.ask(question, true)
  return { isWanted, hasTest: isWanted && (test ?? (await terminal.ask("A test?", false))) }
}

/** Yes-or-no questions on the terminal; without a terminal, each has its default as the answer. */
class Questions implements Disposable {
  readonly #terminal: Interface | undefined
  readonly #print: ((text: string) => void) | undefined
  readonly #unasked: string[] = []

  constructor(print: (text: string) => void, isSilent = false) {
    this.#print = isSilent ? undefined : print
    const isAsking = !isSilent && process.stdin.isTTY
    this.#terminal = isAsking
      ? createInterface({ input: process.stdin, output: process.stdout })
      : undefined
  }

  async ask(question: string, isDefault: boolean): Promise<boolean> {
    if (this.#terminal === undefined) {
      this.#unasked.push(`${question} ${isDefault ? "Yes" : "No"}.`)
      return isDefault
    }
    const answer = await this.#terminal.question(`${question} ${isDefault ? "[Y/n]" : "[y/N]"} `)
    return answer.trim() === "" ? isDefault : /^y/i.test(answer.trim())
  }

  /** Closes the terminal, or prints the answers if there was no terminal to ask on. */
  [Symbol.dispose](): void {
    this.#terminal?.close()
    if (this.#unasked.length === 0) return
    this.#print?.(`No terminal to ask on. As with --yes: ${this.#unasked.join(" ")}\n`)
  }
}
