import { Cron } from "croner"
import { expectInteger, unexpectedOption } from "../ground/expect-option.js"
import type { DailyOptions, MonthlyOptions, RepeatingOptions } from "./job-options.js"

/** The times of a repeated run, as they are stored. */
export type Plan =
  | {
      readonly kind: "every"
      readonly everyMs: number
      /** The time of the first run, in milliseconds since 1970. */
      readonly firstAt: number
      /** The time after which there are no more runs, in milliseconds since 1970. */
      readonly lastAt?: number
    }
  | { readonly kind: "cron"; readonly pattern: string; readonly timeZone: string }

/** The shortest time between two runs, in milliseconds. */
const minEveryMs = 1_000

/** Returns the plan of runs at a fixed interval. Throws a `TypeError` for a wrong option. */
export function repeatingPlan({ everyMs, first, last }: RepeatingOptions, now: number): Plan {
  expectInteger("everyMs", everyMs, minEveryMs, Number.MAX_SAFE_INTEGER)
  const firstAt = first !== undefined ? expectTime("first", first) : now + everyMs
  const plan: Plan = { kind: "every", everyMs, firstAt }
  if (last === undefined) return plan
  const lastAt = expectTime("last", last)
  if (first !== undefined && lastAt < firstAt)
    unexpectedOption("last", "a time after `first`", last)
  return { ...plan, lastAt }
}

/** Returns the plan of daily runs. Throws a `TypeError` for a wrong option. */
export function dailyPlan({ at, timeZone, days }: DailyOptions): Plan {
  if (days !== undefined && !Array.isArray(days)) {
    unexpectedOption("days", "a list of days from 0 to 6", days)
  }
  const weekdays = days?.map((day) => expectInteger("days", day, 0, 6)).join(",") ?? "*"
  if (weekdays === "") unexpectedOption("days", "a list of days from 0 to 6", days)
  return cronPlan(`${timeOfDay(at)} * * ${weekdays}`, timeZone)
}

/** Returns the plan of monthly runs. Throws a `TypeError` for a wrong option. */
export function monthlyPlan({ at, timeZone, day }: MonthlyOptions): Plan {
  const field = day === "last" ? "L" : expectInteger("day", day, 1, 31)
  return cronPlan(`${timeOfDay(at)} ${field} * *`, timeZone)
}

/**
 * Returns the plan of a cron pattern. Throws a `TypeError` for a wrong pattern, a time zone that the system
 * does not know, and a pattern that no date matches.
 */
export function cronPlan(pattern: string, timeZone = "UTC"): Plan {
  expectTimeZone(timeZone)
  let next: Date | null
  try {
    next = cronOf(pattern, timeZone).nextRun()
  } catch (error) {
    throw new TypeError(`Expected a cron pattern: ${(error as Error).message}`, { cause: error })
  }
  if (!next) unexpectedOption("pattern", "a pattern that some date matches", pattern)
  return { kind: "cron", pattern, timeZone }
}

/** Returns the time of a date, in milliseconds since 1970. Throws a `TypeError` for an invalid date. */
export function expectTime(name: string, date: unknown): number {
  const time = date instanceof Date ? date.getTime() : Number.NaN
  return time >= 0 ? time : unexpectedOption(name, "a valid `Date` after 1970", date)
}

/** Returns an object that computes the times of a pattern. */
export function cronOf(pattern: string, timezone: string): Cron {
  return new Cron(pattern, { timezone, paused: true, mode: "5-or-6-parts" })
}

function expectTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions()
  } catch {
    unexpectedOption("timeZone", "a time zone such as Europe/Berlin", timeZone)
  }
}

/** Returns the fields of a cron pattern for seconds, minutes and hours. */
function timeOfDay(at: string): string {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(at)
  if (!match) return unexpectedOption("at", "a time of day such as 09:00", at)
  const [, hours = "", minutes = "", seconds = "0"] = match
  return `${Number(seconds)} ${Number(minutes)} ${Number(hours)}`
}
