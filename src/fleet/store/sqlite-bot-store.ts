import {
  expectDurationMs,
  expectOptionsObject,
  type OptionNames,
} from "../../ground/expect-option.js"
import { expectPath } from "../../queue/sqlite/sqlite-queue-options.js"
import { BotStore } from "./bot-store.js"
import { SqliteBotTable } from "./sqlite-bot-table.js"
import { TokenVault } from "./token-vault.js"

/** The options of a {@link SqliteBotStore}. */
export interface SqliteBotStoreOptions {
  /**
   * The path of the store's file, in an existing folder on a local disk. The store creates the file if there is
   * none. It cannot be the file of a `SqliteQueue`, which belongs to one process.
   */
  readonly path: string
  /**
   * The keys of 32 bytes, as hexadecimal digits or base64, that encrypt the tokens. The first key encrypts, and every
   * key decrypts. One text may contain several keys, separated by commas.
   */
  readonly keys: string | readonly string[]
  /** The time between two checks for changes by other processes, in milliseconds. Default: 250. */
  readonly pollMs?: number
}

const optionNames: OptionNames<SqliteBotStoreOptions> = { path: true, keys: true, pollMs: true }

/**
 * A store of bots in a file, for the processes of one machine. Needs Node 22.13, or the optional package `libsql`.
 *
 * @see docs/guides/many-bots.md
 */
export class SqliteBotStore extends BotStore {
  /** Opens the file. Throws a `StorageError` if that fails, and a `TypeError` for an invalid option. */
  constructor(options: SqliteBotStoreOptions) {
    expectOptionsObject(options, "new SqliteBotStore({ path, keys })", optionNames)
    const vault = new TokenVault(options.keys)
    const pollMs = expectDurationMs("pollMs", options.pollMs ?? 250)
    super(new SqliteBotTable(expectPath(options.path), pollMs), vault)
  }
}
