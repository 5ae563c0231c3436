import { toDeadLetter, type SetAsideRow } from "../set-aside-row.js"
import { outboxLanePrefix } from "../../telegram/promised-call.js"
import { toWaitingCall, type WaitingCallRow } from "../waiting-call-row.js"
import type {
  DeadLetter,
  OpenTransaction,
  QueueStatus,
  WaitingCall,
} from "../queue-administration.js"
import { type BotRecords, maxDepth, type UpdateReference } from "../update-queue.js"
import type { PoolConnections } from "./pool-connections.js"
import type { SlotFence } from "./slot-fence.js"
import { quoted } from "./tables.js"

/** The row of the query of `status`. */
interface StatusRow {
  /** This number and the next six are `bigint`s, as text. */
  readonly stored: string
  readonly running: string
  readonly dead_letters: string
  readonly early: string
  readonly timers: string
  readonly outbox: string
  readonly value_count: string
  readonly oldest: Date | null
}

/** The row of the query of the oldest open transaction. */
interface OpenTransactionRow {
  readonly pid: number
  readonly application: string
  readonly began_at: Date
}

/** The time from which on an open transaction is reported, in seconds. */
const reportedAfterS = 60

/** A {@link SetAsideRow} as `pg` returns it, with `bigint`s as text. */
type BigintRow = Omit<SetAsideRow, "botId" | "updateId"> & Record<"botId" | "updateId", string>

/** A {@link WaitingCallRow} as `pg` returns it, with `bigint`s as text. */
type BigintCallRow = Omit<WaitingCallRow, "botId" | "updateId"> &
  Record<"botId" | "updateId", string>

/** The condition on a row of `updates` that is a promised call. */
const isPromisedCall = `update_id < 0 AND lane LIKE '${outboxLanePrefix}%'`

/**
 * The operator's view of a queue, over connections of the pool. Every method rejects with a
 * `StorageError`.
 */
export class PostgresAdministration implements BotRecords {
  readonly #connections: PoolConnections
  readonly #schema: string

  readonly #fence: SlotFence | undefined

  /**
   * @param schema the name of the queue's schema
   * @param fence the slots of a shard
   */
  constructor(connections: PoolConnections, schema: string, fence?: SlotFence) {
    this.#connections = connections
    this.#schema = quoted(schema)
    this.#fence = fence
  }

