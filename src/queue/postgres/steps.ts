import { channel } from "node:diagnostics_channel"

/**
 * The steps of a `PostgresQueue` between which a process can die. What is between a `sent` and what
 * follows it happens in the database, in one transaction.
 */
export const postgresSteps = [
  "put: asked",
  "put: sent",
  "put: stored",
  "put: answered",
  "turn: written",
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

/** One of {@link postgresSteps}. */
export type PostgresStep = (typeof postgresSteps)[number]

const steps = channel("sounder:postgres")

/** Tells the subscribers of the diagnostics channel `sounder:postgres`, if there are any. */
export function step(name: PostgresStep): void {
  if (steps.hasSubscribers) steps.publish(name)
}
