/** The options of the methods that stop an updater or a fleet. */
export interface StopOptions {
  /** The time for running handlers, in milliseconds; their signals abort then. Default: 10,000. */
  readonly deadlineMs?: number | undefined
  /**
   * True to delete an updater's webhook at the end, for example before the bot is polled elsewhere.
   * Telegram keeps the pending updates. A failure is logged. A fleet ignores this option. Default: false.
   */
  readonly deleteWebhook?: boolean | undefined
}
