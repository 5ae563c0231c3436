import { setTimeout as sleep } from "node:timers/promises"
import type { SimulatedBot, SimulatedUser } from "@sounder/simulator"

/** The counts of a person's dialogs; `bench/dialogs.ts` explains each number. */
export interface Tally {
  kills: number
  dialogs: number
  ended: number
  stuck: number
  repeated: number
  wrong: number
  miscounted: number
}

const patienceMs = 20_000

/** A person who repeats a dialog, and records the bot's mistakes. */
export class Talker {
  readonly #person: SimulatedUser
  readonly #account: SimulatedBot
  readonly #tally: Tally
  #heard = new Set<string>()

  constructor(person: SimulatedUser, account: SimulatedBot, tally: Tally) {
    this.#person = person
    this.#account = account
    this.#tally = tally
  }

  /** Repeats the dialog, with pauses; gives up if an answer is missing. */
  async talk(isOver: { readonly now: boolean }): Promise<void> {
    for (let nr = 1; !isOver.now; nr += 1) {
      await sleep(Math.random() * 10_000)
      this.#tally.dialogs += 1
      if (!(await this.#dialog(nr))) {
        this.#tally.stuck += 1
        return
      }
      this.#tally.ended += 1
    }
    await this.#listen(2000)
  }

  async #dialog(nr: number): Promise<boolean> {
    const [name, age] = [`${this.#person.firstName} of ${nr}`, String(20 + nr)]
    this.#heard = new Set()
    await this.#person.send(this.#account, "/register")
    if ((await this.#hear((text) => text === "Name?")) === undefined) return false
    await this.#person.send(this.#account, name)
    if ((await this.#hear((text) => text === "Age?")) === undefined) return false
    await this.#person.send(this.#account, age)
    const last = await this.#hear((text) => text.includes(" is "))
    if (last === undefined) return false
    if (!last.startsWith(`${name} is ${age} (`)) this.#tally.wrong += 1
    else if (!last.endsWith(`(${nr})`)) this.#tally.miscounted += 1
    return true
  }

  /** Waits for a wanted message, and counts repeated messages before it. */
  async #hear(isWanted: (text: string) => boolean): Promise<string | undefined> {
    for (;;) {
      const text = await this.#next(patienceMs)
      if (text === undefined) return undefined
      if (this.#heard.has(text)) this.#tally.repeated += 1
      else if (isWanted(text)) {
        this.#heard.add(text)
        return text
      } else this.#tally.wrong += 1
    }
  }

  /** Counts messages that arrive without a question. */
  async #listen(timeoutMs: number): Promise<void> {
    while ((await this.#next(timeoutMs)) !== undefined) this.#tally.repeated += 1
  }

  async #next(timeoutMs: number): Promise<string | undefined> {
    try {
      return (await this.#person.hears({ timeoutMs })).text ?? ""
    } catch {
      return undefined
    }
  }
}
