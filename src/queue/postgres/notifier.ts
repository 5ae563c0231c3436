import { Timer } from "../../ground/timer.js"
import type { StandingConnection } from "./standing-connection.js"

/** How long after a notification the next one is sent at the earliest, in milliseconds. */
const restMs = 10

/**
 * Tells other processes that there may be updates: at once, then not again for a moment. In a
 * transaction of its own, because those with notifications are committed one after the other.
 */
export class Notifier {
  readonly #connection: StandingConnection
  readonly #channel: string
  #rest: Timer | undefined
  #isWanted = false
  #told: Promise<void> | undefined

  constructor(connection: StandingConnection, channel: string) {
    this.#connection = connection
    this.#channel = channel
  }

  /** Tells them. */
  notify(): void {
    this.#isWanted = true
    if (this.#rest) return
    this.#isWanted = false
    this.#rest = new Timer(() => {
      this.#rest = undefined
      if (this.#isWanted) this.notify()
    }, restMs)
    const telling = this.#connection.ask("SELECT pg_notify($1, '')", [this.#channel])
    // Who is not told looks by itself after a while.
    this.#told = telling.then(
      () => {},
      () => {},
    )
  }

  /** Tells nobody any more. Resolves when those have been told who were to be. */
  async close(): Promise<void> {
    this.#rest?.stop()
    this.#isWanted = false
    await this.#told
  }
}
