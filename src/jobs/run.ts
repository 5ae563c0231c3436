import type { Context } from "../dispatch/context/context.js"
import { callerError } from "../ground/call-place.js"
import { expectDurationMs, expectOptionsObject } from "../ground/expect-option.js"
import { ownContent } from "../telegram/own-update.js"
import { jobOptionNames, type OnceOptions } from "./job-options.js"
import { expectTime } from "./plan.js"

/** The data of a run's own update. */
export interface Run {
  readonly data?: unknown
  /** The time for which the run was planned, in milliseconds since 1970. */
  readonly plannedAt: number
  readonly name?: string
  /** The generation of the name's record. A run of another generation has been replaced or cancelled. */
  readonly generation?: string
  /** True if no run of the name follows. */
  readonly isLast?: boolean
}

/** Returns the time of a single run, in milliseconds since 1970. Throws a `TypeError` for wrong options. */
export function onceTime(options: OnceOptions): number {
  expectOptionsObject(options, "runOnce(ctx, { inMs })", jobOptionNames.runOnce)
  const { at, inMs } = options
  if ((at === undefined) === (inMs === undefined)) {
    throw callerError(
      `Expected exactly one of the options \`at\` and \`inMs\`, got ${at === undefined ? "none" : "both"}.`,
    )
  }
  if (at !== undefined) return expectTime("at", at)
  return Math.ceil(Date.now() + expectDurationMs("inMs", inMs))
}

/** Returns the run of an own update. */
export function runOf({ update }: Context): Run {
  // The job has put the own updates of this handler.
  return ownContent(update)?.data as Run
}
