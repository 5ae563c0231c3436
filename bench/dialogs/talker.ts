import { setTimeout as sleep } from "node:timers/promises"
import type { SimulatedBot, SimulatedUser } from "@sounder/simulator"
import type { Dialog } from "./judge.js"
import type { HeardMessage, Transcript } from "./transcript.js"

/** The kind of a dialog, which is the command that begins it. */
export type Kind = "states" | "script" | "menu" | "hurry" | "scripted_hurry"

/** Options of a {@link Talker}. */
export interface TalkerOptions {
  readonly transcript: Transcript
  readonly kinds: readonly Kind[]
  /** The words of the messages that come after the last message of a dialog. */
  readonly after: readonly string[]
  /** The time without an expected message after which the person asks the bot whether it is there. */
  readonly patienceMs: number
}

/** The longest pause between two dialogs, in milliseconds. */
const pauseMs = 6_000
/** The number of unanswered pings after which a bot counts as gone. */
const maxPings = 15
/** The words of messages that come by themselves, some time after the update that has caused them. */
const timerWords = new Set(["Reminder", "Late"])

/** A person who repeats dialogs with a bot. */
export class Talker {
  readonly dialogs: Dialog[] = []
  readonly #person: SimulatedUser
  readonly #account: SimulatedBot
  readonly #options: TalkerOptions
  #pings = 0
  /** Whether the bot has left many pings unanswered. */
  #isGone = false

  constructor(person: SimulatedUser, account: SimulatedBot, options: TalkerOptions) {
    this.#person = person
    this.#account = account
    this.#options = options
  }

  /** Repeats the kinds of dialogs in turn, with pauses. */
  async talk(isOver: { readonly now: boolean }): Promise<void> {
    const { kinds } = this.#options
    for (let nr = 1; !isOver.now; nr += 1) {
      await sleep(Math.random() * pauseMs)
      const kind = kinds[nr % kinds.length] ?? "states"
      const ended = await this.#dialog(nr, kind)
      if (this.#isGone) return
      if (!ended) await this.#say("/cancel")
    }
  }

  /**
   * Asks the bot whether it is there, until it answers. A bot handles the messages of a chat in their order, so
   * that its earlier answers have been sent before. Resolves with false for a bot that is gone.
   */
  async ping(): Promise<boolean> {
    const { transcript, patienceMs } = this.#options
    for (let count = 0; count < maxPings; count += 1) {
      const nr = (this.#pings += 1)
      await this.#say(`/ping ${nr}`)
      if (await transcript.hears(this.#person.id, nr, "Pong", patienceMs)) return true
    }
    this.#isGone = true
    return false
  }

  /** Has a dialog. Resolves with false if a message of it is missing. */
  #dialog(nr: number, kind: Kind): Promise<boolean> {
    if (kind === "menu") return this.#choose(nr)
    return kind === "states" || kind === "script" ? this.#form(nr, kind) : this.#hurry(nr, kind)
  }

  async #form(nr: number, kind: Kind): Promise<boolean> {
    const [name, age] = [`${this.#person.firstName}-${nr}`, String(20 + nr)]
    const dialog = this.#begin(nr, { last: "Done", data: `${name}, ${age}` })
    return (
      (await this.#exchange(dialog, `/${kind} ${nr}`, ["Name?"])) !== undefined &&
      (await this.#exchange(dialog, name, ["Age?"])) !== undefined &&
      (await this.#exchange(dialog, age, ["Done", ...this.#options.after])) !== undefined
    )
  }

  /** A menu, of which the person presses a button. */
  async #choose(nr: number): Promise<boolean> {
    const dialog = this.#begin(nr, { last: "Done", data: "Red" })
    const shown = await this.#exchange(dialog, `/menu ${nr}`, ["Color?"])
    if (!shown) return false
    await this.#person.press(shown.message, "Red")
    return (await this.#expect(dialog, ["Done", ...this.#options.after])) !== undefined
  }

  /** A dialog that the person does not answer, so that its time passes. */
  async #hurry(nr: number, kind: Kind): Promise<boolean> {
    const dialog = this.#begin(nr, { last: "Late", data: undefined })
    return (await this.#exchange(dialog, `/${kind} ${nr}`, ["Quick?", "Late"])) !== undefined
  }

  #begin(nr: number, { last, data }: Pick<Dialog, "last" | "data">): Dialog {
    const dialog = { chat: this.#person.id, nr, last, data, expected: [] }
    this.dialogs.push(dialog)
    return dialog
  }

  /** Says something, and waits for answers, as {@link Talker.#expect} does. */
  async #exchange(
    dialog: Dialog,
    text: string,
    words: readonly string[],
  ): Promise<HeardMessage | undefined> {
    await this.#say(text)
    return this.#expect(dialog, words)
  }

  /** Waits for answers. Resolves with the last one, or with `undefined` if one is missing. */
  async #expect(dialog: Dialog, words: readonly string[]): Promise<HeardMessage | undefined> {
    dialog.expected.push(...words)
    let heard: HeardMessage | undefined
    for (const word of words) {
      heard = await this.#hears(dialog, word)
      if (!heard) return undefined
    }
    return heard
  }

  /**
   * Waits for a message. It counts as missing when the bot has answered a later message of the person, so that a
   * slow machine makes no message missing.
   */
  async #hears({ chat, nr }: Dialog, word: string): Promise<HeardMessage | undefined> {
    const { transcript, patienceMs } = this.#options
    const heard = await transcript.hears(chat, nr, word, patienceMs)
    if (heard) return heard
    await this.ping()
    return transcript.hears(chat, nr, word, timerWords.has(word) ? patienceMs : 0)
  }

  async #say(text: string): Promise<void> {
    await this.#person.send(this.#account, text)
  }
}
