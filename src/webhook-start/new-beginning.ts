import { sleep } from "../ground/sleep.js"
import type { WebhookInfo } from "../telegram/types.js"
import { isSameUrl, type Registration } from "../registration/registration.js"

/** A Bot API that does not answer keeps no update waiting for longer, in milliseconds. */
const longestWaitMs = 3000

/**
 * Whether Telegram holds updates of this webhook back. Once a delivery has failed, it tries each chat
 * again in its own time, up to two minutes later, and what comes after it may overtake it. All of that
 * is forgotten, and everything sent at once and in order, when the webhook is deleted and set again.
 *
 * @see docs/decisions/0023-beginning-anew.md
 */
export function isHeldBack(info: WebhookInfo, { url }: Registration): boolean {
  const { pending_update_count: pending, last_error_date: failedAt } = info
  return pending > 0 && failedAt !== undefined && isSameUrl(url, info.url ?? "")
}

/** The time between listening and knowing whether Telegram holds something back. */
export class Opening {
  /** Whether what has come so far is to be taken; else Telegram sends it again, in order. */
  readonly opened: Promise<boolean>
  #settle: (isTaken: boolean) => void = () => {}
  #limit: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.opened = new Promise((resolve) => (this.#settle = resolve))
  }

  /** Telegram is being asked. What comes is taken in three seconds at the latest. */
  ask(): void {
    this.#limit = setTimeout(() => this.begin(), longestWaitMs)
  }

  /** What has come is taken. */
  begin(): void {
    clearTimeout(this.#limit)
    this.#settle(true)
  }

  /** What has come, and what the sockets hold, is refused: Telegram has closed their connections. */
  async refuse(): Promise<void> {
    clearTimeout(this.#limit)
    await sleep(1)
    this.#settle(false)
  }
}
