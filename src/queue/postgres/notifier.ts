import { Timer } from "../../ground/timer.js"
import type { StandingConnection } from "./standing-connection.js"
import { quoted } from "./tables.js"

/** How long after a notification the next one is sent at the earliest, in milliseconds. */
const restMs = 10

interface Wake {
  readonly sql: string
  readonly values: unknown[]
}

/**
 * Wakes workers in other processes, one at a time and each over a channel of its own: at once, then
 * none for a moment. A worker that finds more than it can take wakes another. In a transaction of its
 * own, because those with notifications are committed one after the other.
 */
export class Notifier {
  readonly #connection: StandingConnection
  readonly #another: string
  #rest: Timer | undefined
  #next: Wake | undefined
  #told: Promise<void> | undefined

  constructor(connection: StandingConnection, schema: string) {
    this.#connection = connection
    this.#another = `SELECT pg_notify(l.channel, $2) FROM ${quoted(schema)}.listener($1) l(channel)
      WHERE l.channel IS NOT NULL`
  }

  /** Wakes the worker that is told on a channel. */
  wake(channel: string): void {
    this.#wake({ sql: "SELECT pg_notify($1, '')", values: [channel] })
  }

  /**
   * Wakes any worker but this one.
   *
   * @param channel that of this process; `null` where it is not told
   * @param hops how often the news has been passed on
   */
  wakeAnother(channel: string | null, hops = 0): void {
    this.#wake({ sql: this.#another, values: [channel, `${hops}`] })
  }

  #wake(wake: Wake): void {
    if (this.#rest) {
      this.#next = wake
      return
    }
    this.#rest = new Timer(() => this.#rested(), restMs)
    const telling = this.#connection.ask(wake.sql, wake.values)
    // Who is not told looks by itself after a while.
    this.#told = telling.then(
      () => {},
      () => {},
    )
  }

  #rested(): void {
    const wake = this.#next
    this.#rest = undefined
    this.#next = undefined
    if (wake) this.#wake(wake)
  }

  /** Tells nobody any more. Resolves when those have been told who were to be. */
  async close(): Promise<void> {
    this.#rest?.stop()
    this.#next = undefined
    await this.#told
  }
}
