import { keptAsideOf, type SetAsideRow } from "../set-aside-row.js"
import type { KeptAside, QueueStatus } from "../queue-administration.js"
import type { UpdateReference } from "../update-queue.js"
import type { Connections } from "./connections.js"
import { quoted } from "./tables.js"

interface StatusRow {
  /** Numbers of type `bigint`, as text. */
  readonly stored: string
  readonly running: string
  readonly kept: string
  readonly early: string
  readonly oldest: Date | null
}

/** A `bigint` comes as text. */
type KeptRow = Omit<SetAsideRow, "botId" | "updateId"> & Record<"botId" | "updateId", string>

/** What an operator asks of a queue, over connections of the pool. Rejects with a `StorageError`. */
export class PostgresAdministration {
  readonly #connections: Connections
  readonly #schema: string

  /** @param schema the name of the queue's schema */
  constructor(connections: Connections, schema: string) {
    this.#connections = connections
    this.#schema = quoted(schema)
  }

  /** How many updates there are. */
  async status(): Promise<QueueStatus> {
    const s = this.#schema
    const [row] = await this.#connections.ask<StatusRow>(
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

  /** The highest id of a bot; `undefined` where none is known. */
  async highestId(botId: number): Promise<number | undefined> {
    const [row] = await this.#connections.ask<{ id: string | null }>(
      `SELECT ${this.#schema}.highest_id($1) AS id`,
      [botId],
    )
    const id = row?.id ?? undefined
    return id === undefined ? undefined : Number(id)
  }

  /** What was set aside, oldest first, and not more than the limit. */
  async setAside(limit: number): Promise<KeptAside[]> {
    const rows = await this.#connections.ask<KeptRow>(
      `SELECT bot_id AS "botId", update_id AS "updateId", lane, attempt, error, body,
        extract(epoch FROM set_aside_at)::float8 * 1000 AS "setAsideAt"
      FROM ${this.#schema}.set_aside ORDER BY number LIMIT $1`,
      [limit],
    )
    return rows.map((row) =>
      keptAsideOf({ ...row, botId: Number(row.botId), updateId: Number(row.updateId) }),
    )
  }

  /** Puts what was set aside into its lane again. Answers whether it was there. */
  replay(reference: UpdateReference): Promise<boolean> {
    return this.#call("replay($1, $2)", reference)
  }

  /** Forgets what was set aside. Answers whether it was there. */
  drop(reference: UpdateReference): Promise<boolean> {
    return this.#call("drop_kept($1, $2)", reference)
  }

  async #call(call: string, { botId, updateId }: UpdateReference): Promise<boolean> {
    const [row] = await this.#connections.ask<{ is_there: boolean }>(
      `SELECT ${this.#schema}.${call} AS is_there`,
      [botId, updateId],
    )
    return row?.is_there ?? false
  }
}
