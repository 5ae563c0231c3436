import { idleTimer, type Timer } from "../../ground/timer.js"
import type { Logger } from "../../ground/logger.js"
import type { TurnWriter } from "./turn-writer.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/** The maximum number of timers that one transaction puts. */
const batchSize = 1_000
/** The longest wait until the wall clock is read again, in milliseconds. */
const maxWaitMs = 10_000
/** The delay before the next try after a failed transaction, in milliseconds. */
const retryMs = 1_000

/** A loop that puts the own updates of due timers. The loop does not keep the process alive. */
export class DueTimers {
  readonly #store: UpdateStore
  readonly #writer: TurnWriter
  readonly #added: (places: readonly StoredPlace[]) => void
  readonly #logger: Logger
  #timer: Timer | undefined
  /** The time for which the timer was set, in milliseconds since 1970. */
  #setFor = Infinity
  #isPutting = false
  #isClosed = false

  /** @param queue.added called with the places of own updates when their transaction is on disk */
  constructor(
    store: UpdateStore,
    writer: TurnWriter,
    { added, logger }: { added: (places: readonly StoredPlace[]) => void; logger: Logger },
  ) {
    this.#store = store
    this.#writer = writer
    this.#added = added
    this.#logger = logger
    this.schedule()
  }

  /** Schedules the wait for the next timer. Called after each transaction, which may have set timers. */
  schedule(): void {
    const dueAt = this.#store.nextTimerAt
    if (dueAt === this.#setFor || this.#isPutting || this.#isClosed) return
    this.#timer?.stop()
    this.#setFor = dueAt
    if (dueAt === Infinity) return
    this.#wait(Math.min(Math.max(dueAt - Date.now(), 0), maxWaitMs))
  }

  /** Stops the loop. */
  close(): void {
    this.#isClosed = true
    this.#timer?.stop()
  }

  #wait(ms: number): void {
    this.#timer = idleTimer(() => {
      this.#setFor = Number.NaN
      if (this.#store.nextTimerAt > Date.now()) this.schedule()
      else void this.#putDue()
    }, ms)
  }

  async #putDue(): Promise<void> {
    this.#isPutting = true
    try {
      let count = batchSize
      while (count === batchSize && !this.#isClosed) {
        count = await this.#putBatch()
      }
      this.#isPutting = false
      this.schedule()
    } catch {
      // The writer has logged the reason.
      this.#isPutting = false
      if (!this.#isClosed) this.#wait(retryMs)
    }
  }

  async #putBatch(): Promise<number> {
    const { count, damaged } = await this.#writer.change(
      ({ timers }, now) => timers.putDue(now, batchSize),
      ({ places }) => this.#added(places),
    )
    for (const message of damaged) this.#logger.error(message)
    return count
  }
}
