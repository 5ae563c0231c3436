import { channel } from "node:diagnostics_channel"

/**
 * The steps of a `SqliteQueue` between which a process can die. Puts and endings of one turn of the
 * event loop share a transaction: `transaction: begun` to `transaction: synced`.
 */
export const sqliteSteps = [
  "put: asked",
  "put: id recorded",
  "put: update stored",
  "turn: asked",
  "turn: update moved",
  "take: chosen",
  "take: counted",
  "done: asked",
  "done: update removed",
  "done: id kept",
  "retry: asked",
  "retry: delay stored",
  "setAside: asked",
  "setAside: error kept",
  "setAside: update removed",
  "setAside: id kept",
  "handBack: asked",
  "handBack: attempt uncounted",
  "transaction: begun",
  "transaction: complete",
  "transaction: committed",
  "transaction: synced",
  "transaction: answered",
] as const

/** One of {@link sqliteSteps}. */
export type SqliteStep = (typeof sqliteSteps)[number]

const steps = channel("sounder:sqlite")

/** Tells the subscribers of the diagnostics channel `sounder:sqlite`, if there are any. */
export function step(name: SqliteStep): void {
  if (steps.hasSubscribers) steps.publish(name)
}
