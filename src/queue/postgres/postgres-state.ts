import { expectStateKey } from "../expect-writes.js"
import { QueueClosed } from "../queue-closed.js"
import type { StateEntry, StateKey, StateStore, StateWrite } from "../state-store.js"
import type { PoolConnections } from "./pool-connections.js"
import { isCollision } from "./postgres-failure.js"
import type { SlotFence } from "./slot-fence.js"
import { StandingConnection } from "./standing-connection.js"
import {
  type ConflictPairs,
  conflictsOf,
  storedKey,
  type StoredWrites,
  storedWrites,
  writesOfEndings,
} from "./state-statement.js"
import { StorageError } from "../storage-error.js"
import { quoted } from "./tables.js"

/** The maximum number of keys of a statement that several reads share. */
const batchKeys = 1_000
/** The maximum number of tries of a write that collides with another transaction. */
const maxTries = 5

/** A row that the function `read_state` returns. */
interface ValueRow {
  /** The number of the key, counted from 1. */
  readonly number: number
  readonly json: string
  /** A `bigint`, as text. */
  readonly version: string
  /** A `bigint`, as text. */
  readonly expires_at: string | null
}

/** A read that waits for its statement. */
interface PendingRead {
  readonly keys: readonly StateKey[]
  readonly resolve: (entries: (StateEntry | undefined)[]) => void
  readonly reject: (reason: unknown) => void
}

/**
 * The state of a `PostgresQueue`, for all its processes. The database's clock decides whether a value has
 * expired. The reads of one turn of the event loop, and all reads that are requested during a statement,
 * share the next statement. Reads have a connection of their own, so that a read never waits for the handlers
 * that hold the connections of the pool.
 */
export class PostgresState implements StateStore {
  readonly isShared = true
  readonly #connections: PoolConnections
  readonly #schema: string
  readonly #fence: SlotFence | undefined
  readonly #connection: StandingConnection
  readonly #ownStored: () => void
  readonly #waiting: PendingRead[] = []
  /** Settles when the reads under way have ended; absent if there are none. */
  #reading: Promise<void> | undefined
  /** The writes under way. */
  readonly #writing = new Set<Promise<unknown>>()
  #isClosed = false

  /**
   * @param schema the name of the queue's schema
   * @param ownStored called when a write has put own updates or set timers
   * @param fence the slots of a shard
   */
  constructor(
    connections: PoolConnections,
    schema: string,
    ownStored: () => void,
    fence?: SlotFence,
  ) {
    this.#ownStored = ownStored
    this.#fence = fence
    this.#connections = connections
    this.#schema = quoted(schema)
    this.#connection = new StandingConnection(connections)
  }

  /** Rejects with a `StorageError`, with a `QueueClosed`, and with a `TypeError` for a wrong key. */
  async read(keys: readonly StateKey[]): Promise<(StateEntry | undefined)[]> {
    for (const key of keys) expectStateKey(key)
    if (this.#isClosed) throw new QueueClosed()
    if (keys.length === 0) return []
    return new Promise((resolve, reject) => {
      this.#waiting.push({ keys: keys.map(storedKey), resolve, reject })
      this.#reading ??= this.#readAll()
    })
  }

  /** Rejects like {@link read}, and with a `StateConflict`. */
  async write(writes: readonly StateWrite[]): Promise<void> {
    const stored = storedWrites(writes)
    if (this.#isClosed) throw new QueueClosed()
    if (!stored) return
    const bots = writes.map((write) => ("key" in write ? write.key : write))
    const writing = this.#write(stored, this.#slotsOf(bots)).finally(() =>
      this.#writing.delete(writing),
    )
    this.#writing.add(writing)
    await writing
  }

  /** Closes the state after all calls so far. Later calls reject with a `QueueClosed`. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([this.#reading, ...this.#writing])
    this.#connection.close()
  }

  async #readAll(): Promise<void> {
    // The reads of this turn of the event loop share the first statement.
    await new Promise<void>((resolve) => void setImmediate(resolve))
    while (this.#waiting.length > 0) await this.#readSome(this.#nextReads())
    this.#reading = undefined
  }

  /** Removes and returns the reads of the next statement. */
  #nextReads(): readonly PendingRead[] {
    let count = 0
    const end = this.#waiting.findIndex(({ keys }, index) => {
      count += keys.length
      return index > 0 && count > batchKeys
    })
    return this.#waiting.splice(0, end < 0 ? Infinity : end)
  }

  /** Never rejects: an error rejects the reads. */
  async #readSome(reads: readonly PendingRead[]): Promise<void> {
    const keys = reads.flatMap((read) => read.keys)
    try {
      const rows = await this.#connection.query<ValueRow>(
        this.#fence
          ? `SELECT * FROM ${this.#schema}.read_state_of_slots($1, $2, $3, $4)`
          : `SELECT * FROM ${this.#schema}.read_state($1, $2, $3)`,
        [
          keys.map(({ botId }) => botId),
          keys.map(({ space }) => space),
          keys.map(({ key }) => key),
          ...this.#slotsOf(keys),
        ],
      )
      const entries = new Map(rows.map((row) => [row.number, entryOf(row)]))
      let number = 0
      for (const read of reads) read.resolve(read.keys.map(() => entries.get(++number)))
    } catch (error) {
      for (const { reject } of reads) reject(error)
    }
  }

  /** Returns the last parameter of the statements of a shard: the slots of the bots. */
  #slotsOf(all: readonly Pick<StateKey, "botId">[]): [slots?: readonly number[]] {
    const fence = this.#fence
    return fence ? [all.map(({ botId }) => fence.slotOf(botId, ""))] : []
  }

  async #write(stored: StoredWrites, slots: [slots?: readonly number[]]): Promise<void> {
    const endings = [{ writes: stored }]
    const [row] = await this.#try<{ conflicts: ConflictPairs }>(
      this.#fence
        ? `SELECT ${this.#schema}.write_state_of_slots($1, $2) AS conflicts`
        : `SELECT ${this.#schema}.write_state($1, '{1}') AS conflicts`,
      [writesOfEndings(endings), ...slots],
    )
    for (const conflict of conflictsOf(row?.conflicts, endings).values()) throw conflict
    if (stored.own !== undefined) this.#ownStored()
  }

  async #try<Row>(text: string, values: unknown[]): Promise<readonly Row[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#connections.query<Row>(text, values)
      } catch (error) {
        const mayTryAgain = tries < maxTries && error instanceof StorageError && isCollision(error)
        if (!mayTryAgain) throw error
      }
    }
  }
}

function entryOf({ json, version, expires_at: expiresAt }: ValueRow): StateEntry {
  const entry = { json, version: Number(version) }
  return expiresAt === null ? entry : { ...entry, expiresAt: Number(expiresAt) }
}
