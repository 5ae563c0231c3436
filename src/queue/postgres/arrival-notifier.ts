import { Timer } from "../../ground/timer.js"
import { type HeldLane, type NotifiedArrival, toNotified } from "./held-lanes.js"
import type { StandingConnection } from "./standing-connection.js"

/** The shortest time between two transactions with notifications, in milliseconds. */
const pauseMs = 10
/**
 * The maximum number of characters of a payload. PostgreSQL allows 8,000 bytes, and a character has up to
 * three.
 */
const longestPayload = 2_600

/**
 * A sender of notifications about updates that have entered lanes of other workers. At most one transaction with
 * notifications is sent per 10 ms. A worker that misses a notification finds the update with its next renewal.
 */
export class ArrivalNotifier {
  readonly #connection: StandingConnection
  #waiting: HeldLane[] = []
  #pause: Timer | undefined
  #sent: Promise<void> | undefined

  constructor(connection: StandingConnection) {
    this.#connection = connection
  }

  /** Notifies the workers that hold these lanes. */
  notify(lanes: readonly HeldLane[]): void {
    this.#waiting.push(...lanes)
    if (!this.#pause && this.#waiting.length > 0) this.#send()
  }

  /** Stops sending notifications. Resolves when the last statement has ended. */
  async close(): Promise<void> {
    this.#pause?.stop()
    this.#waiting = []
    await this.#sent
  }

  #send(): void {
    const payloads = payloadsOf(this.#waiting)
    this.#waiting = []
    this.#pause = new Timer(() => this.#pauseEnded(), pauseMs)
    const sending = this.#connection.query(
      "SELECT pg_notify(n.channel, n.payload) FROM unnest($1::text[], $2::text[]) n(channel, payload)",
      [payloads.map(({ channel }) => channel), payloads.map(({ payload }) => payload)],
    )
    this.#sent = sending.then(
      () => {},
      () => {},
    )
  }

  #pauseEnded(): void {
    this.#pause = undefined
    if (this.#waiting.length > 0) this.#send()
  }
}

/** Returns the payloads of the notifications, each a JSON array of {@link NotifiedArrival}s. */
function payloadsOf(lanes: readonly HeldLane[]): { channel: string; payload: string }[] {
  const payloads: { channel: string; payload: string }[] = []
  for (const lane of lanes) {
    const { channel } = lane
    const arrival: NotifiedArrival = toNotified(lane)
    const text = JSON.stringify(arrival)
    const last = payloads.findLast((one) => one.channel === channel)
    const isFull = !last || last.payload.length + text.length > longestPayload
    if (isFull) payloads.push({ channel, payload: `[${text}]` })
    else last.payload = `${last.payload.slice(0, -1)},${text}]`
  }
  return payloads
}
