import type { Logger } from "../ground/logger.js"

const pauseMs = 60_000

/** The requests with a wrong secret or none that come to a webhook. */
export class WrongSecret {
  /** Called for each: looks at the registration. */
  onSeen: () => void = () => {}
  readonly #isRegistered: boolean
  readonly #logger: Logger
  #lastMs = -Infinity

  /** @param isRegistered whether this process has registered the webhook, with its own secret */
  constructor(isRegistered: boolean, logger: Logger) {
    this.#isRegistered = isRegistered
    this.#logger = logger
  }

  /** Takes note of one; says so once per minute where the secret was set by hand. */
  seen(caller: string | undefined): void {
    this.onSeen()
    const nowMs = performance.now()
    if (this.#isRegistered || nowMs - this.#lastMs < pauseMs) return
    this.#lastMs = nowMs
    const from = caller === undefined ? "" : ` from ${caller}`
    this.#logger.warn(
      `A request to the webhook${from} had a wrong secret token or none, and was answered with 401. ` +
        "If Telegram sent it, pass the same `secret_token` to setWebhook that the server expects",
    )
  }
}
