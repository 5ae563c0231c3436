import type { SegmentRecord } from "./segment.js"

/** A dialog as it is stored: the segments of the script up to its wait. */
export interface ScriptRecord {
  /** A text that is different at each step of the dialog. */
  readonly generation: string
  /** The version of the script. */
  readonly version: number
  /** The data with which the dialog was entered. */
  readonly data: object
  /** The time of the wait's time-out, in milliseconds since 1970; absent for none. */
  readonly dueAt?: number | undefined
  /** The segments. None for a dialog that was entered from outside and has not begun. */
  readonly segments: readonly SegmentRecord[]
}

/** Returns the record of a stored text; `undefined` for the text of another kind of conversation. */
export function parseRecord(text: string): ScriptRecord | undefined {
  // The text is a record, unless a conversation by states has had the same name.
  const record = JSON.parse(text) as ScriptRecord
  return Array.isArray(record.segments) ? record : undefined
}
