import { toKeptAside, type SetAsideRow } from "../set-aside-row.js"
import type { KeptAside, QueueStatus } from "../queue-administration.js"
import type { UpdateReference } from "../update-queue.js"
import type { Connections } from "./connections.js"
import { quoted } from "./tables.js"

/** The row of the query of `status`. */
interface StatusRow {
  /** This number and the next three are `bigint`s, as text. */
  readonly stored: string
  readonly running: string
  readonly kept: string
  readonly early: string
  readonly oldest: Date | null
}

/** A {@link SetAsideRow} as `pg` returns it, with `bigint`s as text. */
type BigintRow = Omit<SetAsideRow, "botId" | "updateId"> & Record<"botId" | "updateId", string>

/**
 * The operator's view of a queue, over connections of the pool. Every method rejects with a
 * `StorageError`.
 */
export class PostgresAdministration {
  readonly #connections: Connections
  readonly #schema: string

  /** @param schema the name of the queue's schema */
  constructor(connections: Connections, schema: string) {
    this.#connections = connections
    this.#schema = quoted(schema)
  }

  /** Returns the number of updates by their state. */
  async status(): Promise<QueueStatus> {
    const s = this.#schema
    const [row] = await this.#connections.query<StatusRow>(
      `SELECT (SELECT count(*) FROM ${s}.lanes WHERE holder IS NOT NULL) AS running,
        (SELECT count(*) FROM ${s}.set_aside) AS kept,
        (SELECT count(*) FROM ${s}.early) AS early, count(*) AS stored, min(put_at) AS oldest
      FROM ${s}.updates`,
    )
    const running = Number(row?.running)
    return {
      waiting: Number(row?.stored) + Number(row?.early) - running,
      running,
      setAside: Number(row?.kept),
      ...(row?.oldest && { oldestPutAt: new Date(row.oldest) }),
    }
  }

  /** Returns the highest id of a bot, or `undefined` if no id is known. */
  async highestId(botId: number): Promise<number | undefined> {
    const [row] = await this.#connections.query<{ id: string | null }>(
      `SELECT ${this.#schema}.highest_id($1) AS id`,
      [botId],
    )
    const id = row?.id ?? undefined
    return id === undefined ? undefined : Number(id)
  }

  /** Returns up to `limit` updates that were set aside, oldest first. */
  async setAside(limit: number): Promise<KeptAside[]> {
    const rows = await this.#connections.query<BigintRow>(
      `SELECT bot_id AS "botId", update_id AS "updateId", lane, attempt, error, body,
        extract(epoch FROM set_aside_at)::float8 * 1000 AS "setAsideAt"
      FROM ${this.#schema}.set_aside ORDER BY number LIMIT $1`,
      [limit],
    )
    return rows.map((row) =>
      toKeptAside({ ...row, botId: Number(row.botId), updateId: Number(row.updateId) }),
    )
  }

  /**
   * Moves an update that was set aside back to the end of its lane. Returns false if no such update was
   * set aside.
   */
  replay(reference: UpdateReference): Promise<boolean> {
    return this.#call("replay($1, $2)", reference)
  }

  /** Deletes an update that was set aside. Returns false if no such update was set aside. */
  drop(reference: UpdateReference): Promise<boolean> {
    return this.#call("drop_kept($1, $2)", reference)
  }

  async #call(call: string, { botId, updateId }: UpdateReference): Promise<boolean> {
    const [row] = await this.#connections.query<{ is_there: boolean }>(
      `SELECT ${this.#schema}.${call} AS is_there`,
      [botId, updateId],
    )
    return row?.is_there ?? false
  }
}
