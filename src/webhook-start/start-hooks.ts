import type { Logger } from "../ground/logger.js"
import type { WebhookHooks } from "../webhook/webhook.js"

/** The pause between two warnings, in milliseconds. */
const pauseMs = 60_000

/** The options of {@link StartHooks}. */
export interface StartHooksOptions {
  /** The highest `update_id` that was received earlier; `undefined` if it is unknown. */
  readonly lastId: number | undefined
  /** Resolves when updates can be accepted; `undefined` if they can be accepted at once. */
  readonly opened: Promise<boolean> | undefined
  /** True if this process registers the webhook with its own secret. */
  readonly isRegistered: boolean
  readonly logger: Logger
}

/** The hooks of a started webhook: its readiness, and the reaction to requests without the right secret. */
export class StartHooks implements WebhookHooks {
  readonly lastId: number | undefined
  opened: Promise<boolean> | undefined
  readonly #isRegistered: boolean
  readonly #logger: Logger
  /** The watch of the registration. A request with a wrong secret brings its next check forward. */
  #watch: { nudge(): void } | undefined
  #isStarted = false
  /** The time of the last warning, in milliseconds of `performance.now`; `undefined` before the first. */
  #warnedMs: number | undefined

  constructor({ lastId, opened, isRegistered, logger }: StartHooksOptions) {
    this.lastId = lastId
    this.opened = opened
    this.#isRegistered = isRegistered
    this.#logger = logger
  }

  /** Records the end of the start, and the watch of the registration if there is one. */
  started(watch: { nudge(): void } | undefined): void {
    this.#watch = watch
    this.#isStarted = true
    this.opened = undefined
  }

  /** Returns true after {@link StartHooks.started}. */
  isStarted(): boolean {
    return this.#isStarted
  }

  /**
   * Brings the next check of the registration forward. If the program registers the webhook itself, logs a
   * warning, at most once per minute.
   */
  onWrongSecret(caller: string | undefined): void {
    this.#watch?.nudge()
    const nowMs = performance.now()
    if (this.#isRegistered || nowMs - (this.#warnedMs ?? -Infinity) < pauseMs) return
    this.#warnedMs = nowMs
    const from = caller === undefined ? "" : ` from ${caller}`
    this.#logger.warn(
      `The webhook refused a request${from} with a wrong secret token or none (401). If Telegram sent ` +
        "the request, call setWebhook with the `secret_token` that the server expects",
    )
  }
}
