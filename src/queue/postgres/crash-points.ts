import { channel } from "node:diagnostics_channel"

/**
 * The crash points of a `PostgresQueue`: the moments at which a test kills the process, to see that no
 * update is lost or overtaken. Between a `sent` and the next crash point the database runs one
 * transaction.
 */
export const postgresCrashPoints = [
  "put: asked",
  "put: sent",
  "put: stored",
  "put: answered",
  "unpark: written",
  "take: asked",
  "take: given",
  "done: asked",
  "retry: asked",
  "setAside: asked",
  "handBack: asked",
  "work: sent",
  "work: written",
  "work: answered",
  "lease: sent",
  "lease: renewed",
  "transaction: begun",
  "transaction: update done",
  "transaction: committed",
] as const

/** The name of a crash point. */
export type PostgresCrashPoint = (typeof postgresCrashPoints)[number]

const points = channel("sounder:postgres")

/** Announces a crash point on the diagnostics channel `sounder:postgres`, if the channel has a subscriber. */
export function postgresCrashPoint(name: PostgresCrashPoint): void {
  if (points.hasSubscribers) points.publish(name)
}
