import type { Simulator } from "@sounder/simulator"
import type { Message } from "@grammyjs/types"
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

/** A message of a bot, with Telegram's result of its call. */
export interface HeardMessage extends Heard {
  readonly message: Message
}

/** The messages that Telegram has accepted from a bot. */
export class Transcript implements Disposable {
  readonly all: HeardMessage[] = []
  readonly #heard = new Map<string, HeardMessage>()
  readonly #waiting = new Map<string, readonly (() => void)[]>()
  readonly #unsubscribe: () => void

  constructor(telegram: Simulator) {
    this.#unsubscribe = telegram.calls.subscribe(({ method, params, status, answer }) => {
      if (method.toLowerCase() !== "sendmessage" || status !== 200) return
      // `sendMessage` returns the message.
      this.#add(params, answer.result as Message)
    })
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
  }

  /** Resolves with a message when it has come, or with `undefined` after the time. */
  async hears(
    chat: number,
    nr: number,
    word: string,
    timeoutMs: number,
  ): Promise<HeardMessage | undefined> {
    const key = keyOf({ chat, nr, word })
    const known = this.#heard.get(key)
    if (known) return known
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      const waiting = this.#waiting.get(key) ?? []
      this.#waiting.set(key, [...waiting, () => (clearTimeout(timer), resolve())])
    })
    return this.#heard.get(key)
  }

  #add({ chat_id: chat, text = "" }: Readonly<Record<string, string>>, message: Message): void {
    const {
      nr,
      word = text,
      rest = "",
    } = /^(?<nr>\d+) (?<word>[^ :]+)(: (?<rest>.*))?$/.exec(text)?.groups ?? {}
    const heard = { chat: Number(chat), nr: Number(nr), word, rest, at: monotonicMs(), message }
    this.all.push(heard)
    const key = keyOf(heard)
    if (!this.#heard.has(key)) this.#heard.set(key, heard)
    for (const resolve of this.#waiting.get(key) ?? []) resolve()
    this.#waiting.delete(key)
  }
}

/** Returns the text that identifies a message. */
export function keyOf({ chat, nr, word }: Pick<Heard, "chat" | "nr" | "word">): string {
  return `${chat} ${nr} ${word}`
}
