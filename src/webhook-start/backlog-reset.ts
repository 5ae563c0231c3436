import { sleep } from "../ground/sleep.js"
import type { WebhookInfo } from "../telegram/types.js"
import { isSameUrl, type WebhookRegistration } from "../registration/registration.js"

/** The longest time for which requests wait for the start's `getWebhookInfo`, in milliseconds. */
const longestWaitMs = 3000

/**
 * Returns true if Telegram delays updates of this webhook after failed deliveries. Telegram then retries
 * each chat separately, up to two minutes later, and newer updates may overtake the delayed updates. When
 * the webhook is deleted and set again, Telegram sends all pending updates at once and in order.
 *
 * @see docs/decisions/0023-resetting-retries.md
 */
export function needsReset(info: WebhookInfo, { url }: WebhookRegistration): boolean {
  const { pending_update_count: pending, last_error_date: failedAt } = info
  return pending > 0 && failedAt !== undefined && isSameUrl(url, info.url ?? "")
}

/**
 * The gate for requests that arrive before a start knows whether the backlog has to be reset. The requests
 * wait at the gate: without a reset they are accepted, with a reset they are refused.
 */
export class StartGate {
  /** Resolves with true to accept the waiting requests, and with false to refuse them. */
  readonly opened: Promise<boolean>
  #settle: (isAccepted: boolean) => void = () => {}
  #limitTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.opened = new Promise((resolve) => (this.#settle = resolve))
  }

  /** Starts the time limit: the gate opens after three seconds at the latest. */
  startLimit(): void {
    this.#limitTimer = setTimeout(() => this.open(), longestWaitMs)
  }

  /** Accepts the waiting requests. */
  open(): void {
    clearTimeout(this.#limitTimer)
    this.#settle(true)
  }

  /**
   * Refuses the waiting requests, and the requests in socket buffers, for which it waits 1 ms. Telegram has
   * closed the connections at `deleteWebhook`, and sends the updates again.
   */
  async refuse(): Promise<void> {
    clearTimeout(this.#limitTimer)
    await sleep(1)
    this.#settle(false)
  }
}
