import { RetryAfter } from "../telegram/errors.js"

/** A time in which Telegram refuses all calls with the same subject (see `callSubject`). */
export interface Pause {
  /** The remaining time, in milliseconds. */
  readonly remainingMs: number
  /** The error of a call that cannot wait that long. */
  readonly error: RetryAfter
}

/** The pauses after 429s. A 429 pauses only the calls with the same subject. */
export class Pauses {
  readonly #pauses = new Map<string, { readonly endsAt: number; readonly error: RetryAfter }>()

  /** Whether there are no pauses. */
  get isEmpty(): boolean {
    return this.#pauses.size === 0
  }

  /** Adds the pause of a 429. */
  add(error: RetryAfter, subject: string): void {
    const now = performance.now()
    for (const [key, { endsAt }] of this.#pauses) if (endsAt <= now) this.#pauses.delete(key)
    const endsAt = now + error.retryAfter * 1000
    if (endsAt > (this.#pauses.get(subject)?.endsAt ?? now))
      this.#pauses.set(subject, { endsAt, error })
  }

  /** Returns the pause that concerns a call; `undefined` if it can be sent at once. */
  find(method: string, subject: string): Pause | undefined {
    const pause = this.#pauses.get(subject)
    if (!pause) return undefined
    const remainingMs = pause.endsAt - performance.now()
    if (remainingMs > 0)
      return { remainingMs, error: renewedError(pause.error, method, remainingMs) }
    this.#pauses.delete(subject)
    return undefined
  }
}

/** Returns the error of a call that is not sent because of an earlier 429, with the remaining wait. */
function renewedError(error: RetryAfter, method: string, remainingMs: number): RetryAfter {
  const { errorCode, description } = error
  const parameters = { ...error.parameters, retry_after: Math.ceil(remainingMs / 1000) }
  return new RetryAfter({ method, errorCode, description, parameters })
}
