import type { Ending } from "./held-update.js"
import type { TakenRow } from "./postgres-delivery.js"
import { quoted } from "./tables.js"
import { endingKinds } from "./work-function.js"

/** What one transaction is to do. */
export interface Work {
  readonly worker: string
  /** What this worker has ended. */
  readonly endings: readonly Ending[]
  /** How many deliveries are asked for. */
  readonly count: number
  /** The bot that was served last. */
  readonly lastBot: string
  /** How many updates of a bot may be held at once; absent where that does not matter. */
  readonly perBot?: number
  /** How many updates of each bot are held. */
  readonly held?: ReadonlyMap<number, number>
}

/** What came of it. */
export interface WorkAnswer {
  readonly taken: readonly TakenRow[]
  /** The places of the endings that were not the worker's any more, counted from 1. */
  readonly refused: ReadonlySet<number>
  /** Whether the worker is known no more. */
  readonly isLost: boolean
  /** In how many milliseconds a resting lane may be taken; `Infinity` where none rests. */
  readonly dueMs: number
  /** What the database's clock shows, in milliseconds since 1970. */
  readonly clockMs: number
  /** Whether a lane is ready beyond those that were asked for. */
  readonly hasMore: boolean
}

/** A row of the function `work`: the last is about the whole, all others are of updates. */
export type WorkRow = Partial<TakenRow> & {
  readonly refused: readonly number[] | null
  readonly is_lost: boolean | null
  readonly due_ms: number | null
  readonly clock_ms: number | null
  readonly is_more: boolean | null
}

/** The statement that ends deliveries and takes others. */
export function workStatement(schema: string): string {
  return `SELECT * FROM ${quoted(schema)}.work($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
}

/** Its values. */
export function workValues({ worker, endings, ...take }: Work): unknown[] {
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
  ]
}

/** What its rows say. */
export function workAnswer(rows: readonly WorkRow[]): WorkAnswer {
  const summary = rows.at(-1)
  return {
    // All rows but the last are of updates.
    taken: rows.slice(0, -1) as TakenRow[],
    refused: new Set(summary?.refused),
    isLost: summary?.is_lost === true,
    dueMs: summary?.due_ms ?? Infinity,
    hasMore: summary?.is_more === true,
    clockMs: summary?.clock_ms ?? NaN,
  }
}
