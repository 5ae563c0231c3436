import { type CachedUpdate, CachedUpdates } from "./cached-updates.js"
import { rows, type SqliteStatement, type SqlRow, type SqlAnswer } from "./sqlite-driver.js"
import { parseStoredUpdate } from "./stored-text.js"

/** The number of updates that one read fetches. */
const pageSize = 64
/**
 * The number of misses after which the cache of updates read ahead is emptied. Updates that no worker takes
 * would otherwise fill the cache forever.
 */
const missLimit = 1_024

/** The columns of an update that are read for a take. */
export type ReadUpdate = SqlRow & {
  readonly sequence: number
  readonly updateId: number
  readonly attempt: number
  readonly receivedAt: number
  readonly body: SqlAnswer
}

/**
 * A reader of rows ahead of the workers, which uses the time in which the event loop waits for a sync
 * of the disk. An update that waits for long drops out of the cache of fresh updates, and its take has
 * to read the row: a miss. After a miss the rows behind the missed one are read ahead, because they
 * are most likely to be taken next. No further rows are read while most of the rows read ahead have
 * not been taken, as in the long backlog of one chat.
 */
export class ReadAhead {
  readonly #statement: SqliteStatement
  readonly #isCached: (sequence: number) => boolean
  #updates = new CachedUpdates()
  /** The sequence after which the next read begins; `undefined` while no rows need to be read ahead. */
  #after: number | undefined
  #missed = 0

  /**
   * @param statement reads the updates after a sequence, up to a number of rows
   * @param isCached returns true if an update need not be read
   */
  constructor(statement: SqliteStatement, isCached: (sequence: number) => boolean) {
    this.#statement = statement
    this.#isCached = isCached
  }

  /** Returns true if the update with this sequence has been read ahead. */
  has(sequence: number): boolean {
    return this.#updates.has(sequence)
  }

  /** Removes and returns an update that has been read ahead. */
  take(sequence: number): CachedUpdate | undefined {
    return this.#updates.take(sequence)
  }

  /** Records misses: updates whose rows a take had to read. */
  miss(sequences: readonly number[]): void {
    if (sequences.length === 0) return
    this.#after = Math.max(this.#after ?? 0, ...sequences)
    this.#missed += sequences.length
    if (this.#missed < missLimit) return
    this.#missed = 0
    this.#updates = new CachedUpdates()
  }

  /** Reads the next rows, if there were misses and most updates of the last read have been taken. */
  read(): void {
    if (this.#after === undefined || this.#updates.size >= pageSize) return
    const found = rows<ReadUpdate>(this.#statement, this.#after, pageSize)
    for (const row of found) {
      this.#after = row.sequence
      if (!this.#isCached(row.sequence)) this.#cache(row)
    }
    if (found.length < pageSize) this.#after = undefined
  }

  #cache({ sequence, updateId, attempt, receivedAt, body }: ReadUpdate): void {
    try {
      const update = parseStoredUpdate(body, updateId)
      this.#updates.add(sequence, { update, attempt, receivedAt, characters: lengthOf(body) })
    } catch {
      // The row is damaged. The take reads the row again and reports the damage.
    }
  }
}

function lengthOf(body: SqlAnswer): number {
  return body instanceof Uint8Array || body instanceof ArrayBuffer ? body.byteLength : 0
}
