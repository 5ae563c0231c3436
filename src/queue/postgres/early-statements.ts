import type { NewUpdate } from "../new-update.js"
import { updateType } from "../../telegram/update-facts.js"
import type { HolderRow } from "./held-lanes.js"
import type { StandingConnection } from "./standing-connection.js"
import { quoted } from "./tables.js"

/** The result of an unparking. */
interface UnparkRow {
  /** The channel of another worker that can be woken; `null` if there is none. */
  readonly wake_channel: string | null
  /** The workers that hold lanes of the updates; `null` if there are none. */
  readonly holders: readonly HolderRow[] | null
}

/** The result of a parking: numbers of updates, counted from 1. */
interface ParkRow {
  /** The updates that are already known. */
  readonly known: readonly number[] | null
  /** The updates in closed slots. */
  readonly closed?: readonly number[] | null
}

/** The statements about early updates. */
export class EarlyStatements {
  readonly #connection: StandingConnection
  readonly #schema: string

  /** @param schema the name of the queue's schema */
  constructor(connection: StandingConnection, schema: string) {
    this.#connection = connection
    this.#schema = quoted(schema)
  }

  /**
   * Parks updates. If a slot is closed, nothing is parked.
   *
   * @param slots the slots of the updates, on a shard
   */
  async park(updates: readonly NewUpdate[], slots?: readonly number[]): Promise<ParkRow> {
    const [row] = await this.#connection.query<ParkRow>(
      slots
        ? `SELECT known, closed FROM ${this.#schema}.park_into_slots($1, $2, $3, $4, $5)`
        : `SELECT known FROM ${this.#schema}.park($1, $2, $3, $4)`,
      slots ? [...columnsOf(updates), slots] : columnsOf(updates),
    )
    return row ?? { known: null }
  }

  /**
   * Unparks updates. Returns the channel of another worker that can be woken, or `null`, and the workers to notify
   * because they hold lanes of the updates.
   *
   * @param channel the channel of this process, which is not woken; `null` if it has none
   */
  async unpark(updates: readonly NewUpdate[], channel: string | null): Promise<UnparkRow> {
    const [botIds, ids, lanes] = columnsOf(updates)
    const [row] = await this.#connection.query<UnparkRow>(
      `SELECT ${this.#schema}.unpark($1, $2), ${this.#schema}.random_listener($3) AS wake_channel,
        ${this.#schema}.holders_of($1, $4, $5, $3) AS holders`,
      [botIds, ids, channel, lanes, updateTypeNames(updates)],
    )
    return row ?? { wake_channel: null, holders: null }
  }
}

/** Returns the types of updates, as the functions of the database take them. */
export function updateTypeNames(updates: readonly NewUpdate[]): string[] {
  return updates.map(({ update }) => updateType(update) ?? "")
}

/** Converts updates to the columns that the functions of the database take. */
export function columnsOf(updates: readonly NewUpdate[]): unknown[] {
  return [
    updates.map(({ botId }) => botId),
    updates.map(({ updateId }) => updateId),
    updates.map(({ lane }) => lane),
    updates.map(({ body }) => body),
  ]
}
