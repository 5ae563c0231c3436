import type { WebhookInfo } from "../../telegram/types.js"

/** After so long an error that goes on is told once more, in seconds. */
const againSeconds = 3600
/** Fewer than so many that wait are nothing to speak of. */
const manyPending = 100
/** So many looks in a row have to show more than the one before. */
const growingLooks = 3

/** What is new in an answer of `getWebhookInfo`. */
export interface DeliveryNews {
  /** An error that has not been told, or not for an hour. */
  readonly error: string | undefined
  /** Whether an error has happened since the last look, told or not. */
  readonly hasFailed: boolean
  /** How many updates wait, where it is ever more of them. */
  readonly growing: number | undefined
}

/** Finds what is worth telling in the answers of `getWebhookInfo`, and tells each thing once. */
export class DeliveryReport {
  #sinceSeconds: number
  #toldError = ""
  #toldAtSeconds = -Infinity
  #pending = 0
  #growth = 0
  #toldPending = manyPending / 2

  /** @param sinceSeconds when the last known error was: Telegram never forgets one */
  constructor(sinceSeconds: number) {
    this.#sinceSeconds = sinceSeconds
  }

  /** Reads the next answer. */
  read(info: WebhookInfo): DeliveryNews {
    const { last_error_date: date = 0, last_error_message: message = "" } = info
    const hasFailed = date > this.#sinceSeconds
    const isTold = message === this.#toldError && date - this.#toldAtSeconds < againSeconds
    const error = hasFailed && !isTold ? message : undefined
    if (hasFailed) this.#sinceSeconds = date
    if (error !== undefined) {
      this.#toldError = error
      this.#toldAtSeconds = date
    }
    return { error, hasFailed, growing: this.#growing(info.pending_update_count) }
  }

  #growing(pending: number): number | undefined {
    this.#growth = pending > this.#pending ? this.#growth + 1 : 0
    this.#pending = pending
    if (pending < manyPending) this.#toldPending = manyPending / 2
    if (this.#growth < growingLooks || pending < 2 * this.#toldPending) return undefined
    this.#toldPending = pending
    return pending
  }
}
