import type { Update } from "@grammyjs/types"
import { type FreshUpdate, FreshUpdates } from "./fresh-updates.js"
import { ReadAhead, type ReadUpdate } from "./read-ahead.js"
import type { UpdateStatements } from "./statements.js"
import { step } from "./steps.js"
import type { StoredLane } from "./stored-lane.js"
import { storedUpdate } from "./stored-text.js"

/** The first update of a lane, which is being taken. */
export interface TakenUpdate {
  readonly lane: StoredLane
  readonly update: Update
  /** How often it has been taken, this time included. */
  readonly attempt: number
  /** When it was put, in milliseconds since 1970. */
  readonly receivedAt: number
  /** What is wrong with its text; of the update only the id is known then. */
  readonly damage?: Error
}

/** What the first updates of some lanes are. */
export interface Taken {
  readonly updates: readonly TakenUpdate[]
  /** The lanes whose first update is not in the file any more. */
  readonly gone: readonly StoredLane[]
}

/**
 * The updates that are taken: each is counted as one more attempt, and read where its object is not at
 * hand. Writes within a transaction, which is the caller's.
 */
export class TakenRows {
  readonly #statements: UpdateStatements
  readonly #fresh = new FreshUpdates()
  readonly #ahead: ReadAhead

  constructor(statements: UpdateStatements) {
    this.#statements = statements
    this.#ahead = new ReadAhead(statements.single.ahead, (sequence) => this.#fresh.has(sequence))
  }

  /** What has just been stored can be taken without being read. */
  keep(sequence: number, update: FreshUpdate): void {
    this.#fresh.add(sequence, update)
  }

  /** Reads some that are not kept before they are taken. */
  readAhead(): void {
    this.#ahead.read()
  }

  /** Counts one more attempt of the first update of each lane, and answers them. */
  count(lanes: readonly StoredLane[]): Taken {
    const taken = lanes.map((lane) => ({ lane, kept: this.#keptOf(lane.head) }))
    const kept = this.#countKept(headsOf(taken.filter((one) => one.kept)))
    const read = this.#countRead(headsOf(taken.filter((one) => !one.kept)))
    const updates: TakenUpdate[] = []
    const gone: StoredLane[] = []
    for (const { lane, kept: known } of taken) {
      const row = read.get(lane.head)
      if (row) updates.push(readUpdate(lane, row))
      else if (known && kept.has(lane.head)) updates.push(keptUpdate(lane, known))
      else gone.push(lane)
    }
    return { updates, gone }
  }

  /** Takes back what {@link TakenRows.count} counted. */
  uncount(sequence: number): void {
    this.#statements.single.uncount.run(sequence)
    // It may have been read while it was held.
    this.#ahead.take(sequence)
    step("handBack: attempt uncounted")
  }

  #keptOf(sequence: number): FreshUpdate | undefined {
    // It may be in both: what is stored can be read ahead before it is kept.
    const ahead = this.#ahead.take(sequence)
    return this.#fresh.take(sequence) ?? ahead
  }

  /** Counts those that need not be read; answers which of them are in the file. */
  #countKept(sequences: readonly number[]): ReadonlySet<number> {
    const { attempts, there } = this.#statements.many
    if (attempts.run(sequences, valuesOf) === sequences.length) return new Set(sequences)
    // What was returned, by its statement.
    const found = there.all(sequences, valuesOf) as { sequence: number }[]
    return new Set(found.map(({ sequence }) => sequence))
  }

  /** Counts the others and reads them. */
  #countRead(sequences: readonly number[]): ReadonlyMap<number, ReadUpdate> {
    // What was returned, by its statement.
    const found = this.#statements.many.read.all(sequences, valuesOf) as ReadUpdate[]
    this.#ahead.miss(sequences)
    return new Map(found.map((row) => [row.sequence, row]))
  }
}

function headsOf(taken: readonly { readonly lane: StoredLane }[]): number[] {
  return taken.map(({ lane }) => lane.head)
}

function valuesOf(sequences: readonly number[]): number[] {
  return [...sequences]
}

function keptUpdate(lane: StoredLane, { update, attempt, receivedAt }: FreshUpdate): TakenUpdate {
  return { lane, update, attempt: attempt + 1, receivedAt }
}

function readUpdate(lane: StoredLane, row: ReadUpdate): TakenUpdate {
  const { updateId, attempt, receivedAt, body } = row
  try {
    return { lane, update: storedUpdate(body, updateId), attempt, receivedAt }
  } catch (error) {
    // What is thrown there is an error.
    const damage = error as Error
    return { lane, update: { update_id: updateId }, attempt, receivedAt, damage }
  }
}
