import {
  expectBoolean,
  expectInteger,
  expectOptionsObject,
  type OptionNames,
} from "../../ground/expect-option.js"
import { expectSchema } from "../../queue/postgres/migrate.js"
import type { PostgresPool } from "../../queue/postgres/postgres-pool.js"
import { expectPool } from "../../queue/postgres/postgres-queue-options.js"
import { BotStore } from "./bot-store.js"
import { PostgresBotTable } from "./postgres-bot-table.js"
import { TokenVault } from "./token-vault.js"

/** The options of a {@link PostgresBotStore}. */
export interface PostgresBotStoreOptions {
  /** A `Pool` of `pg`, which may be the pool of the queue. The store uses at most two of its connections at a time. */
  readonly pool: PostgresPool
  /**
   * The keys of 32 bytes, as hexadecimal digits or base64, that encrypt the tokens. The first key encrypts, and every
   * key decrypts. One text may contain several keys, separated by commas.
   */
  readonly keys: string | readonly string[]
  /** The name of the schema, which a `PostgresQueue` may share. Default: `"sounder"`. */
  readonly schema?: string
  /** True to create the schema, or to migrate it to the newest version, at the first use. Default: false. */
  readonly migrate?: boolean
  /**
   * A pool whose connections reach the database directly, without a pooler such as pgbouncer. Over one of these
   * connections the database notifies the store at once of changes by other machines. Default: none; the store then
   * polls.
   */
  readonly listen?: PostgresPool
  /**
   * The time between two polls for changes by other machines, in milliseconds. While the database notifies the store
   * (option `listen`), the store polls ten times less often. Default: 500.
   */
  readonly pollMs?: number
  /** The time limit for opening a connection and for a statement, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
}

const optionNames: OptionNames<PostgresBotStoreOptions> = {
  pool: true,
  keys: true,
  schema: true,
  migrate: true,
  listen: true,
  pollMs: true,
  timeoutMs: true,
}

/**
 * A store of bots in PostgreSQL, for any number of machines. Its tables belong to the schema of a `PostgresQueue`.
 * The store never ends the pools.
 *
 * @see docs/guides/many-bots.md
 */
export class PostgresBotStore extends BotStore {
  /** Throws a `TypeError` for an invalid option. The store connects when it is first used. */
  constructor(options: PostgresBotStoreOptions) {
    expectOptionsObject(options, "new PostgresBotStore({ pool, keys })", optionNames)
    const { pool, listen, pollMs = 500, timeoutMs = 10_000, migrate = false } = options
    const schema = expectSchema(options.schema ?? "sounder")
    expectPool("pool", pool, 2)
    if (listen) expectPool("listen", listen, listen === pool ? 3 : 1)
    expectInteger("pollMs", pollMs, 1, Number.MAX_SAFE_INTEGER)
    expectInteger("timeoutMs", timeoutMs, 1, Number.MAX_SAFE_INTEGER)
    expectBoolean("migrate", migrate)
    const vault = new TokenVault(options.keys)
    super(new PostgresBotTable({ pool, listen, schema, pollMs, timeoutMs, migrate }), vault)
  }
}
