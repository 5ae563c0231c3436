import { ownValue } from "../../ground/own-value.js"
import { errorCode, errorText, isError } from "../../ground/error-text.js"
import { StorageError, type StorageErrorCode } from "../storage-error.js"

type Cause = readonly [code: StorageErrorCode, advice: string]

const unavailable: Cause = [
  "storage-unavailable",
  "the server cannot be reached, is starting or stopping, or does not answer; the queue continues " +
    "without a restart when the server answers",
]
const tooManyConnections: Cause = [
  "storage-unavailable",
  "the server has no connection left; raise `max_connections`, or give the pools of all processes a smaller `max`",
]

/**
 * The error code and the advice by SQLSTATE or by Node's name of a network failure. A key of two
 * characters stands for a class of SQLSTATEs.
 */
const causes: Readonly<Record<string, Cause>> = {
  // Connection exception.
  "08": unavailable,
  // Operator intervention, such as a shutdown.
  "57": unavailable,
  // Insufficient resources.
  "53": ["storage-unavailable", "the server is short of memory or other resources; see its log"],
  // Disk full.
  "53100": ["storage-full", "the server's disk is full; make room on it"],
  // Too many connections.
  "53300": tooManyConnections,
  // Read-only transaction.
  "25006": [
    "storage-read-only",
    "the server accepts only reads, as a standby does; connect the pool to the server that accepts writes",
  ],
  // Failed transaction.
  "25P02": [
    "storage-failed",
    "a statement in the handler's transaction has failed, so that nothing of the transaction is committed",
  ],
  // Invalid authorization.
  "28": ["storage-failed", "the server does not accept the user or the password of the pool"],
  // Invalid catalog name.
  "3D": ["storage-failed", "the pool's database does not exist; create it"],
  // Insufficient privilege.
  "42501": ["storage-failed", "the user of the pool lacks a right; see the message"],
  // Lock not available.
  "55P03": ["storage-locked", "another transaction has locked the rows; end that transaction"],
  // Transaction rollback.
  "40": ["storage-locked", "the transaction conflicted with another one; try again"],
  // Internal error.
  XX: ["storage-corrupted", "the server's files are damaged; see its log"],
  // Sounder's own: a wrong isolation level (see `expectReadCommitted`).
  SN001: [
    "storage-failed",
    "set `default_transaction_isolation` of the pool's role to `read committed`, which is the default",
  ],
  // Sounder's own: see slot-functions.ts.
  SN002: ["slot-away", "the bot's slot is on another shard, or is being moved"],
}

/** The SQLSTATEs for a missing schema, table, function, type or column. */
const missingObject = new Set(["3F000", "42P01", "42883", "42704", "42703"])

/** Converts an error of the pool, of a connection or of the server to a `StorageError`. */
export function postgresError(schema: string, thrown: unknown): StorageError {
  if (isError(thrown) && thrown instanceof StorageError) return thrown
  const text = errorText(thrown)
  const sqlState = errorCode(thrown)
  if (missingObject.has(sqlState))
    return outdatedSchema(schema, "lacks a table, a column or a function", thrown)
  const [code, advice] = causeOf(sqlState, text)
  return new StorageError(code, `The queue in PostgreSQL could not be used: ${advice} (${text})`, {
    cause: thrown,
  })
}

/** Returns the `StorageError` for a schema that is missing or older than this version needs. */
export function outdatedSchema(schema: string, what: string, cause?: unknown): StorageError {
  return new StorageError(
    "storage-outdated",
    `The queue's schema ${schema} ${what}. Run \`sounder queue migrate --schema ${schema}\` with ` +
      "DATABASE_URL set, or give the queue `migrate: true`",
    { cause },
  )
}

/**
 * Returns true if the transaction may succeed when it is repeated at once: after a deadlock, or after
 * a conflict with another transaction (class 40).
 */
export function isCollision(error: StorageError): boolean {
  return errorCode(error.cause).startsWith("40")
}

/**
 * Returns true if the database refused the values of a statement, so that another try would fail in
 * the same way: invalid data (class 22), a violated constraint (23) or an exceeded limit (54).
 */
export function isValueError(error: StorageError): boolean {
  return /^(22|23|54)/.test(errorCode(error.cause))
}

/** The messages of `pg` for a lost connection, which have no code. */
const lostConnection = /terminated|timeout|timed out|not queryable|connection error|socket|ended/i

function causeOf(code: string, text: string): Cause {
  const known = ownValue(causes, code) ?? ownValue(causes, code.slice(0, 2))
  if (known && /^[0-9A-Z]{5}$/.test(code)) return known
  if (/^E[A-Z]+$/.test(code) || lostConnection.test(text)) return unavailable
  return ["storage-failed", "see the cause"]
}
