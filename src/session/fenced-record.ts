import { errorText } from "../ground/error-text.js"
import { Unhandleable } from "../dispatch/handlers/unhandleable.js"

/** A value with its time of expiry. */
export interface ExpiringValue {
  /** The value as JSON text; `undefined` for none. */
  readonly text: string | undefined
  /** The time from which the value counts as deleted, in milliseconds since 1970; `undefined` for never. */
  readonly expiresAt: number | undefined
}

/**
 * The record of a value in a store that cannot commit the value together with the end of an update. The record
 * also has the previous value and the updates that have changed the value: if the process dies between the
 * store and the end of the update, the repeated update is given the previous value.
 */
export interface FencedRecord extends ExpiringValue {
  /** The updates that have changed the value last, the latest first. */
  readonly updates: readonly string[]
  /** The value before the change of the latest update; `undefined` if it is not known. */
  readonly before: ExpiringValue | undefined
}

/** The record of a key under which nothing is stored. */
export const emptyRecord: FencedRecord = {
  text: undefined,
  expiresAt: undefined,
  updates: [],
  before: undefined,
}

/** Returns the text of a record. */
export function recordText({ updates, before, ...value }: FencedRecord): string {
  const parts = [`"updates":${JSON.stringify(updates)}`, ...valueParts(value)]
  if (before) parts.push(`"before":{${valueParts(before).join(",")}}`)
  return `{${parts.join(",")}}`
}

/** Returns the record of a text. Throws an {@link Unhandleable} for a text that is not a record. */
export function parseRecord(key: string, text: string): FencedRecord {
  try {
    const record = JSON.parse(text) as Stored & { updates: string[]; before?: Stored }
    const { updates, before } = record
    if (!Array.isArray(updates)) throw new TypeError("it has no list of updates")
    return { ...valueOf(record), updates, before: before && valueOf(before) }
  } catch (error) {
    const reason = `The text under the key ${JSON.stringify(key)} of the session's store cannot be read`
    throw new Unhandleable(`${reason}: ${errorText(error)}`, { cause: error })
  }
}

/** The stored form of an {@link ExpiringValue}. */
interface Stored {
  readonly value?: unknown
  readonly expiresAt?: number
}

function valueParts({ text, expiresAt }: ExpiringValue): string[] {
  const parts = text === undefined ? [] : [`"value":${text}`]
  return expiresAt === undefined ? parts : [...parts, `"expiresAt":${expiresAt}`]
}

function valueOf({ value, expiresAt }: Stored): ExpiringValue {
  const isExpired = expiresAt !== undefined && expiresAt <= Date.now()
  if (value === undefined || isExpired) return { text: undefined, expiresAt: undefined }
  return { text: JSON.stringify(value), expiresAt }
}
