import type { Update } from "@grammyjs/types"
import type { IncomingUpdate } from "../update-queue.js"
import type { KeptUpdate } from "./update-store.js"

/** How many updates a queue has. */
export interface QueueStatus {
  /** Those that wait: for their lane, for a worker or for their next attempt. */
  readonly waiting: number
  /** Those that a worker holds. */
  readonly running: number
  /** Those that were set aside. */
  readonly setAside: number
  /** When the first of those that wait or run was put; absent where there are none. */
  readonly oldestPutAt?: Date
}

/** An update that left its lane unhandled, as the queue's file keeps it. */
export interface KeptAside extends IncomingUpdate {
  /** The lane that it left. */
  readonly lane: string
  /** How often it had been taken. */
  readonly attempt: number
  /** The text of what was given to `setAside`, with its stack where it had one. */
  readonly error: string
  /** When it was set aside. */
  readonly setAsideAt: Date
}

/** What was set aside, from its row. */
export function keptAside(kept: KeptUpdate): KeptAside {
  const { botId, lane, attempt, error, setAsideAt, body } = kept
  // What `put` was given, as JSON.
  const update = JSON.parse(body) as Update
  return { botId, update, lane, attempt, error, setAsideAt: new Date(setAsideAt) }
}
