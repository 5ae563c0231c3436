import { createInterface, type Interface } from "node:readline/promises"
import type { ProjectChoice } from "./project-plan.js"

/** The flags that answer the questions of `sounder init`. */
export interface ChoiceFlags {
  /** Asks nothing. */
  readonly yes?: boolean
  /** JavaScript instead of TypeScript. */
  readonly javascript?: boolean
  /** With a Dockerfile. */
  readonly docker?: boolean
  /** With a unit of systemd. */
  readonly systemd?: boolean
}

/** Asks what no flag has answered; without a terminal, or with `yes`, the defaults answer. */
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
    hasSystemd: systemd ?? (await terminal.ask("A unit of systemd?", false)),
  }
}

/** Questions to the person at the terminal, answered with yes or no. */
class Questions implements Disposable {
  readonly #terminal: Interface = createInterface({ input: process.stdin, output: process.stdout })

  async ask(question: string, byDefault: boolean): Promise<boolean> {
    const answer = await this.#terminal.question(`${question} ${byDefault ? "[Y/n]" : "[y/N]"} `)
    return answer.trim() === "" ? byDefault : /^y/i.test(answer.trim())
  }

  [Symbol.dispose](): void {
    this.#terminal.close()
  }
}
