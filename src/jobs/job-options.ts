import type { OptionNames } from "../ground/expect-option.js"
/**
 * The rule for runs that were missed while no process ran: run once for all missed runs, skip them, or run
 * each of them, at most 1,000.
 */
export type MissedRuns = "once" | "skip" | "all"

/** The options of {@link Job.runOnce}. Exactly one of `at` and `inMs` is required. */
export type OnceOptions = NamedOnce & (OnceAt | OnceIn)

/** The time of a single run as a date. */
interface OnceAt {
  /** The time of the run. A time in the past runs the job at once. */
  readonly at: Date
  /** Absent. */
  readonly inMs?: undefined
}

/** The time of a single run from now. */
interface OnceIn {
  /** The time until the run, in milliseconds; 0 runs the job at once. */
  readonly inMs: number
  /** Absent. */
  readonly at?: undefined
}

/** The name of a single run. */
interface NamedOnce {
  /**
   * The name, unique within the bot and the job, by which the run can be replaced and cancelled. Default:
   * none.
   */
  readonly name?: string
}

/** The options of every repeated run. */
interface RepeatedOptions {
  /**
   * The name, unique within the bot and the job. A call with the name of an existing repeated run replaces
   * that run; with the same times and data, the call changes nothing.
   */
  readonly name: string
  /** The rule for missed runs. Default: `"once"`. */
  readonly missed?: MissedRuns
}

/** The options of {@link Job.runRepeating}. */
export interface RepeatingOptions extends RepeatedOptions {
  /** The time from one run to the next, in milliseconds. */
  readonly everyMs: number
  /** The time of the first run. Default: after `everyMs`. */
  readonly first?: Date
  /** The time after which there are no more runs. A time in the past ends the runs of the name. Default: none. */
  readonly last?: Date
}

/** The time of day of a run. */
interface TimeOfDay {
  /** The time of day, as in `"09:00"` or `"09:00:30"`. */
  readonly at: string
  /** The time zone, as in `"Europe/Berlin"`. Default: UTC. */
  readonly timeZone?: string
}

/** The options of {@link Job.runDaily}. */
export interface DailyOptions extends RepeatedOptions, TimeOfDay {
  /** The days of the week, from 0 for Sunday to 6 for Saturday. Default: all. */
  readonly days?: readonly number[]
}

/** The options of {@link Job.runMonthly}. */
export interface MonthlyOptions extends RepeatedOptions, TimeOfDay {
  /** The day of the month, from 1 to 31; `"last"` for its last day. A month without the day has no run. */
  readonly day: number | "last"
}

/** The options of {@link Job.runCron}. */
export interface CronOptions extends RepeatedOptions {
  /** The pattern: five fields, or six with seconds. */
  readonly pattern: string
  /** The time zone, as in `"Europe/Berlin"`. Default: UTC. */
  readonly timeZone?: string
}

const repeatedNames = { name: true, missed: true, data: true } as const

/** The options with the data of a run. */
type OptionsWithData<Options> = Options & { readonly data?: unknown }

/** The names of the options of the methods of a job. */
export const jobOptionNames: {
  readonly runOnce: OptionNames<OptionsWithData<OnceOptions>>
  readonly runRepeating: OptionNames<OptionsWithData<RepeatingOptions>>
  readonly runDaily: OptionNames<OptionsWithData<DailyOptions>>
  readonly runMonthly: OptionNames<OptionsWithData<MonthlyOptions>>
  readonly runCron: OptionNames<OptionsWithData<CronOptions>>
  readonly runOnceFor: OptionNames<OptionsWithData<object>>
} = {
  runOnce: { at: true, inMs: true, name: true, data: true },
  runRepeating: { ...repeatedNames, everyMs: true, first: true, last: true },
  runDaily: { ...repeatedNames, at: true, timeZone: true, days: true },
  runMonthly: { ...repeatedNames, day: true, at: true, timeZone: true },
  runCron: { ...repeatedNames, pattern: true, timeZone: true },
  runOnceFor: { data: true },
}
