import type { ArrivalWatches } from "../arrival-watches.js"
import type { HeldUpdate } from "./held-update.js"
import type { NotifiedArrival } from "./held-lanes.js"
import type { StandingConnection } from "./standing-connection.js"
import { updateOfRow } from "./update-of-row.js"
import { quoted } from "./tables.js"

/** The maximum number of updates of one lane that a check reads. */
const readPerLane = 100

/** The options of {@link RemoteArrivals}. */
export interface RemoteArrivalsOptions {
  readonly connection: StandingConnection
  /** The name of the queue's schema. */
  readonly schema: string
  /** Returns the deliveries in this process's hands. */
  readonly held: () => Iterable<HeldUpdate>
  /** The watches to report to. */
  readonly arrivals: ArrivalWatches
}

/** A row of an update that waits behind a delivery. `number` is the position of the delivery, from 1. */
interface WaitingRow {
  readonly number: string
  readonly update_id: string
  readonly body: string
}

/** A reader of the updates that other processes have put into lanes that this process holds. */
export class RemoteArrivals {
  readonly #options: RemoteArrivalsOptions
  readonly #notifiedSql: string
  readonly #checkSql: string

  constructor(options: RemoteArrivalsOptions) {
    this.#options = options
    const updates = `${quoted(options.schema)}.updates`
    // `i.value` is the id of an update that was notified, or the age of a delivery in milliseconds.
    const sql = (condition: string, limit: number) => `SELECT i.number, w.update_id, w.body
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])
        WITH ORDINALITY i(bot_id, lane, place, value, number)
      CROSS JOIN LATERAL (
        SELECT u.update_id, u.body FROM ${updates} u
        WHERE u.bot_id = i.bot_id AND u.lane = i.lane AND u.place > i.place AND ${condition}
        ORDER BY u.place DESC LIMIT ${limit}
      ) w ORDER BY i.number, w.update_id`
    this.#notifiedSql = sql("u.update_id = i.value", 1)
    this.#checkSql = sql("u.put_at > clock_timestamp() - i.value * interval '1 ms'", readPerLane)
  }

  /** Reads the updates that a notification names, and reports them. Never rejects. */
  async onNotification(payload: string): Promise<void> {
    const byEpoch = new Map([...this.#options.held()].map((held) => [held.epoch, held]))
    const found = arrivalsIn(payload).flatMap(([, , epoch, id]) => {
      const held = byEpoch.get(epoch)
      return held ? [{ held, value: id }] : []
    })
    await this.#read(this.#notifiedSql, found)
  }

  /** Reads the updates that have entered lanes since their deliveries began, and reports them. Never rejects. */
  async check(): Promise<void> {
    if (this.#options.arrivals.isEmpty) return
    const now = performance.now()
    const all = [...this.#options.held()]
    const found = all.map((held) => ({ held, value: Math.floor(now - held.heldSinceMs) }))
    await this.#read(this.#checkSql, found)
  }

  async #read(sql: string, found: readonly { held: HeldUpdate; value: number }[]): Promise<void> {
    if (found.length === 0) return
    const values = [
      found.map(({ held }) => held.botId),
      found.map(({ held }) => held.lane),
      found.map(({ held }) => held.place),
      found.map(({ value }) => value),
    ]
    try {
      const rows = await this.#options.connection.query<WaitingRow>(sql, values)
      for (const row of rows) this.#report(row, found[Number(row.number) - 1]?.held)
    } catch {
      // The next check reads the updates again.
    }
  }

  #report(row: WaitingRow, held: HeldUpdate | undefined): void {
    if (!held) return
    const { botId, lane, updateId: runningId } = held
    this.#options.arrivals.report({ botId, lane, runningId, update: updateOfRow(row) })
  }
}

/** Returns the content of a notification; an empty list for one of another version. */
function arrivalsIn(payload: string): readonly NotifiedArrival[] {
  try {
    // The payload comes from a worker of this version, or of a newer one, which may add parts.
    return JSON.parse(payload) as NotifiedArrival[]
  } catch {
    return []
  }
}
