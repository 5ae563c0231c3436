import type { Context } from "../dispatch/context/context.js"
import type { Router } from "../dispatch/handlers/router.js"
import { Unhandleable } from "../dispatch/handlers/unhandleable.js"
import { errorText } from "../ground/error-text.js"
import {
  expectOptionsObject,
  expectText,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import { jsonText } from "../ground/json-text.js"
import type { Removable } from "../ground/removable.js"
import { type OwnContent, tickPrefix } from "../telegram/own-update.js"
import {
  changeAt,
  type JobAt,
  type JobPlace,
  type JobRecord,
  type JobWriter,
  watched,
} from "./job-place.js"
import {
  type CronOptions,
  type DailyOptions,
  type MonthlyOptions,
  type OnceOptions,
  type RepeatingOptions,
  jobOptionNames,
} from "./job-options.js"
import { onceTime, type Run, runOf } from "./run.js"
import { cronPlan, dailyPlan, monthlyPlan, type Plan, repeatingPlan } from "./plan.js"
import { expectMissed, nextRun, runsDue, type Tick } from "./tick.js"
import { checkedValue, type StandardSchema } from "../ground/standard-schema.js"

/** The options of {@link job}. */
export interface JobOptions<Data> {
  /**
   * The schema of the data, of any library with the Standard Schema interface. Default: the data are not
   * checked.
   */
  readonly data?: StandardSchema<Data>
}

/** Facts about the run of a job. */
export interface JobFacts {
  /** The name of the run; `undefined` for a run without a name. */
  readonly name: string | undefined
  /** The time for which the run was planned. */
  readonly plannedAt: Date
}

/** The values on the context of a job's handler. */
export interface JobValues<Data> {
  /** The data of the run. */
  readonly data: Data
  /** Facts about the run. */
  readonly job: JobFacts
}

/** The context of a job's handler. */
export type JobContext<Data, Extra extends object = {}> = Context & Extra & JobValues<Data>

/** The options of a call with the data of a run. The data are optional if the job has none. */
export type WithData<Data, Options> = undefined extends Data
  ? Options & { readonly data?: Data }
  : Options & { readonly data: Data }

/**
 * A job: a named handler of own updates. A run is stored in the queue, so that it survives the end of the
 * process, and is handled once, on one of any number of machines, in order with the updates of its chat.
 */
export interface Job<Data> {
  /** The name. */
  readonly name: string
  /**
   * Registers the handler. A failed run is retried and set aside like any update, and the later runs of a
   * repeated run still take place.
   */
  handle<Extra extends object>(
    router: Router<Extra>,
    handler: (ctx: JobContext<Data, Extra>) => unknown,
  ): Removable
  /** Schedules one run. Rejects with a `TypeError` for wrong options or data. */
  runOnce(at: JobAt, options: WithData<Data, OnceOptions>): Promise<void>
  /** Schedules runs at a fixed interval. Rejects as {@link runOnce} does. */
  runRepeating(at: JobAt, options: WithData<Data, RepeatingOptions>): Promise<void>
  /** Schedules a run each day, or on some days of the week. Rejects as {@link runOnce} does. */
  runDaily(at: JobAt, options: WithData<Data, DailyOptions>): Promise<void>
  /** Schedules a run on a day of each month. Rejects as {@link runOnce} does. */
  runMonthly(at: JobAt, options: WithData<Data, MonthlyOptions>): Promise<void>
  /** Schedules runs by a cron pattern. Rejects as {@link runOnce} does. */
  runCron(at: JobAt, options: WithData<Data, CronOptions>): Promise<void>
  /**
   * Runs the job at once, but only once for each `id`, for an event that another program may report several
   * times. Resolves with false if the id is known. An id is known for a week.
   */
  runOnceFor(place: JobPlace, id: string, options: WithData<Data, object>): Promise<boolean>
  /** Cancels the runs of a name. A run that has begun continues. Resolves with false if there are none. */
  cancel(at: JobAt, name: string): Promise<boolean>
  /** Resolves with the time of the next run of a name; `undefined` if there is none. */
  nextRunOf(at: JobAt, name: string): Promise<Date | undefined>
}

/** The type of a value after it was stored as JSON; `never` in place of a value that JSON cannot represent. */
type Stored<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends bigint | symbol | ((...args: never[]) => unknown)
    ? never
    : T extends object
      ? { [Key in keyof T]: Stored<T[Key]> }
      : T

/** The type of a job's name: a string, unless JSON cannot represent the job's data. */
export type NameOfJob<Data> = [Data] extends [Stored<Data>]
  ? string
  : "a name of a job whose data JSON can represent"

/** The time for which the id of an event is known, in milliseconds. */
const idTtlMs = 7 * 24 * 3_600_000

/**
 * Defines a job. The definition can be shared by the bot and by other programs that set its runs.
 *
 * @param name the name, which is stored with each run and must not change
 * @throws TypeError for a wrong option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { job } from "sounder/jobs"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const remind = job<{ text: string }>("remind")
 *
 * remind.handle(dispatcher, (ctx) => ctx.reply(`Remember: ${ctx.data.text}`))
 * dispatcher.command("remind", async (ctx) => {
 *   await remind.runOnce(ctx, { inMs: 3_600_000, data: { text: ctx.argument } })
 *   await ctx.reply("I will remind you in an hour.")
 * })
 * ```
 * @see docs/guides/jobs.md
 */
export function job<Data = undefined>(
  name: NameOfJob<Data>,
  options: JobOptions<Data> = {},
): Job<Data> {
  expectText("name", name)
  expectOptionsObject(options, `job(${JSON.stringify(name)}, { data })`, {
    data: true,
  } satisfies OptionNames<JobOptions<Data>>)
  return new NamedJob(name, options.data)
}

/** The record of repeated runs, with the facts that their tick needs. */
type OverdueRuns = JobRecord & Omit<Tick, "plannedAt">

class NamedJob<Data> implements Job<Data> {
  readonly name: string
  readonly #schema: StandardSchema<Data> | undefined

  constructor(name: string, schema: StandardSchema<Data> | undefined) {
    if (schema !== undefined && typeof schema["~standard"]?.validate !== "function") {
      unexpectedOption("data", "a schema with the Standard Schema interface", schema)
    }
    this.name = name
    this.#schema = schema
  }

  handle<Extra extends object>(
    router: Router<Extra>,
    handler: (ctx: JobContext<Data, Extra>) => unknown,
  ): Removable {
    if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
    const scoped = router.derive<JobValues<Data>>((ctx) => this.#values(ctx))
    const run = scoped.event(this.#event, async (ctx) => {
      const { name, generation, isLast } = runOf(ctx)
      const isCurrent = generation === (name && (await this.#record(ctx, name))?.generation)
      if (!isCurrent) return
      await handler(ctx)
      if (name !== undefined && isLast) await this.#endName(ctx, name, generation)
    })
    const tick = router.event(this.#tickEvent, (ctx) => this.#onTick(ctx))
    const remove = () => {
      run.remove()
      tick.remove()
    }
    return { remove }
  }

  runOnce(at: JobAt, options: WithData<Data, OnceOptions>): Promise<void> {
    return watched(at, async () => {
      const plannedAt = onceTime(options)
      const { name } = options
      if (name !== undefined) expectText("name", name)
      const run = { data: await this.#checked(options.data), plannedAt }
      await changeAt(at, this.#event, async (writer) => {
        if (name === undefined) return writer.put({ name: this.#event, data: run }, plannedAt)
        const generation = crypto.randomUUID()
        const recordName = this.#recordName(name)
        // Reads the version that the write of the record expects.
        await writer.record(recordName)
        writer.setRecord(recordName, { generation, signature: "", dueAt: plannedAt })
        const named: Run = { ...run, name, generation, isLast: true }
        writer.put({ name: this.#event, data: named }, plannedAt, recordName)
      })
    })
  }

  runRepeating(at: JobAt, options: WithData<Data, RepeatingOptions>): Promise<void> {
    return watched(at, async () => {
      expectOptionsObject(
        options,
        "runRepeating(ctx, { everyMs, name })",
        jobOptionNames.runRepeating,
      )
      return this.#repeat(at, options, repeatingPlan(options, Date.now()))
    })
  }

  runDaily(at: JobAt, options: WithData<Data, DailyOptions>): Promise<void> {
    return watched(at, async () => {
      expectOptionsObject(options, "runDaily(ctx, { at, name })", jobOptionNames.runDaily)
      return this.#repeat(at, options, dailyPlan(options))
    })
  }

  runMonthly(at: JobAt, options: WithData<Data, MonthlyOptions>): Promise<void> {
    return watched(at, async () => {
      expectOptionsObject(options, "runMonthly(ctx, { day, at, name })", jobOptionNames.runMonthly)
      return this.#repeat(at, options, monthlyPlan(options))
    })
  }

  runCron(at: JobAt, options: WithData<Data, CronOptions>): Promise<void> {
    return watched(at, async () => {
      expectOptionsObject(options, "runCron(ctx, { pattern, name })", jobOptionNames.runCron)
      return this.#repeat(at, options, cronPlan(options.pattern, options.timeZone))
    })
  }

  async runOnceFor(place: JobPlace, id: string, options: WithData<Data, object>): Promise<boolean> {
    expectOptionsObject(options, "runOnceFor(place, id, { data })", jobOptionNames.runOnceFor)
    const data = await this.#checked(options.data)
    const recordName = this.#uniqueName("id", expectText("id", id))
    const plannedAt = Date.now()
    return changeAt(place, this.#event, async (writer) => {
      if (await writer.record(recordName)) return false
      const record = { generation: id, signature: "", dueAt: plannedAt }
      writer.setRecord(recordName, record, plannedAt + idTtlMs)
      writer.put({ name: this.#event, data: { data, plannedAt } }, plannedAt)
      return true
    })
  }

  cancel(at: JobAt, name: string): Promise<boolean> {
    return watched(at, async () => {
      const recordName = this.#recordName(expectText("name", name))
      return changeAt(at, this.#event, async (writer) => {
        if (!(await writer.record(recordName))) return false
        writer.setRecord(recordName, undefined)
        writer.cancel(recordName)
        return true
      })
    })
  }

  async nextRunOf(at: JobAt, name: string): Promise<Date | undefined> {
    const record = await this.#record(at, expectText("name", name))
    return record && new Date(record.dueAt)
  }

  async #repeat(
    at: JobAt,
    options: WithData<Data, RepeatingOptions | DailyOptions | MonthlyOptions | CronOptions>,
    plan: Plan,
  ): Promise<void> {
    const { name, missed = "once", data: given, ...times } = options
    const data = await this.#checked(given)
    const signature = JSON.stringify({ times, missed: expectMissed(missed), data })
    const recordName = this.#recordName(expectText("name", name))
    await changeAt(at, this.#event, async (writer) => {
      const record = await writer.record(recordName)
      if (record?.signature === signature) {
        this.#putOverdueTick(writer, { ...record, data, name, plan, missed })
        return
      }
      const plannedAt = nextRun(plan, Date.now() - 1)
      if (plannedAt === undefined) {
        writer.setRecord(recordName, undefined)
        return writer.cancel(recordName)
      }
      const generation = crypto.randomUUID()
      const tick = { data, plannedAt, name, generation, plan, missed, signature }
      this.#setTick(writer, tick)
    })
  }

  /**
   * Puts the overdue tick of a record again. The earlier tick may have failed and been set aside, and without a tick
   * the runs of the name would end. The second of two ticks for the same time does nothing.
   */
  #putOverdueTick(writer: JobWriter, { dueAt, plan, ...facts }: OverdueRuns): void {
    const followed = plan.kind === "every" ? { ...plan, firstAt: dueAt } : plan
    // The record of the last run stays overdue until the run has ended.
    if (dueAt > Date.now() || nextRun(followed, dueAt) === undefined) return
    const tick: Tick = { ...facts, plan: followed, plannedAt: dueAt }
    writer.put({ name: this.#tickEvent, data: tick }, dueAt, this.#recordName(facts.name))
  }

  /** Puts the due runs, and schedules the next tick. */
  #onTick(ctx: Context & { readonly own: OwnContent }): Promise<void> {
    // `#setTick` has put these data.
    const tick = ctx.own.data as Tick
    const { data, name, generation } = tick
    const recordName = this.#recordName(name)
    return changeAt(ctx, this.#event, async (writer) => {
      const record = await writer.record(recordName)
      if (record?.generation !== generation || record.dueAt !== tick.plannedAt) return
      // The queue's clock, such as a database server's, may be ahead of this machine's clock.
      const now = Math.max(Date.now(), tick.plannedAt)
      const next = nextRun(tick.plan, now)
      const due = runsDue(tick, now)
      for (const plannedAt of due) {
        const isLast = next === undefined && plannedAt === due.at(-1)
        const run: Run = { data, plannedAt, name, generation, isLast }
        writer.put({ name: this.#event, data: run }, now)
      }
      if (next === undefined && due.length === 0) writer.setRecord(recordName, undefined)
      if (next !== undefined) this.#setTick(writer, { ...tick, plannedAt: next })
    })
  }

  #setTick(writer: JobWriter, tick: Tick): void {
    const { name, generation, signature, plannedAt } = tick
    const recordName = this.#recordName(name)
    writer.setRecord(recordName, { generation, signature, dueAt: plannedAt })
    writer.put({ name: this.#tickEvent, data: tick }, plannedAt, recordName)
  }

  /** The name of a run's own update. */
  get #event(): string {
    return `job ${this.name}`
  }

  /** The name of the own update that puts the runs of a repeated job. */
  get #tickEvent(): string {
    return tickPrefix + this.name
  }

  /** Returns the name of the record and of the timer of a named run. */
  #recordName(name: string): string {
    return this.#uniqueName("name", name)
  }

  /** Returns a string that is unique to a job, a kind and a text. */
  #uniqueName(kind: "name" | "id", text: string): string {
    return `job ${JSON.stringify(this.name)} ${kind} ${text}`
  }

  #record(at: JobAt, name: string): Promise<JobRecord | undefined> {
    return changeAt(at, this.#event, (writer) => writer.record(this.#recordName(name)))
  }

  /** Deletes the record of a name, unless the handler has set another run of that name. */
  #endName(ctx: Context, name: string, generation: string | undefined): Promise<void> {
    const recordName = this.#recordName(name)
    return changeAt(ctx, this.#event, async (writer) => {
      const isCurrent = (await writer.record(recordName))?.generation === generation
      if (isCurrent) writer.setRecord(recordName, undefined)
    })
  }

  /** Returns the data to store. Rejects with a `TypeError` for data that are not JSON or fail the schema. */
  async #checked(data: unknown): Promise<unknown> {
    await checkedValue(this.#schema, "data", data)
    if (data !== undefined) jsonText("data", data)
    return data
  }

  async #values(ctx: Context): Promise<JobValues<Data>> {
    const { data, name, plannedAt } = runOf(ctx)
    try {
      const checked = await checkedValue(this.#schema, "data", data)
      return { data: checked, job: { name, plannedAt: new Date(plannedAt) } }
    } catch (error) {
      const reason = `The data of the job ${this.name} do not fit this program: ${errorText(error)}`
      throw new Unhandleable(reason, { cause: error })
    }
  }
}
