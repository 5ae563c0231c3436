import { RetryAfter } from "../telegram/errors.js"

/** The time in which Telegram accepts no calls with a subject. */
export interface Pause {
  /** The time left, in milliseconds. */
  readonly leftMs: number
  /** The error of a call that cannot wait that long. */
  readonly error: RetryAfter
}

/** The pauses after 429s. A 429 pauses only the calls with the same subject (see `callSubject`). */
export class Pauses {
  readonly #until = new Map<string, { readonly at: number; readonly error: RetryAfter }>()

  /** Whether nothing is paused. */
  get isEmpty(): boolean {
    return this.#until.size === 0
  }

  /** Adds the pause of a 429. */
  add(error: RetryAfter, subject: string): void {
    const now = performance.now()
    for (const [key, { at }] of this.#until) if (at <= now) this.#until.delete(key)
    const at = now + error.retryAfter * 1000
    if (at > (this.#until.get(subject)?.at ?? now)) this.#until.set(subject, { at, error })
  }

  /** Returns the pause that concerns a call; `undefined` if it can be sent at once. */
  find(method: string, subject: string): Pause | undefined {
    const pause = this.#until.get(subject)
    if (!pause) return undefined
    const leftMs = pause.at - performance.now()
    if (leftMs > 0) return { leftMs, error: renew(pause.error, method, leftMs) }
    this.#until.delete(subject)
    return undefined
  }
}

function renew(error: RetryAfter, method: string, leftMs: number): RetryAfter {
  const { errorCode, description } = error
  const parameters = { ...error.parameters, retry_after: Math.ceil(leftMs / 1000) }
  return new RetryAfter({ method, errorCode, description, parameters })
}
