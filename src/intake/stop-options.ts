import type { OptionNames } from "../ground/expect-option.js"

/** Options of the methods that stop an `Updater` or a `Fleet`. */
export interface StopOptions {
  /**
   * Milliseconds after which `ctx.signal` of running handlers aborts; handlers that still run 250 ms later
   * are no longer waited for. Default: 10,000.
   */
  readonly deadlineMs?: number | undefined
  /**
   * Deletes the webhook of an `Updater` at the end, for a bot that is shut down or polled elsewhere. Telegram
   * keeps the pending updates. A failure is logged. A `Fleet` ignores this option. Default: `false`.
   */
  readonly deleteWebhook?: boolean | undefined
}

/** The names of the options of the methods that stop. */
export const stopOptionNames: OptionNames<StopOptions> = { deadlineMs: true, deleteWebhook: true }
