import type { NewUpdate } from "../new-update.js"
import type { UpdateReference } from "../update-queue.js"
import type { StandingConnection } from "./standing-connection.js"
import { quoted } from "./tables.js"

/** The statements about early updates. */
export class EarlyStatements {
  readonly #connection: StandingConnection
  readonly #schema: string

  /** @param schema the name of the queue's schema */
  constructor(connection: StandingConnection, schema: string) {
    this.#connection = connection
    this.#schema = quoted(schema)
  }

  /** Parks updates. Returns the numbers, counted from 1, of the updates that are already known. */
  async park(updates: readonly NewUpdate[]): Promise<readonly number[]> {
    const [row] = await this.#connection.query<{ known: readonly number[] | null }>(
      `SELECT known FROM ${this.#schema}.put_early($1, $2, $3, $4)`,
      columnsOf(updates),
    )
    return row?.known ?? []
  }

  /**
   * Unparks updates. Returns the channel of another worker that can be woken, or `null`.
   *
   * @param channel the channel of this process, which is not woken; `null` if it has none
   */
  async unpark(
    updates: readonly UpdateReference[],
    channel: string | null,
  ): Promise<string | null> {
    const [row] = await this.#connection.query<{ tell: string | null }>(
      `SELECT ${this.#schema}.come($1, $2), ${this.#schema}.listener($3) AS tell`,
      [updates.map(({ botId }) => botId), updates.map(({ updateId }) => updateId), channel],
    )
    return row?.tell ?? null
  }
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
