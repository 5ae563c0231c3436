import type { Ending } from "./held-update.js"
import type { TakenRow } from "./postgres-delivery.js"
import { quoted } from "./tables.js"
import type { StateConflict } from "../state-store.js"
import { type ConflictPairs, conflictsOf, writesOfEndings } from "./state-statement.js"
import { endingKinds } from "./work-function.js"

/**
 * The parameters of the function `work`: the endings to write and the deliveries to take in one
 * transaction.
 */
export interface WorkRequest {
  /** The number of the worker: a `bigint`, as text. */
  readonly worker: string
  /** The endings of this worker's deliveries. */
  readonly endings: readonly Ending[]
  /** The maximum number of deliveries to take. */
  readonly count: number
  /** The bot that was served last. */
  readonly lastBot: string
  /** The maximum number of updates of one bot in this worker's hands at once; absent for no limit. */
  readonly perBot?: number
  /** The number of each bot's updates in this worker's hands. */
  readonly held?: ReadonlyMap<number, number>
}

/** The result of the function `work`. */
export interface WorkResult {
  readonly taken: readonly TakenRow[]
  /** The numbers, counted from 1, of the endings whose deliveries are no longer this worker's. */
  readonly refused: ReadonlySet<number>
  /** The errors of the endings whose writes met a conflict, by the number of the ending, from 1. */
  readonly conflicts: ReadonlyMap<number, StateConflict>
  /** True if the database no longer knows the worker. */
  readonly isLost: boolean
  /** The time until the next retry or timer is due, in milliseconds; `Infinity` if there is none. */
  readonly dueMs: number
  /** The time on the database's clock, in milliseconds since 1970. */
  readonly clockMs: number
  /** True if more lanes are ready than were taken. */
  readonly hasMore: boolean
  /** The present era (see `eraFunction`). */
  readonly era: number
  /** The number of entries of indexes that the call has read. */
  readonly entries: number
}

/**
 * A row that the function `work` returns: one row for each taken update, and a last row with the other
 * results.
 */
export type WorkRow = Partial<TakenRow> & {
  readonly refused: readonly number[] | null
  readonly is_lost: boolean | null
  readonly due_ms: number | null
  readonly clock_ms: number | null
  readonly is_more: boolean | null
  readonly conflicts: ConflictPairs | null
  readonly era: number | null
  readonly entries: number | null
}

/** Returns the statement that calls the function `work`. */
export function workStatement(schema: string): string {
  return `SELECT * FROM ${quoted(schema)}.work($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
}

/** Returns the values of the statement. */
export function workValues({ worker, endings, ...take }: WorkRequest): unknown[] {
  const deliveries = endings.map(({ delivery }) => delivery)
  const { count, lastBot, perBot = null, held = new Map<number, number>() } = take
  return [
    worker,
    endings.map(({ kind }) => endingKinds[kind]),
    deliveries.map(({ botId }) => botId),
    deliveries.map(({ lane }) => lane),
    deliveries.map(({ epoch }) => epoch),
    deliveries.map(({ place }) => place),
    endings.map(({ delayMs }) => delayMs),
    endings.map(({ error }) => error),
    ...[count, lastBot, perBot, [...held.keys()], [...held.values()]],
    writesOfEndings(endings),
  ]
}

/** Converts the rows of the statement. */
export function workResult(rows: readonly WorkRow[], endings: readonly Ending[]): WorkResult {
  const summary = rows.at(-1)
  return {
    // The last row is the summary; each of the others is a taken update.
    taken: rows.slice(0, -1) as TakenRow[],
    refused: new Set(summary?.refused),
    conflicts: conflictsOf(summary?.conflicts, endings),
    isLost: summary?.is_lost === true,
    dueMs: summary?.due_ms ?? Infinity,
    hasMore: summary?.is_more === true,
    clockMs: summary?.clock_ms ?? NaN,
    era: summary?.era ?? 0,
    entries: summary?.entries ?? 0,
  }
}
