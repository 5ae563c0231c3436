import type { Removable } from "../../ground/removable.js"

/** Every {@link BotState}. */
export const botStates = ["active", "parked", "leaving", "removed"] as const

/**
 * The state of a bot in a store.
 *
 * - `active`: the machines of the fleet receive for the bot
 * - `parked`: the bot does not receive, and stays in the store
 * - `leaving`: the bot is being removed
 * - `removed`: the bot is removed; its row tells the other machines so
 */
export type BotState = (typeof botStates)[number]

/** A row of a store of bots. */
export interface BotRow {
  readonly botId: number
  /** The number of the transaction that changed the row last. Later transactions have higher numbers. */
  readonly version: number
  /** The number of the transaction that stored the token. */
  readonly tokenVersion: number
  /** The encrypted token; empty after the removal. */
  readonly sealedToken: string
  readonly kind: string
  /** The data of the bot, as JSON text. */
  readonly data: string
  readonly state: BotState
  /** The reason of the state `parked`; `null` without one. */
  readonly reason: string | null
  /** The last failure of the registration or of polling; `null` if the bot receives. */
  readonly problem: string | null
  /** True if `deleteWebhook` has to be called before the bot is removed. */
  readonly deletesWebhook: boolean
  /** True if the queue has to delete the updates, the jobs and the data of the bot before it is removed. */
  readonly deletesData: boolean
  /** The time of the last change, in milliseconds since 1970, on the clock of the store. */
  readonly changedAt: number
}

/** The number and the time of a transaction. */
export interface BotStamp {
  readonly version: number
  readonly nowMs: number
}

/**
 * Decides on a change of rows: returns the rows to write. It is called with the current rows by their ids, in a
 * transaction, and again if the transaction has to be repeated.
 */
export type DecideRows = (
  current: ReadonlyMap<number, BotRow>,
  stamp: BotStamp,
) => readonly BotRow[]

/**
 * The rows of a store of bots: the part that differs between memory, SQLite and PostgreSQL. All methods reject with
 * a `StorageError` if the store cannot be used, and have then changed nothing.
 */
export interface BotTable extends AsyncDisposable {
  /** Changes rows in one transaction; transactions run one after the other. */
  change(botIds: readonly number[], decide: DecideRows): Promise<void>
  /** Resolves with the rows of these bots. */
  find(botIds: readonly number[]): Promise<readonly BotRow[]>
  /** Resolves with the rows that were changed after the transaction `since`, in the order of their changes. */
  readSince(since: number): Promise<readonly BotRow[]>
  /**
   * Tries to make a machine the leader of the fleet, or to let it stay so, for `leaseMs`. Resolves with true if the
   * machine is the leader now.
   */
  lead(machine: string, leaseMs: number): Promise<boolean>
  /** Ends the leadership of a machine, if it is the leader. */
  resign(machine: string): Promise<void>
  /**
   * Calls a function, which never throws, soon after changes by any process. The function may also be called without a
   * change. Throws a `StorageError` if the store is closed.
   */
  watch(changed: () => void): Removable
}

/** The time after which the row of a removed bot is deleted, in milliseconds. */
export const keepRemovedMs = 7 * 24 * 60 * 60_000
