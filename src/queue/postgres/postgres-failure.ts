import { ownValue } from "../../ground/own-value.js"
import { errorCode, errorText, isError } from "../../ground/error-text.js"
import { StorageError, type StorageErrorCode } from "../storage-error.js"

type Cause = readonly [code: StorageErrorCode, advice: string]

const unavailable: Cause = [
  "storage-unavailable",
  "it cannot be reached, is starting or stopping, or does not answer; the queue goes on by itself " +
    "when it does",
]
const crowded: Cause = [
  "storage-unavailable",
  "it has no connection left; raise `max_connections`, or give the pools of all processes a smaller `max`",
]

/** SQLSTATEs and Node's names of network failures, whole or by their first two characters. */
const causes: Readonly<Record<string, Cause>> = {
  "08": unavailable,
  "57": unavailable,
  "53": ["storage-unavailable", "it is short of memory or other resources; see its log"],
  "53100": ["storage-full", "its disk is full; make room on it"],
  "53300": crowded,
  "25006": [
    "storage-read-only",
    "it only takes reads, as a standby does; point the pool at the server that takes writes",
  ],
  "25P02": [
    "storage-failed",
    "a statement in the transaction of the handler had failed, so that nothing of it is committed",
  ],
  "28": ["storage-failed", "it does not accept the user or the password of the pool"],
  "3D": ["storage-failed", "the database of the pool is not there; create it"],
  "42501": ["storage-failed", "the user of the pool lacks a right; see the message"],
  "55P03": ["storage-locked", "another transaction keeps its rows locked; end it"],
  "40": ["storage-locked", "another transaction was in its way; try again"],
  XX: ["storage-corrupted", "its files are damaged; see its log"],
  SN001: [
    "storage-failed",
    "set `default_transaction_isolation` of its role to `read committed`, as it is by default",
  ],
}

/** The codes for what is not there: a schema, a table, a function. */
const missing = new Set(["3F000", "42P01", "42883", "42704", "42703"])

/** The `StorageError` for what a pool, a client or the server said. */
export function postgresError(schema: string, thrown: unknown): StorageError {
  if (isError(thrown) && thrown instanceof StorageError) return thrown
  const text = errorText(thrown)
  const sqlState = errorCode(thrown)
  if (missing.has(sqlState)) return outdated(schema, "is not as it should be", thrown)
  const [code, advice] = causeOf(sqlState, text)
  return new StorageError(code, `The queue in PostgreSQL could not be used: ${advice} (${text})`, {
    cause: thrown,
  })
}

/** The `StorageError` for a schema that is missing or older than this version needs. */
export function outdated(schema: string, what: string, cause?: unknown): StorageError {
  return new StorageError(
    "storage-outdated",
    `The queue's schema ${schema} ${what}. Run \`sounder queue migrate --schema ${schema}\` with ` +
      "DATABASE_URL set, or give the queue `migrate: true`",
    { cause },
  )
}

/** Whether it may help to ask again at once: a deadlock or another transaction in the way. */
export function isCollision(error: StorageError): boolean {
  return errorCode(error.cause).startsWith("40")
}

/** Whether the values of a statement were refused, and not for want of anything. */
export function isOfValues(error: StorageError): boolean {
  return /^(22|23|54)/.test(errorCode(error.cause))
}

/** What `pg` says of a lost connection has no code. */
const lostConnection = /terminated|timeout|timed out|not queryable|connection error|socket|ended/i

function causeOf(code: string, text: string): Cause {
  const known = ownValue(causes, code) ?? ownValue(causes, code.slice(0, 2))
  if (known && /^[0-9A-Z]{5}$/.test(code)) return known
  if (/^E[A-Z]+$/.test(code) || lostConnection.test(text)) return unavailable
  return ["storage-failed", "see the cause"]
}
