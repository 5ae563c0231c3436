import { unexpectedOption } from "../ground/expect-option.js"
import type { MissedRuns } from "./job-options.js"
import { cronOf, type Plan } from "./plan.js"

/**
 * The data of a tick: the own update that puts the due runs of a repeated job, and schedules the next tick.
 */
export interface Tick {
  /** The data of the runs. */
  readonly data?: unknown
  /** The time for which the first run was planned, in milliseconds since 1970. */
  readonly plannedAt: number
  readonly name: string
  readonly generation: string
  readonly plan: Plan
  readonly missed: MissedRuns
  /** The times and data as text, by which a repeated call is recognized. */
  readonly signature: string
}

/** The delay from which a run counts as missed, in milliseconds. */
const missedAfterMs = 60_000
/** The largest number of missed runs that are made up. */
const maxMissed = 1_000

/** Returns the first time of a plan after a moment, both in milliseconds since 1970; `undefined` for none. */
export function nextRun(plan: Plan, after: number): number | undefined {
  if (plan.kind === "cron") {
    return cronOf(plan.pattern, plan.timeZone).nextRun(new Date(after))?.getTime()
  }
  const { everyMs, firstAt, lastAt = Infinity } = plan
  // Computed from the first run and not from the last run, so that a late run does not delay the following
  // runs.
  const steps = Math.max(0, Math.floor((after - firstAt) / everyMs) + 1)
  const next = firstAt + steps * everyMs
  return next <= lastAt ? next : undefined
}

/** Returns the planned times of the runs that are due, by the rule for missed runs. */
export function runsDue({ plan, plannedAt, missed }: Tick, now: number): number[] {
  if (missed === "once") return [plannedAt]
  if (missed === "skip") return now - plannedAt > missedAfterMs ? [] : [plannedAt]
  const due: number[] = []
  let next: number | undefined = plannedAt
  while (next !== undefined && next <= now && due.length < maxMissed) {
    due.push(next)
    next = nextRun(plan, next)
  }
  return due
}

/** Checks the option `missed` and returns its value. Throws a `TypeError` for any other value. */
export function expectMissed(missed: unknown): MissedRuns {
  if (missed === "once" || missed === "skip" || missed === "all") return missed
  return unexpectedOption("missed", '"once", "skip" or "all"', missed)
}
