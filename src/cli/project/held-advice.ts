import { idleTimer, type Timer } from "../../ground/timer.js"

/** The time in milliseconds for which advice waits for the error that the bot prints. */
const holdMs = 1000

/** Advice that is printed below the error of the bot, which would push it out of sight. */
export class HeldAdvice {
  readonly #print: (text: string) => void
  #text = ""
  #timer: Timer | undefined

  constructor(print: (text: string) => void) {
    this.#print = print
  }

  /** Prints a text when the bot has ended, at the latest after a second. */
  hold(text: string): void {
    this.#text += text
    this.#timer ??= idleTimer(() => this.release(), holdMs)
  }

  /** Prints the texts at once. */
  release(): void {
    this.#timer?.stop()
    this.#timer = undefined
    const text = this.#text
    this.#text = ""
    if (text !== "") this.#print(text)
  }
}
