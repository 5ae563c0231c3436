import { pollingAcknowledgedEarly } from "../events/index.js"
import { errorText } from "../ground/error-text.js"
import type { WebhookInfo } from "../telegram/types.js"
import { windowSize } from "./next-step.js"
import type { PollingSettings } from "./polling-options.js"
import type { UnacknowledgedUpdates } from "./unacknowledged-updates.js"

/**
 * Number of new updates for which the window makes room at first. The number doubles with each further full
 * answer in a row.
 */
const firstBatchSize = 10

/**
 * The shortest and the longest time between an answer and the next call, in milliseconds: the shortest after
 * an answer with new updates, doubled after each answer without new updates up to the longest.
 */
const minIntervalMs = 25
const maxIntervalMs = 500

/**
 * Telegram's window of 100 updates, counted from the oldest unacknowledged one. As long as all unfinished
 * updates fit into the window, Telegram keeps them. If more updates are pending than fit, the oldest
 * unfinished ones are acknowledged early, so that the window moves on: as many as the next batch needs room
 * for, and no more than the queue has idle workers for (`queue.acknowledge` decides that).
 */
export class UpdateWindow {
  readonly #settings: PollingSettings
  readonly #updates: UnacknowledgedUpdates
  /** Number of new updates for which the window makes room. */
  #batchSize = firstBatchSize
  #wasLastAnswerFull = false
  /** Number of updates that are pending at Telegram and were not fetched; 0 if it is unknown. */
  #unfetched = 0
  /** Whether the number of pending updates was requested since the last answer, even if the request failed. */
  #hasRequestedCount = false
  #hasWarned = false
  #intervalMs = maxIntervalMs

  constructor(settings: PollingSettings, updates: UnacknowledgedUpdates) {
    this.#settings = settings
    this.#updates = updates
  }

  /** Number of new updates that the next call should return; 0 if the last answer was not full. */
  get newUpdates(): number {
    if (!this.#wasLastAnswerFull) return 0
    return Math.min(this.#batchSize, this.#settings.limit, this.#unfetched || windowSize)
  }

  /** Milliseconds between the last answer and the next call while updates are unacknowledged. */
  get intervalMs(): number {
    return this.#intervalMs
  }

  /**
   * Adapts batch and interval to an answer.
   *
   * @param isFull whether the answer had as many updates as the call allowed, so that more may be pending
   * @param newCount the number of updates in the answer that were received for the first time
   */
  onAnswer(isFull: boolean, newCount: number): void {
    const isGrowing = this.#wasLastAnswerFull && isFull
    this.#batchSize = isGrowing ? Math.min(windowSize, this.#batchSize * 2) : firstBatchSize
    this.#unfetched = isFull ? Math.max(0, this.#unfetched - newCount) : 0
    this.#wasLastAnswerFull = isFull
    this.#hasRequestedCount = false
    this.#intervalMs = newCount > 0 ? minIntervalMs : Math.min(maxIntervalMs, this.#intervalMs * 2)
  }

  /**
   * Acknowledges the oldest unfinished updates if the window has no room for the next batch and further
   * updates are pending at Telegram. If the number of pending updates is unknown, fetches only this number,
   * and then calls `onFetched`, so that the caller calls `makeRoom` again.
   */
  makeRoom(signal: AbortSignal, onFetched: () => void): void {
    const { acknowledgeEarly, queue } = this.#settings
    const excess = this.#updates.size - (windowSize - this.newUpdates)
    if (!this.#wasLastAnswerFull || excess <= 0 || !acknowledgeEarly || !queue.acknowledge) return
    if (this.#unfetched > 0) this.#acknowledge(excess)
    else if (!this.#hasRequestedCount) void this.#fetchPendingCount(signal).then(onFetched)
  }

  #acknowledge(excess: number): void {
    const { bot, queue } = this.#settings
    const oldest = this.#updates.unsettledOfOldest(excess)
    // From the oldest, the queue acknowledges as many updates as it has idle workers, and returns their number.
    const count = oldest.length > 0 ? (queue.acknowledge?.(bot.id, oldest) ?? 0) : 0
    if (count === 0) return
    for (const id of oldest.slice(0, count)) this.#updates.settleId(id)
    this.#announce(count)
  }

  async #fetchPendingCount(signal: AbortSignal): Promise<void> {
    const { bot, answerWithinMs: timeoutMs, logger } = this.#settings
    this.#hasRequestedCount = true
    try {
      const options = { signal, timeoutMs }
      const info = await bot.call<Partial<WebhookInfo>>("getWebhookInfo", {}, options)
      this.#unfetched = Math.max(0, (info.pending_update_count ?? 0) - this.#updates.size)
    } catch (error) {
      if (signal.aborted) return
      logger.debug(`Could not fetch the number of pending updates: ${errorText(error)}`)
    }
  }

  #announce(count: number): void {
    const { bot, logger } = this.#settings
    if (pollingAcknowledgedEarly.hasSubscribers) {
      pollingAcknowledgedEarly.publish({ botId: bot.id, count })
    }
    if (this.#hasWarned) return
    this.#hasWarned = true
    logger.warn(
      "More than 100 updates are unfinished, and Telegram sends further ones only after the oldest are " +
        "acknowledged. From now on these are acknowledged before they are handled, and a crash would lose " +
        "them. A durable queue loses no update: " +
        'new Updater({ token, queue: new SqliteQueue({ path: "updates.db" }) }). To acknowledge ' +
        "only handled updates, so that slow chats block the others: startPolling({ acknowledgeEarly: false }).",
    )
  }
}
