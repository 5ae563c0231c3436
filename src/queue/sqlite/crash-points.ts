import { channel } from "node:diagnostics_channel"

/**
 * The crash points of a `SqliteQueue`: the moments at which a test kills the process, to see that no
 * update is lost or overtaken. The puts and endings of one turn of the event loop share a transaction,
 * from `transaction: begun` to `transaction: synced`.
 */
export const sqliteCrashPoints = [
  "put: asked",
  "put: id recorded",
  "put: update stored",
  "unpark: asked",
  "unpark: update moved",
  "take: chosen",
  "take: counted",
  "done: asked",
  "done: update removed",
  "done: id remembered",
  "retry: asked",
  "retry: delay stored",
  "setAside: asked",
  "setAside: error stored",
  "setAside: update removed",
  "setAside: id remembered",
  "handBack: asked",
  "handBack: attempt uncounted",
  "state: values stored",
  "state: values removed",
  "state: version counted",
  "state: expired values removed",
  "transaction: begun",
  "transaction: complete",
  "transaction: committed",
  "transaction: synced",
  "transaction: answered",
] as const

/** The name of a crash point. */
export type SqliteCrashPoint = (typeof sqliteCrashPoints)[number]

const points = channel("sounder:sqlite")

/**
 * Announces a crash point on the diagnostics channel `sounder:sqlite`, if the channel has a subscriber.
 */
export function sqliteCrashPoint(name: SqliteCrashPoint): void {
  if (points.hasSubscribers) points.publish(name)
}
