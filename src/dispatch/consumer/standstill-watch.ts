import { idleTimer, type Timer } from "../../ground/timer.js"
import type { ConsumerLog } from "./end-delivery.js"
import type { HeldDeliveries } from "./held-deliveries.js"

/** Milliseconds in which no handler ends before the first log line, and before each further line. */
const [firstLogMs, nextLogMs] = [10_000, 60_000]

/**
 * A watch that logs an error if the concurrency limit is reached and no handler ends for 10 s: all other updates
 * then wait, and the bot looks dead.
 */
export class StandstillWatch {
  readonly #held: HeldDeliveries
  readonly #concurrency: number
  readonly #log: ConsumerLog
  /** The number of ended handlings. */
  #endedCount = 0
  #timer: Timer | undefined

  constructor(held: HeldDeliveries, concurrency: number, log: ConsumerLog) {
    this.#held = held
    this.#concurrency = concurrency
    this.#log = log
  }

  /** Starts the timer if the limit is reached. Call this method after the start of each handling. */
  onStarted(): void {
    if (!this.#timer && this.#isFull) this.#scheduleCheck(firstLogMs)
  }

  /** Counts an ended handling. Call this method after the end of each handling. */
  onEnded(): void {
    this.#endedCount += 1
  }

  /** Stops the timer. */
  stop(): void {
    this.#timer?.stop()
  }

  get #isFull(): boolean {
    return this.#held.size >= this.#concurrency
  }

  /** Logs a standstill if no handling ends in the next `ms` milliseconds, then schedules the next check. */
  #scheduleCheck(ms: number): void {
    const endedBefore = this.#endedCount
    this.#timer = idleTimer(() => {
      this.#timer = undefined
      if (!this.#isFull) return
      const isStanding = endedBefore === this.#endedCount
      if (isStanding) this.#logStandstill(ms)
      this.#scheduleCheck(isStanding ? nextLogMs : firstLogMs)
    }, ms)
  }

  #logStandstill(ms: number): void {
    const { update, lane, botId } = this.#held.first?.delivery ?? {}
    const first = `the handler of update ${update?.update_id} in lane ${lane}`
    this.#log(
      `The limit of ${this.#concurrency} concurrent updates is reached, and no handler has ended for ` +
        `${ms / 1_000} s, for example ${first}: all other updates wait. Set \`handlerTimeoutMs\`, ` +
        "or raise `concurrency`",
      botId === undefined || !update ? undefined : { botId, updateId: update.update_id },
    )
  }
}
