import { Timer } from "../../ground/timer.js"
import type { StandingConnection } from "./standing-connection.js"
import { quoted } from "./tables.js"

/** The shortest time between two notifications, in milliseconds. */
const pauseMs = 10

/** A notification that is to be sent. */
interface Wake {
  readonly sql: string
  readonly values: unknown[]
}

/**
 * A sender of notifications to workers of other processes. Each worker listens on a channel of its
 * own, so that one notification wakes one worker. A woken worker that finds more updates than it can
 * take wakes another worker. At most one notification is sent per 10 ms. Notifications are sent in
 * transactions of their own, because PostgreSQL commits transactions with notifications one after the
 * other.
 */
export class Notifier {
  readonly #connection: StandingConnection
  readonly #wakeAnotherSql: string
  #pause: Timer | undefined
  #next: Wake | undefined
  #sent: Promise<void> | undefined

  constructor(connection: StandingConnection, schema: string) {
    this.#connection = connection
    this.#wakeAnotherSql = `SELECT pg_notify(l.channel, $2) FROM ${quoted(schema)}.random_listener($1) l(channel)
      WHERE l.channel IS NOT NULL`
  }

  /** Wakes the worker that listens on a channel. The empty payload counts as 0 hops. */
  wake(channel: string): void {
    this.#wake({ sql: "SELECT pg_notify($1, '')", values: [channel] })
  }

  /**
   * Wakes a random other worker.
   *
   * @param channel the channel of this process; `null` if it has none
   * @param hops the number of workers that have passed the notification on
   */
  wakeAnother(channel: string | null, hops = 0): void {
    this.#wake({ sql: this.#wakeAnotherSql, values: [channel, `${hops}`] })
  }

  #wake(wake: Wake): void {
    if (this.#pause) {
      this.#next = wake
      return
    }
    this.#pause = new Timer(() => this.#pauseEnded(), pauseMs)
    const sending = this.#connection.query(wake.sql, wake.values)
    // A worker that misses the notification finds the updates with its next poll.
    this.#sent = sending.then(
      () => {},
      () => {},
    )
  }

  #pauseEnded(): void {
    const wake = this.#next
    this.#pause = undefined
    this.#next = undefined
    if (wake) this.#wake(wake)
  }

  /** Stops sending notifications. Resolves when the last statement has ended. */
  async close(): Promise<void> {
    this.#pause?.stop()
    this.#next = undefined
    await this.#sent
  }
}
