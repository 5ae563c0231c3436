import type { Removable } from "../../ground/removable.js"
import { idleTimer, type Timer } from "../../ground/timer.js"
import { StorageError } from "../../queue/index.js"
import { Listener } from "../../queue/postgres/listener.js"
import { migrateOver } from "../../queue/postgres/migrate.js"
import { PoolConnections } from "../../queue/postgres/pool-connections.js"
import type { PostgresPool } from "../../queue/postgres/postgres-pool.js"
import { quoted } from "../../queue/postgres/tables.js"
import {
  type BotRow,
  type BotStamp,
  type BotState,
  type BotTable,
  type DecideRows,
  keepRemovedMs,
} from "./bot-table.js"
import { RowChanges } from "./row-changes.js"

/** The options of a {@link PostgresBotTable}. */
export interface PostgresBotTableOptions {
  readonly pool: PostgresPool
  readonly listen: PostgresPool | undefined
  readonly schema: string
  readonly migrate: boolean
  readonly pollMs: number
  readonly timeoutMs: number
}

/** The factor of `pollMs` while the database notifies the store. */
const notifiedPollFactor = 10

const columns = `bot_id, version, token_version, sealed_token, kind, data, state, reason, problem, deletes_webhook,
  changed_at, deletes_data`

const columnTypes = `bot_id bigint, version bigint, token_version bigint, sealed_token text, kind text, data text,
  state text, reason text, problem text, deletes_webhook boolean, changed_at bigint,
  deletes_data boolean`

/** A row, as `pg` returns it: a bigint is a text, unless the program has set another parser. */
interface StoredRow {
  readonly bot_id: unknown
  readonly version: unknown
  readonly token_version: unknown
  readonly sealed_token: string
  readonly kind: string
  readonly data: string
  readonly state: string
  readonly reason: string | null
  readonly problem: string | null
  readonly deletes_webhook: boolean
  readonly changed_at: unknown
  readonly deletes_data: boolean
}

/** The rows of a store of bots in PostgreSQL. */
export class PostgresBotTable implements BotTable {
  readonly #options: PostgresBotTableOptions
  readonly #schema: string
  readonly #channel: string
  readonly #connections: PoolConnections
  readonly #changes = new RowChanges((botIds, decide) => this.#transact(botIds, decide))
  readonly #watches = new Set<() => void>()
  #listener: Listener | undefined
  #timer: Timer | undefined
  #version: unknown
  #isClosed = false

