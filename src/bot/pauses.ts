import { RetryAfter } from "../telegram/errors.js"

/** A time during which Telegram wants no calls of a kind. */
export interface Pause {
  /** How much of it is left, in milliseconds. */
  readonly leftMs: number
  /** What a call rejects with that cannot wait that long. */
  readonly error: RetryAfter
}

/**
 * Until when Telegram asked a bot to be quiet: in a chat, with a method, or altogether.
 *
 * A 429 to a call with `chat_id` pauses that chat. One without pauses the bot, unless it is longer
 * than any call waits or the method has a limit of its own (`setMyName` may answer with a day): then
 * it pauses that method.
 */
export class Pauses {
  readonly #until = new Map<string, { readonly at: number; readonly error: RetryAfter }>()
  readonly #longestMs: number

  /** @param longestMs how long a pause of the whole bot can be, in milliseconds */
  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** Whether nothing is paused. */
  get isEmpty(): boolean {
    return this.#until.size === 0
  }

  /** Remembers a 429. */
  add(error: RetryAfter, chat: string | undefined): void {
    const now = Date.now()
    for (const [key, { at }] of this.#until) if (at <= now) this.#until.delete(key)
    const at = now + error.retryAfter * 1000
    const key = this.#keyOf(error, chat)
    if (at > (this.#until.get(key)?.at ?? 0)) this.#until.set(key, { at, error })
  }

  /** The longest pause that concerns a call; `undefined` where it can be sent at once. */
  find(method: string, chat: string | undefined): Pause | undefined {
    const keys = ["bot", `method ${method}`, `chat ${chat}`]
    const found = keys.flatMap((key) => this.#until.get(key) ?? [])
    const longest = found.toSorted((one, other) => other.at - one.at)[0]
    const leftMs = longest ? longest.at - Date.now() : 0
    return longest && leftMs > 0
      ? { leftMs, error: renew(longest.error, method, leftMs) }
      : undefined
  }

  #keyOf(error: RetryAfter, chat: string | undefined): string {
    if (chat !== undefined) return `chat ${chat}`
    const isOwn = /^(setMy|close$|logOut$)/.test(error.method)
    return isOwn || error.retryAfter * 1000 > this.#longestMs ? `method ${error.method}` : "bot"
  }
}

function renew(error: RetryAfter, method: string, leftMs: number): RetryAfter {
  const { errorCode, description } = error
  const parameters = { ...error.parameters, retry_after: Math.ceil(leftMs / 1000) }
  return new RetryAfter({ method, errorCode, description, parameters })
}
