import type { WaitingCall } from "./queue-administration.js"
import { readableUpdate } from "./set-aside-row.js"

/**
 * A stored promised call. The names of the fields are the names of the columns that a queue reads; times are in
 * milliseconds since 1970.
 */
export type WaitingCallRow = {
  readonly botId: number
  readonly updateId: number
  readonly lane: string
  readonly attempt: number
  /** The earliest time of the next attempt; 0 or `null` if the call need not wait. */
  readonly dueAt: number | null
  readonly putAt: number
  readonly body: string
}

/** Converts a row to the object that `QueueAdministration.outbox` returns. */
export function toWaitingCall(row: WaitingCallRow): WaitingCall {
  const { botId, lane, attempt, dueAt, putAt } = row
  const due = dueAt ? { dueAt: new Date(dueAt) } : {}
  return { botId, update: readableUpdate(row), lane, attempt, ...due, putAt: new Date(putAt) }
}
