import { StorageError } from "../../storage-error.js"
import { inMigration, migrateOver } from "../migrate.js"
import { PoolConnections } from "../pool-connections.js"
import type { PostgresClient } from "../postgres-pool.js"
import { quoted } from "../tables.js"
import { moveFunctions } from "./move-functions.js"
import { shardTables, shardVersion } from "./shard-tables.js"
import type { NamedShard } from "./shard-pools.js"
import { slotFunctions } from "./slot-functions.js"
import { slotCount } from "./slots.js"

/** The record of a shard in its database. */
export interface ShardRecord {
  /** The name of the shard. */
  readonly name: string
  /** The names of all shards of the queue, in alphabetical order. */
  readonly members: readonly string[]
  readonly rule: string
  readonly version: number
  /** A character for each slot: `1` if the shard owns the slot. */
  readonly owned: string
  /** A character for each slot: `1` if updates can be put into the slot. */
  readonly open: string
  /** The slots that leave the shard. */
  readonly departing: readonly Departure[]
}

/** A slot that leaves a shard. */
export interface Departure {
  readonly slot: number
  /** The name of the shard to which the slot goes. */
  readonly target: string
  /** Whether the shard has given up the slot. */
  readonly isGone: boolean
  /** The time since a process has worked on the move, in milliseconds. */
  readonly idleMs: number
}

/** The tables that are empty in the schema of a queue that was never used. */
const contents = ["updates", "early", "series", "set_aside", "timers", "state"]

/** The database of a shard, for statements about slots. Every method rejects with a `StorageError`. */
export class ShardDatabase {
  readonly name: string
  readonly #schema: string
  readonly #connections: PoolConnections

  constructor(shard: NamedShard, options: { readonly schema: string; readonly timeoutMs: number }) {
    this.name = shard.name
    this.#schema = options.schema
    this.#connections = new PoolConnections({ pool: shard.pool, ...options })
  }

  /** Creates or migrates the tables and functions of the queue and of its slots. */
  async migrate(): Promise<void> {
    const client = await this.#connections.lendUnchecked()
    try {
      await migrateOver(client, this.#schema)
      await migrateShard(client, this.#schema)
      this.#connections.giveBack(client)
    } catch (error) {
      this.#connections.giveBack(client, true)
      throw this.#connections.toStorageError(error)
    }
  }

  /** Returns the record of the shard; `undefined` if the database is no shard yet. */
  async record(): Promise<ShardRecord | undefined> {
    const s = quoted(this.#schema)
    const [found] = await this.#query<{ is_there: boolean }>(
      "SELECT to_regclass($1) IS NOT NULL AS is_there",
      [`${s}.shard`],
    )
    if (!found?.is_there) return undefined
    const [row] = await this.#query<ShardRecord>(
      `SELECT s.name, s.members, s.rule, s.version, s.owned::text AS owned, s.open::text AS open,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('slot', d.slot, 'target', d.target, 'isGone', d.is_gone,
          'idleMs', extract(epoch FROM clock_timestamp() - d.touched_at) * 1000)), '[]')
          FROM ${s}.departing d) AS departing
      FROM ${s}.shard s`,
    )
    return row
  }

  /** Returns whether the queue in the database has no contents, and has had none. */
  async isEmpty(): Promise<boolean> {
    const nothing = contents.map((table) => `NOT EXISTS (SELECT FROM @schema.${table})`)
    const [row] = await this.rows<{ is_empty: boolean }>(
      `SELECT ${nothing.join(" AND ")} AS is_empty`,
      [],
    )
    return row?.is_empty ?? false
  }

  /** Writes the record of a new shard, unless the database has one. */
  async create(
    record: Pick<ShardRecord, "members" | "rule">,
    slots: readonly number[],
  ): Promise<void> {
    const own = new Set(slots)
    const bits = Array.from({ length: slotCount }, (_, slot) => (own.has(slot) ? "1" : "0")).join(
      "",
    )
    await this.#query(
      `INSERT INTO ${quoted(this.#schema)}.shard (version, name, members, rule, owned, open)
        VALUES ($1, $2, $3, $4, $5::text::bit(${slotCount}), $5::text::bit(${slotCount})) ON CONFLICT DO NOTHING`,
      [shardVersion, this.name, record.members, record.rule, bits],
    )
  }

  /** Replaces the names of all shards. */
  async setMembers(members: readonly string[]): Promise<void> {
    await this.#query(`UPDATE ${quoted(this.#schema)}.shard SET members = $1`, [members])
  }

  /**
   * Calls a function of the schema.
   *
   * @param call the name of the function
   */
  async call<Result>(call: string, values: unknown[]): Promise<Result> {
    const parameters = values.map((_, index) => `$${index + 1}`).join(", ")
    const [row] = await this.#query<{ result: Result }>(
      `SELECT ${quoted(this.#schema)}.${call}(${parameters}) AS result`,
      values,
    )
    // Each of these functions returns one row.
    return row?.result as Result
  }

  /**
   * Returns rows of the schema.
   *
   * @param text the statement, with `@schema` for the name of the schema
   */
  rows<Row>(text: string, values: unknown[]): Promise<readonly Row[]> {
    return this.#query<Row>(
      text.replaceAll("@schema", () => quoted(this.#schema)),
      values,
    )
  }

  async #query<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    const client = await this.#connections.lendUnchecked()
    try {
      const { rows } = await this.#connections.queryOn(client, text, values)
      this.#connections.giveBack(client)
      // The caller states the columns of its own statement.
      return rows as readonly Row[]
    } catch (error) {
      const failure = this.#connections.toStorageError(error)
      this.#connections.giveBack(client, failure.code === "storage-unavailable")
      throw failure
    }
  }
}

/** Creates the tables and functions of a shard in a queue's schema, or replaces older functions. */
async function migrateShard(client: PostgresClient, schema: string): Promise<void> {
  const s = quoted(schema)
  await inMigration(client, `sounder shard ${schema}`, async () => {
    const { rows } = await client.query(
      "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'shard'",
      [schema],
    )
    const version = rows.length === 0 ? 0 : await versionOf(client, s)
    if (version > shardVersion) throw newerShard(schema)
    if (rows.length === 0) await client.query(shardTables.replaceAll("@schema", () => s))
    if (version < shardVersion) {
      await client.query((slotFunctions + moveFunctions).replaceAll("@schema", () => s))
      await client.query(`UPDATE ${s}.shard SET version = $1`, [shardVersion])
    }
  })
}

async function versionOf(client: PostgresClient, quotedSchema: string): Promise<number> {
  const { rows } = await client.query(`SELECT version FROM ${quotedSchema}.shard`)
  // The table has this column.
  const [row] = rows as { version: number }[]
  return row?.version ?? 0
}

/** Returns the error of a shard that a newer version of Sounder has made. */
function newerShard(schema: string): StorageError {
  return new StorageError(
    "storage-newer",
    `The shard in the schema ${schema} was made by a newer Sounder. Install that version or a later one`,
  )
}
