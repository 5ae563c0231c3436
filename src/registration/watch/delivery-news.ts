import type { WebhookInfo } from "../../telegram/types.js"

/** The time after which an error that continues is reported again, in seconds. */
const repeatAfterSeconds = 3600
/** The number of pending updates below which growth is not reported. */
const manyPending = 100
/** The number of consecutive answers that have to show growth before it is reported. */
const growthAnswers = 3

/** The facts in an answer of `getWebhookInfo` that have to be reported. */
export interface DeliveryNews {
  /** The last delivery error; `undefined` if it is old, or was reported within the last hour. */
  readonly error: string | undefined
  /** True if a delivery has failed since the previous answer. */
  readonly hasFailed: boolean
  /** The number of pending updates if it keeps growing and a report is due; otherwise `undefined`. */
  readonly growing: number | undefined
}

/** A filter for successive answers of `getWebhookInfo` that returns each new fact once. */
export class DeliveryReport {
  /** The time of the last known error, in seconds since 1970; 0 for none. */
  #sinceSeconds: number
  #reportedError = ""
  #reportedAtSeconds = -Infinity
  /** The number of pending updates in the previous answer. */
  #pending = 0
  /** The number of consecutive answers in which the number of pending updates has grown. */
  #growthCount = 0
  /** The number in the last report. The next report is due at twice this number, the first at `manyPending`. */
  #reportedPending = manyPending / 2

  /** @param sinceSeconds the time of the last known error; Telegram shows it for ever, but it is not news */
  constructor(sinceSeconds: number) {
    this.#sinceSeconds = sinceSeconds
  }

  /** Returns the news in the next answer. */
  read(info: WebhookInfo): DeliveryNews {
    const { last_error_date: date = 0, last_error_message: message = "" } = info
    const hasFailed = date > this.#sinceSeconds
    const isReported =
      message === this.#reportedError && date - this.#reportedAtSeconds < repeatAfterSeconds
    const error = hasFailed && !isReported ? message : undefined
    if (hasFailed) this.#sinceSeconds = date
    if (error !== undefined) {
      this.#reportedError = error
      this.#reportedAtSeconds = date
    }
    return { error, hasFailed, growing: this.#growing(info.pending_update_count) }
  }

  #growing(pending: number): number | undefined {
    this.#growthCount = pending > this.#pending ? this.#growthCount + 1 : 0
    this.#pending = pending
    if (pending < manyPending) this.#reportedPending = manyPending / 2
    if (this.#growthCount < growthAnswers || pending < 2 * this.#reportedPending) return undefined
    this.#reportedPending = pending
    return pending
  }
}
