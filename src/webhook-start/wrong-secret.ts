import type { Logger } from "../ground/logger.js"

/** The pause between two warnings, in milliseconds. */
const pauseMs = 60_000

/** The reaction of a webhook to requests without the right secret. */
export class WrongSecret {
  /** Called for each such request. The watch of the registration then checks the registration earlier. */
  onSeen: () => void = () => {}
  readonly #isRegistered: boolean
  readonly #logger: Logger
  #lastMs = -Infinity

  /** @param isRegistered true if this process registers the webhook with its own secret */
  constructor(isRegistered: boolean, logger: Logger) {
    this.#isRegistered = isRegistered
    this.#logger = logger
  }

  /** Reports one such request. If the program registers the webhook itself, logs at most once per minute. */
  report(caller: string | undefined): void {
    this.onSeen()
    const nowMs = performance.now()
    if (this.#isRegistered || nowMs - this.#lastMs < pauseMs) return
    this.#lastMs = nowMs
    const from = caller === undefined ? "" : ` from ${caller}`
    this.#logger.warn(
      `The webhook refused a request${from} with a wrong secret token or none (401). If Telegram sent ` +
        "the request, call setWebhook with the `secret_token` that the server expects",
    )
  }
}
