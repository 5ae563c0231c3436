import { sleep } from "../ground/sleep.js"
import type { WebhookInfo } from "../telegram/types.js"
import { isSameUrl, type Registration } from "../registration/registration.js"

/** The longest time for which updates wait while Telegram is asked, in milliseconds. */
const longestWaitMs = 3000

/**
 * Returns whether Telegram holds updates of this webhook back. Once a delivery has failed, Telegram
 * tries each chat again in its own time, up to two minutes later, and a newer update may overtake it.
 * All of that is forgotten, and everything sent at once and in order, when the webhook is deleted and
 * set again.
 *
 * @see docs/decisions/0023-beginning-anew.md
 */
export function needsReset(info: WebhookInfo, { url }: Registration): boolean {
  const { pending_update_count: pending, last_error_date: failedAt } = info
  return pending > 0 && failedAt !== undefined && isSameUrl(url, info.url ?? "")
}

/** The time between listening and knowing whether Telegram holds something back. */
export class StartGate {
  /** Whether the updates that have come so far are taken; otherwise Telegram sends them again. */
  readonly opened: Promise<boolean>
  #settle: (isTaken: boolean) => void = () => {}
  #limit: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.opened = new Promise((resolve) => (this.#settle = resolve))
  }

  /** Telegram is being asked. The gate opens in three seconds at the latest. */
  ask(): void {
    this.#limit = setTimeout(() => this.open(), longestWaitMs)
  }

  /** Takes the waiting updates. */
  open(): void {
    clearTimeout(this.#limit)
    this.#settle(true)
  }

  /**
   * Refuses waiting requests and those still in socket buffers: Telegram has closed their connections.
   */
  async refuse(): Promise<void> {
    clearTimeout(this.#limit)
    await sleep(1)
    this.#settle(false)
  }
}
