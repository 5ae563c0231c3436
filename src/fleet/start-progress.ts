import type { Logger } from "../ground/logger.js"
import { idleTimer, type Timer } from "../ground/timer.js"

/** The time between two log lines, in milliseconds. */
const lineEveryMs = 5_000

/** The progress of a fleet's start, which is logged every five seconds. */
export class StartProgress {
  readonly #total: number
  readonly #logger: Logger
  #started = 0
  #failed = 0
  #timer: Timer

  /** @param total the number of bots */
  constructor(total: number, logger: Logger) {
    this.#total = total
    this.#logger = logger
    this.#timer = this.#wait()
  }

  /** Counts a bot whose start has ended. */
  count(hasStarted: boolean): void {
    if (hasStarted) this.#started += 1
    else this.#failed += 1
  }

  /** Ends the log lines. */
  end(): void {
    this.#timer.stop()
  }

  #wait(): Timer {
    return idleTimer(() => {
      const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`
      this.#logger.info(`${this.#started} of ${this.#total} bots are started${failed}`)
      this.#timer = this.#wait()
    }, lineEveryMs)
  }
}

/** Returns the log line after a start. */
export function startLine(started: number, handlers: number): string {
  const bots = started === 1 ? "1 bot receives" : `${started} bots receive`
  return `${bots} updates, ${handlers} handler${handlers === 1 ? "" : "s"}`
}
