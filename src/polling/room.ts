import { pollingAcknowledgedEarly } from "../events/index.js"
import { errorText } from "../ground/error-text.js"
import type { WebhookInfo } from "../telegram/types.js"
import { mostUpdates } from "./next-step.js"
import type { PollingSettings } from "./polling-options.js"
import type { UnconfirmedUpdates } from "./unconfirmed-updates.js"

/** How many new updates the first call asks for that has to make room for them. */
const fewUpdates = 10

/** The pace while updates are held: when new ones come, and when none come, in milliseconds. */
const quickMs = 25
const slowMs = 500

/**
 * Telegram shows 100 updates, counted from the oldest that is not acknowledged. While all that is
 * unfinished fits in there, Telegram keeps it. When it says that more wait than it shows, the oldest
 * unfinished ones are acknowledged: so many as the next call needs room for, and only where workers
 * wait for updates.
 */
export class Room {
  readonly #settings: PollingSettings
  readonly #updates: UnconfirmedUpdates
  #growing = fewUpdates
  #isBehind = false
  /** How many more are known to wait than were seen. */
  #waiting = 0
  #hasAsked = false
  #hasTold = false
  #paceMs = slowMs

  constructor(settings: PollingSettings, updates: UnconfirmedUpdates) {
    this.#settings = settings
    this.#updates = updates
  }

  /** How many new updates the next call shall bring; 0 where the last answer was not full. */
  get wanted(): number {
    if (!this.#isBehind) return 0
    return Math.min(this.#growing, this.#settings.limit, this.#waiting || mostUpdates)
  }

  /** How long to wait after the last answer while updates are held, in milliseconds. */
  get paceMs(): number {
    return this.#paceMs
  }

  /** An answer has come: whether it was full, and how many of its updates were new. */
  answered(isFull: boolean, fresh: number): void {
    this.#growing = this.#isBehind && isFull ? Math.min(mostUpdates, this.#growing * 2) : fewUpdates
    this.#waiting = isFull ? Math.max(0, this.#waiting - fresh) : 0
    this.#isBehind = isFull
    this.#hasAsked = false
    this.#paceMs = fresh > 0 ? quickMs : Math.min(slowMs, this.#paceMs * 2)
  }

  /**
   * Has the oldest unfinished updates acknowledged, where others are known to wait behind them. Where
   * that is not known, Telegram is asked; `changed` is called when it has answered.
   */
  make(signal: AbortSignal, changed: () => void): void {
    const { acknowledgeEarly, queue } = this.#settings
    const excess = this.#updates.size - (mostUpdates - this.wanted)
    if (!this.#isBehind || excess <= 0 || !acknowledgeEarly || !queue.acknowledge) return
    if (this.#waiting > 0) this.#acknowledge(excess)
    else if (!this.#hasAsked) void this.#ask(signal).then(changed)
  }

  #acknowledge(excess: number): void {
    const { bot, queue } = this.#settings
    const oldest = this.#updates.unsettled(excess)
    const count = oldest.length > 0 ? (queue.acknowledge?.(bot.id, oldest) ?? 0) : 0
    if (count === 0) return
    for (const id of oldest.slice(0, count)) this.#updates.settleId(id)
    this.#tell(count)
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { bot, answerWithinMs: timeoutMs, logger } = this.#settings
    this.#hasAsked = true
    try {
      const options = { signal, timeoutMs }
      const info = await bot.call<Partial<WebhookInfo>>("getWebhookInfo", {}, options)
      this.#waiting = Math.max(0, (info.pending_update_count ?? 0) - this.#updates.size)
    } catch (error) {
      if (!signal.aborted) logger.debug(`How many updates wait is not known: ${errorText(error)}`)
    }
  }

  #tell(count: number): void {
    const { bot, logger } = this.#settings
    if (pollingAcknowledgedEarly.hasSubscribers) {
      pollingAcknowledgedEarly.publish({ botId: bot.id, count })
    }
    if (this.#hasTold) return
    this.#hasTold = true
    logger.warn(
      "More than 100 updates are unfinished, and Telegram shows others only when the oldest are " +
        "acknowledged, as happens from now on: a crash would lose those. A durable queue loses none: " +
        'new Updater({ token, queue: new SqliteQueue({ path: "updates.db" }) }). To keep them at ' +
        "Telegram, at the cost of the other chats: startPolling({ acknowledgeEarly: false }).",
    )
  }
}
