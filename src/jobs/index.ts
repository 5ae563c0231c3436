/**
 * Scheduled work: once, at an interval, daily, monthly or by a cron pattern; and events, which run at once.
 */
export {
  job,
  type Job,
  type JobContext,
  type JobFacts,
  type JobOptions,
  type NameOfJob,
} from "./job.js"
export type { JobAt, JobPlace } from "./job-place.js"
export type {
  CronOptions,
  DailyOptions,
  MissedRuns,
  MonthlyOptions,
  OnceOptions,
  RepeatingOptions,
} from "./job-options.js"
export type { StandardSchema } from "../ground/standard-schema.js"
