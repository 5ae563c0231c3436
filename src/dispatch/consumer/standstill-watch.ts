import { idleTimer, type Timer } from "../../ground/timer.js"
import type { ConsumerLog } from "./end-delivery.js"
import type { HeldDeliveries } from "./held-deliveries.js"

/** How long no handler has to end before that is told, and how often it is told, in milliseconds. */
const [afterMs, everyMs] = [10_000, 60_000]

/** Tells the operator where all places are taken and no handler ends, so that all other updates wait. */
export class StandstillWatch {
  readonly #held: HeldDeliveries
  readonly #concurrency: number
  readonly #log: ConsumerLog
  #ended = 0
  #timer: Timer | undefined

  constructor(held: HeldDeliveries, concurrency: number, log: ConsumerLog) {
    this.#held = held
    this.#concurrency = concurrency
    this.#log = log
  }

  /** Called when a handling has begun. */
  began(): void {
    if (!this.#timer && this.#isFull) this.#look(this.#ended, afterMs)
  }

  /** Called when a handling has ended. */
  ended(): void {
    this.#ended += 1
  }

  /** Stops looking. */
  stop(): void {
    this.#timer?.stop()
  }

  get #isFull(): boolean {
    return this.#held.size >= this.#concurrency
  }

  #look(ended: number, ms: number): void {
    this.#timer = idleTimer(() => {
      this.#timer = undefined
      if (!this.#isFull) return
      const isStanding = ended === this.#ended
      if (isStanding) this.#tell(ms)
      this.#look(this.#ended, isStanding ? everyMs : afterMs)
    }, ms)
  }

  #tell(ms: number): void {
    const { update, lane, botId } = this.#held.first?.delivery ?? {}
    const first = `update ${update?.update_id} of lane ${lane}`
    this.#log(
      `All ${this.#concurrency} places are taken, and no handler has ended for ${ms / 1_000} s, as that ` +
        `of ${first}: all other updates wait. Give handlers an end with \`handlerTimeoutMs\`, or raise ` +
        "`concurrency`",
      botId === undefined || !update ? undefined : { botId, updateId: update.update_id },
    )
  }
}