  /** Returns the number of updates by their state. */
  async status(): Promise<QueueStatus> {
    const s = this.#schema
    const [row] = await this.#connections.query<StatusRow>(
      `SELECT (SELECT count(*) FROM ${s}.lanes WHERE holder IS NOT NULL) AS running,
        (SELECT count(*) FROM ${s}.set_aside) AS dead_letters,
        (SELECT count(*) FROM ${s}.early) AS early,
        (SELECT count(*) FROM ${s}.timers) AS timers,
        (SELECT count(*) FROM ${s}.state) AS value_count,
        count(*) FILTER (WHERE ${isPromisedCall}) AS outbox,
        count(*) AS stored, min(put_at) AS oldest
      FROM ${s}.updates`,
    )
    const running = Number(row?.running)
    const openTransaction = await this.#openTransaction()
    return {
      waiting: Number(row?.stored) + Number(row?.early) - running,
      running,
      setAside: Number(row?.dead_letters),
      timers: Number(row?.timers),
      outbox: Number(row?.outbox),
      values: Number(row?.value_count),
      ...(row?.oldest && { oldestPutAt: new Date(row.oldest) }),
      ...(openTransaction && { openTransaction }),
    }
  }

  /** Returns the oldest transaction that has been open for a minute, and may see rows that were deleted since. */
  async #openTransaction(): Promise<OpenTransaction | undefined> {
    const [row] = await this.#connections.query<OpenTransactionRow>(
      `SELECT pid, application_name AS application, xact_start AS began_at FROM pg_stat_activity
      WHERE datname = current_database() AND coalesce(backend_xid, backend_xmin) IS NOT NULL
        AND xact_start < clock_timestamp() - $1 * interval '1 s'
      ORDER BY xact_start LIMIT 1`,
      [reportedAfterS],
    )
    return row && { pid: row.pid, application: row.application, beganAt: new Date(row.began_at) }
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

  /** Resolves with the depth of the queue for each bot. */
  async depths(botIds: readonly number[]): Promise<number[]> {
    const s = this.#schema
    const found = await this.#connections.query<{ depth: unknown }>(
      `SELECT (SELECT count(*) FROM (SELECT FROM ${s}.updates u WHERE u.bot_id = b.id LIMIT ${maxDepth}) counted)
         + (SELECT count(*) FROM (SELECT FROM ${s}.early e WHERE e.bot_id = b.id LIMIT ${maxDepth}) counted) AS depth
      FROM unnest($1::bigint[]) WITH ORDINALITY b(id, number) ORDER BY b.number`,
      [botIds],
    )
    return found.map(({ depth }) => Math.min(Number(depth), maxDepth))
  }

  /** Deletes the timers, the dead letters and the values of a bot, in one transaction. */
  async delete(botId: number): Promise<void> {
    const s = this.#schema
    const fence = this.#fence
    if (fence) {
      const values = [botId, fence.slotsOfBot(botId)]
      await this.#connections.query(`SELECT ${s}.delete_records_in_slot($1, $2)`, values)
      return
    }
    await this.#connections.query(
      `WITH timers AS (DELETE FROM ${s}.timers WHERE bot_id = $1),
        dead_letters AS (DELETE FROM ${s}.set_aside WHERE bot_id = $1)
      DELETE FROM ${s}.state WHERE bot_id = $1`,
      [botId],
    )
  }

  /** Returns up to `limit` updates that were set aside, oldest first. */
  async setAside(limit: number): Promise<DeadLetter[]> {
    const rows = await this.#connections.query<BigintRow>(
      `SELECT bot_id AS "botId", update_id AS "updateId", lane, attempt, error, body,
        extract(epoch FROM set_aside_at)::float8 * 1000 AS "setAsideAt"
      FROM ${this.#schema}.set_aside ORDER BY number LIMIT $1`,
      [limit],
    )
    return rows.map((row) =>
      toDeadLetter({ ...row, botId: Number(row.botId), updateId: Number(row.updateId) }),
    )
  }

  /** Returns up to `limit` promised calls that wait or are being made, oldest first. */
  async outbox(limit: number): Promise<WaitingCall[]> {
    const s = this.#schema
    const rows = await this.#connections.query<BigintCallRow>(
      `SELECT u.bot_id AS "botId", u.update_id AS "updateId", u.lane, u.body,
        CASE WHEN l.place = u.place THEN l.attempt ELSE 0 END AS attempt,
        CASE WHEN l.place = u.place THEN extract(epoch FROM l.due_at)::float8 * 1000 END AS "dueAt",
        extract(epoch FROM u.put_at)::float8 * 1000 AS "putAt"
      FROM ${s}.updates u LEFT JOIN ${s}.lanes l USING (bot_id, lane)
      WHERE ${isPromisedCall} ORDER BY u.put_at, u.place LIMIT $1`,
      [limit],
    )
    return rows.map((row) =>
      toWaitingCall({ ...row, botId: Number(row.botId), updateId: Number(row.updateId) }),
    )
  }

  /**
   * Moves an update that was set aside back to the end of its lane. Returns false if no such update was
   * set aside.
   */
  replay(reference: UpdateReference): Promise<boolean> {
    return this.#call(this.#fence ? "replay_in_slot" : "replay", reference)
  }

  /** Deletes an update that was set aside. Returns false if no such update was set aside. */
  drop(reference: UpdateReference): Promise<boolean> {
    return this.#call(this.#fence ? "drop_in_slot" : "drop_set_aside", reference)
  }

  async #call(name: string, { botId, updateId }: UpdateReference): Promise<boolean> {
    const [row] = await this.#connections.query<{ is_there: boolean }>(
      `SELECT ${this.#schema}.${name}($1, $2) AS is_there`,
      [botId, updateId],
    )
    return row?.is_there ?? false
  }
}
