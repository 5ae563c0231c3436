import type { Simulator } from "@sounder/simulator"
import { monotonicMs } from "../delivery/clock.js"

/** A message of a bot: the number of its dialog, its word, and the rest of its text. */
export interface Heard {
  readonly chat: number
  readonly nr: number
  readonly word: string
  readonly rest: string
  /** The time of the message on the machine's monotonic clock, in milliseconds. */
  readonly at: number
}

/** The messages that Telegram has accepted from a bot. */
export class Transcript implements Disposable {
  readonly all: Heard[] = []
  readonly #heard = new Set<string>()
  readonly #waiting = new Map<string, readonly (() => void)[]>()
  readonly #unsubscribe: () => void

  constructor(telegram: Simulator) {
    this.#unsubscribe = telegram.calls.subscribe(({ method, params, status }) => {
      if (method.toLowerCase() === "sendmessage" && status === 200) this.#add(params)
    })
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
  }

  /** Resolves with true when a message has come, or with false after the time. */
  async hears(chat: number, nr: number, word: string, timeoutMs: number): Promise<boolean> {
    const key = keyOf({ chat, nr, word })
    if (this.#heard.has(key)) return true
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      const waiting = this.#waiting.get(key) ?? []
      this.#waiting.set(key, [...waiting, () => (clearTimeout(timer), resolve())])
    })
    return this.#heard.has(key)
  }

  #add({ chat_id: chat, text = "" }: Readonly<Record<string, string>>): void {
    const {
      nr,
      word = text,
      rest = "",
    } = /^(?<nr>\d+) (?<word>[^ :]+)(: (?<rest>.*))?$/.exec(text)?.groups ?? {}
    const heard = { chat: Number(chat), nr: Number(nr), word, rest, at: monotonicMs() }
    this.all.push(heard)
    const key = keyOf(heard)
    this.#heard.add(key)
    for (const resolve of this.#waiting.get(key) ?? []) resolve()
    this.#waiting.delete(key)
  }
}

/** Returns the text that identifies a message. */
export function keyOf({ chat, nr, word }: Pick<Heard, "chat" | "nr" | "word">): string {
  return `${chat} ${nr} ${word}`
}
