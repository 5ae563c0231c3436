import { createInterface, type Interface } from "node:readline/promises"
import type { ProjectChoice } from "./project-plan.js"

/** The flags that answer the questions of `sounder init`. */
export interface ChoiceFlags {
  /** Accepts the defaults for all questions that no other flag answers. */
  readonly yes?: boolean
  /** Chooses JavaScript instead of TypeScript. */
  readonly javascript?: boolean
  /** Adds a Dockerfile. */
  readonly docker?: boolean
  /** Adds a systemd unit. */
  readonly systemd?: boolean
}

/** Asks the questions that no flag answers. Without a terminal, or with `yes`, returns the defaults. */
export async function askChoice(flags: ChoiceFlags): Promise<Omit<ProjectChoice, "name">> {
  const { yes = false, javascript, docker, systemd } = flags
  if (yes || !process.stdin.isTTY) {
    const language = javascript === true ? "javascript" : "typescript"
    return { language, hasDocker: docker === true, hasSystemd: systemd === true }
  }
  using terminal = new Questions()
  return {
    language:
      (javascript ?? !(await terminal.ask("TypeScript?", true))) ? "javascript" : "typescript",
    hasDocker: docker ?? (await terminal.ask("A Dockerfile?", false)),
    hasSystemd: systemd ?? (await terminal.ask("A systemd unit?", false)),
  }
}

/** Yes-or-no questions on the terminal. */
class Questions implements Disposable {
  readonly #terminal: Interface = createInterface({ input: process.stdin, output: process.stdout })

  async ask(question: string, isDefault: boolean): Promise<boolean> {
    const answer = await this.#terminal.question(`${question} ${isDefault ? "[Y/n]" : "[y/N]"} `)
    return answer.trim() === "" ? isDefault : /^y/i.test(answer.trim())
  }

  [Symbol.dispose](): void {
    this.#terminal.close()
  }
}