  constructor(options: PostgresBotTableOptions) {
    const { pool, schema, timeoutMs, migrate } = options
    this.#options = options
    this.#schema = quoted(schema)
    // A longer name than 63 bytes would be cut by PostgreSQL, alike at both ends.
    this.#channel = `sounder_fleet_${schema}`.slice(0, 63)
    this.#connections = new PoolConnections({
      pool,
      schema,
      timeoutMs,
      migrate: migrate ? (client) => migrateOver(client, schema) : undefined,
    })
  }

  async change(botIds: readonly number[], decide: DecideRows): Promise<void> {
    await this.#changes.add(botIds, decide)
    this.#changed()
  }

  async find(botIds: readonly number[]): Promise<readonly BotRow[]> {
    const sql = `SELECT ${columns} FROM ${this.#schema}.bots WHERE bot_id = ANY($1)`
    return (await this.#connections.query<StoredRow>(sql, [botIds])).map(botRow)
  }

  async readSince(since: number): Promise<readonly BotRow[]> {
    const sql = `SELECT ${columns} FROM ${this.#schema}.bots WHERE version > $1 ORDER BY version, bot_id`
    return (await this.#connections.query<StoredRow>(sql, [since])).map(botRow)
  }

  async lead(machine: string, leaseMs: number): Promise<boolean> {
    // A lease that ends later than any lease can was given before the clock was set back.
    const sql = `UPDATE ${this.#schema}.fleet_leader SET machine = $1, leads_until = now() + $2 * interval '1 ms'
      WHERE machine IS NULL OR machine = $1 OR leads_until <= now() OR leads_until > now() + $2 * interval '1 ms'
      RETURNING 1`
    return (await this.#connections.query(sql, [machine, leaseMs])).length === 1
  }

  async resign(machine: string): Promise<void> {
    const sql = `UPDATE ${this.#schema}.fleet_leader SET machine = NULL WHERE machine = $1`
    await this.#connections.query(sql, [machine])
  }

  watch(changed: () => void): Removable {
    if (this.#isClosed) throw new StorageError("storage-gone", "The store of bots is closed")
    const watch = () => changed()
    this.#watches.add(watch)
    this.#listen()
    this.#timer ??= this.#pollLater()
    return { remove: () => void this.#watches.delete(watch) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#watches.clear()
    this.#timer?.stop()
    await this.#listener?.close()
  }

  #listen(): void {
    const { listen: pool, schema, timeoutMs } = this.#options
    if (!pool || this.#listener) return
    const direct = new PoolConnections({ pool, schema, timeoutMs })
    const changed = () => this.#changed()
    this.#listener = new Listener(direct, this.#channel, changed, changed)
  }

  #pollLater(): Timer {
    const factor = this.#listener?.isListening ? notifiedPollFactor : 1
    return idleTimer(() => void this.#poll(), this.#options.pollMs * factor)
  }

  /** Asks for the number of the last change. A failure is reported by the reader that is called instead. */
  async #poll(): Promise<void> {
    if (this.#watches.size > 0) {
      const sql = `SELECT version FROM ${this.#schema}.bot_changes`
      const found = await this.#connections.query<{ version: unknown }>(sql).catch(() => [])
      const version = found[0]?.version
      if (version === undefined || version !== this.#version) this.#changed()
      this.#version = version
    }
    if (this.#watches.size > 0) this.#timer = this.#pollLater()
    else this.#timer = undefined
  }

  #changed(): void {
    for (const changed of this.#watches) queueMicrotask(changed)
  }

  /** Runs a transaction. A connection whose transaction has failed is closed, which rolls the transaction back. */
  async #transact(
    botIds: readonly number[],
    decide: (rows: readonly BotRow[], stamp: BotStamp) => readonly BotRow[],
  ): Promise<void> {
    const client = await this.#connections.lend()
    try {
      const run = async (sql: string, values?: unknown[]) =>
        (await this.#connections.queryOn(client, sql, values)).rows
      await run("BEGIN ISOLATION LEVEL READ COMMITTED")
      // Other machines wait for this transaction, so that the database ends it if this process is frozen.
      const { timeoutMs } = this.#options
      await run(`SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs}`)
      const [stamp] = (await run(
        `UPDATE ${this.#schema}.bot_changes SET version = version + 1
         RETURNING version, floor(extract(epoch FROM clock_timestamp()) * 1000) AS now_ms`,
      )) as { version: unknown; now_ms: unknown }[]
      const version = Number(stamp?.version)
      const nowMs = Number(stamp?.now_ms)
      const sql = `SELECT ${columns} FROM ${this.#schema}.bots WHERE bot_id = ANY($1)`
      // The columns of the statement.
      const current = (await run(sql, [botIds])) as StoredRow[]
      const changed = decide(current.map(botRow), { version, nowMs })
      if (changed.length === 0) await run("ROLLBACK")
      else {
        await run(this.#writeSql, [JSON.stringify(changed.map(storedRow))])
        await run(this.#deleteSql, [nowMs - keepRemovedMs])
        await run("SELECT pg_notify($1, '')", [this.#channel])
        await run("COMMIT")
      }
      this.#connections.giveBack(client)
    } catch (error) {
      this.#connections.giveBack(client, true)
      throw this.#connections.toStorageError(error)
    }
  }

  get #writeSql(): string {
    const replaced = columns.split(",").map((name) => `${name} = excluded.${name.trim()}`)
    return `INSERT INTO ${this.#schema}.bots (${columns})
      SELECT ${columns} FROM json_to_recordset($1) AS given (${columnTypes})
      ON CONFLICT (bot_id) DO UPDATE SET ${replaced.join(", ")}`
  }

  get #deleteSql(): string {
    return `DELETE FROM ${this.#schema}.bots WHERE state = 'removed' AND changed_at < $1`
  }
}

function botRow(row: StoredRow): BotRow {
  return {
    botId: Number(row.bot_id),
    version: Number(row.version),
    tokenVersion: Number(row.token_version),
    sealedToken: row.sealed_token,
    kind: row.kind,
    data: row.data,
    // Only `storedRow` writes this column.
    state: row.state as BotState,
    reason: row.reason,
    problem: row.problem,
    deletesWebhook: row.deletes_webhook,
    deletesData: row.deletes_data,
    changedAt: Number(row.changed_at),
  }
}

function storedRow(row: BotRow): StoredRow {
  return {
    bot_id: row.botId,
    version: row.version,
    token_version: row.tokenVersion,
    sealed_token: row.sealedToken,
    kind: row.kind,
    data: row.data,
    state: row.state,
    reason: row.reason,
    problem: row.problem,
    deletes_webhook: row.deletesWebhook,
    deletes_data: row.deletesData,
    changed_at: row.changedAt,
  }
}
