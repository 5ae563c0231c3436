import { type FreshUpdate, FreshUpdates } from "./fresh-updates.js"
import { rows, type SqliteStatement, type SqlRow, type SqlAnswer } from "./sqlite-driver.js"
import { storedUpdate } from "./stored-text.js"

/** How many updates are read at a time. */
const step = 64
/** How many may have to be read when they are taken, until what was read ahead in vain is forgotten. */
const mostMissed = 1_024

/** An update as it is read to be taken. */
export type ReadUpdate = SqlRow & {
  readonly sequence: number
  readonly updateId: number
  readonly attempt: number
  readonly receivedAt: number
  readonly body: SqlAnswer
}

/**
 * Updates that have waited long, read while the disk is waited for rather than when they are taken: those
 * behind the last one that had to be read. What is not taken, as that of a chat that has many, keeps it
 * from reading more for a while.
 */
export class ReadAhead {
  readonly #statement: SqliteStatement
  readonly #isKept: (sequence: number) => boolean
  #updates = new FreshUpdates()
  /** Up to where; `undefined` while nothing has to be read when it is taken. */
  #to: number | undefined
  #missed = 0

  /**
   * @param statement the updates behind a sequence, and how many of them at most
   * @param isKept whether an update need not be read
   */
  constructor(statement: SqliteStatement, isKept: (sequence: number) => boolean) {
    this.#statement = statement
    this.#isKept = isKept
  }

  /** Whether it was read. */
  has(sequence: number): boolean {
    return this.#updates.has(sequence)
  }

  /** Removes one and answers it. */
  take(sequence: number): FreshUpdate | undefined {
    return this.#updates.take(sequence)
  }

  /** These had to be read when they were taken. */
  miss(sequences: readonly number[]): void {
    if (sequences.length === 0) return
    this.#to = Math.max(this.#to ?? 0, ...sequences)
    this.#missed += sequences.length
    if (this.#missed < mostMissed) return
    this.#missed = 0
    this.#updates = new FreshUpdates()
  }

  /** Reads some, where most of what was read has been taken. */
  read(): void {
    if (this.#to === undefined || this.#updates.size >= step) return
    const found = rows<ReadUpdate>(this.#statement, this.#to, step)
    for (const row of found) {
      this.#to = row.sequence
      if (!this.#isKept(row.sequence)) this.#keep(row)
    }
    if (found.length < step) this.#to = undefined
  }

  #keep({ sequence, updateId, attempt, receivedAt, body }: ReadUpdate): void {
    try {
      const update = storedUpdate(body, updateId)
      this.#updates.add(sequence, { update, attempt, receivedAt, characters: lengthOf(body) })
    } catch {
      // It is damaged, which is said when it is taken.
    }
  }
}

function lengthOf(body: SqlAnswer): number {
  return body instanceof Uint8Array || body instanceof ArrayBuffer ? body.byteLength : 0
}
