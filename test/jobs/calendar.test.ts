import { describe, expect, test, vi } from "vitest"
import { job, type Job, type JobPlace, type MissedRuns } from "../../src/jobs/index.js"
import { dispatchedEach } from "../support/dispatched.js"
import { pass, stopClockEach } from "../support/stopped-clock.js"
import { namedBot } from "../support/updates.js"

const stage = dispatchedEach()
const hourMs = 3_600_000
const dayMs = 24 * hourMs

stopClockEach()

/** A function that sets the runs of a job. */
type SetRuns = (tea: Job<undefined>, place: JobPlace) => Promise<void>

/** Starts a job whose runs record their planned times in UTC, as in `10-31 00:30`. */
async function started(from: string, set: SetRuns): Promise<string[]> {
  vi.setSystemTime(from)
  const runs: string[] = []
  const tea = job("tea")
  tea.handle(stage.dispatcher, (ctx) => {
    runs.push(ctx.job.plannedAt.toISOString().slice(5, 16).replace("T", " "))
  })
  stage.dispatcher.start()
  await set(tea, { queue: stage.queue, botId: namedBot().id, chatId: 1 })
  return runs
}

const daily =
  (at: string, timeZone: string, missed?: MissedRuns): SetRuns =>
  (tea, place) =>
    tea.runDaily(place, { at, timeZone, missed: missed ?? "once", name: "a" })
const cron =
  (pattern: string, timeZone = "UTC", missed?: MissedRuns): SetRuns =>
  (tea, place) =>
    tea.runCron(place, { pattern, timeZone, missed: missed ?? "once", name: "a" })
const monthly =
  (day: number | "last", at: string, timeZone = "UTC"): SetRuns =>
  (tea, place) =>
    tea.runMonthly(place, { day, at, timeZone, name: "a" })
const every =
  (everyMs: number, missed?: MissedRuns): SetRuns =>
  (tea, place) =>
    tea.runRepeating(place, { everyMs, missed: missed ?? "once", name: "a" })
const onceIn =
  (inMs: number): SetRuns =>
  (tea, place) =>
    tea.runOnce(place, { inMs })

/** A case of the table: the runs within some days, as planned times in UTC. */
interface Row {
  readonly name: string
  readonly from: string
  readonly days: number
  readonly set: SetRuns
  readonly runs: readonly string[]
}

const summerTime: readonly Row[] = [
  {
    name: "Berlin: a daily run at a skipped time takes place right after the gap",
    from: "2027-03-27T12:00Z",
    days: 3,
    set: daily("02:30", "Europe/Berlin"),
    runs: ["03-28 01:00", "03-29 00:30", "03-30 00:30"],
  },
  {
    name: "Berlin: a daily run at a repeated time takes place the first time",
    from: "2027-10-30T12:00Z",
    days: 2,
    set: daily("02:30", "Europe/Berlin"),
    runs: ["10-31 00:30", "11-01 01:30"],
  },
  {
    name: "Berlin: a daily run at any other time keeps its local time",
    from: "2027-03-27T12:00Z",
    days: 2,
    set: daily("09:00", "Europe/Berlin"),
    runs: ["03-28 07:00", "03-29 07:00"],
  },
  {
    name: "Berlin: a weekly run at a skipped time takes place right after the gap",
    from: "2027-03-27T12:00Z",
    days: 9,
    set: cron("30 2 * * 0", "Europe/Berlin"),
    runs: ["03-28 01:00", "04-04 00:30"],
  },
  {
    name: "Berlin: a monthly run at a skipped time takes place right after the gap",
    from: "2027-03-27T12:00Z",
    days: 2,
    set: monthly(28, "02:30", "Europe/Berlin"),
    runs: ["03-28 01:00"],
  },
  {
    name: "Berlin: an hourly pattern takes place each hour of a day of 23 hours",
    from: "2027-03-28T00:00:01Z",
    days: 4 / 24,
    set: cron("0 * * * *", "Europe/Berlin"),
    runs: ["03-28 01:00", "03-28 02:00", "03-28 03:00", "03-28 04:00"],
  },
  {
    name: "Berlin: an hourly pattern takes place each hour of a day of 25 hours",
    from: "2027-10-30T23:30Z",
    days: 4 / 24,
    set: cron("0 * * * *", "Europe/Berlin"),
    runs: ["10-31 00:00", "10-31 01:00", "10-31 02:00", "10-31 03:00"],
  },
  {
    name: "an interval of 24 hours is not moved by summer time",
    from: "2027-03-27T01:30Z",
    days: 2,
    set: every(dayMs),
    runs: ["03-28 01:30", "03-29 01:30"],
  },
  {
    name: "a single run at a date is not moved by summer time",
    from: "2027-03-27T12:00Z",
    days: 2,
    set: onceIn(dayMs),
    runs: ["03-28 12:00"],
  },
  {
    name: "New York: a skipped time",
    from: "2027-03-13T12:00Z",
    days: 2,
    set: daily("02:30", "America/New_York"),
    runs: ["03-14 07:00", "03-15 06:30"],
  },
  {
    name: "New York: a repeated time",
    from: "2027-11-06T12:00Z",
    days: 2,
    set: daily("01:30", "America/New_York"),
    runs: ["11-07 05:30", "11-08 06:30"],
  },
  {
    name: "Sydney, in the southern hemisphere: a skipped time in October",
    from: "2027-10-01T20:00Z",
    days: 3,
    set: daily("02:30", "Australia/Sydney"),
    runs: ["10-02 16:00", "10-03 15:30", "10-04 15:30"],
  },
  {
    name: "Sydney, in the southern hemisphere: a repeated time in April",
    from: "2027-04-02T20:00Z",
    days: 2,
    set: daily("02:30", "Australia/Sydney"),
    runs: ["04-03 15:30", "04-04 16:30"],
  },
  {
    name: "Lord Howe, with a shift of 30 minutes: a skipped time",
    from: "2027-10-02T00:00Z",
    days: 2,
    set: daily("02:15", "Australia/Lord_Howe"),
    runs: ["10-02 15:30", "10-03 15:15"],
  },
  {
    name: "Lord Howe, with a shift of 30 minutes: a repeated time",
    from: "2027-04-03T00:00Z",
    days: 2,
    set: daily("01:45", "Australia/Lord_Howe"),
    runs: ["04-03 14:45", "04-04 15:15"],
  },
  {
    name: "Santiago: a skipped midnight",
    from: "2027-09-04T12:00Z",
    days: 3,
    set: daily("00:00", "America/Santiago"),
    runs: ["09-05 04:00", "09-06 03:00", "09-07 03:00"],
  },
  {
    name: "Beirut: a time in the skipped hour after midnight",
    from: "2027-03-26T12:00Z",
    days: 3,
    set: daily("00:30", "Asia/Beirut"),
    runs: ["03-26 22:30", "03-27 22:00", "03-28 21:30"],
  },
  {
    name: "Havana: a repeated hour after midnight",
    from: "2027-11-06T12:00Z",
    days: 2,
    set: daily("00:30", "America/Havana"),
    runs: ["11-07 04:30", "11-08 05:30"],
  },
  {
    name: "Apia: a skipped day of the calendar",
    from: "2011-12-29T12:00Z",
    days: 3,
    set: daily("09:00", "Pacific/Apia"),
    runs: ["12-29 19:00", "12-30 19:00", "12-31 19:00"],
  },
  {
    name: "Kolkata, half an hour off and without summer time",
    from: "2027-03-27T12:00Z",
    days: 2,
    set: daily("09:00", "Asia/Kolkata"),
    runs: ["03-28 03:30", "03-29 03:30"],
  },
]

const calendar: readonly Row[] = [
  {
    name: "a daily run takes place on 29 February",
    from: "2028-02-28T00:00Z",
    days: 3,
    set: daily("12:00", "UTC"),
    runs: ["02-28 12:00", "02-29 12:00", "03-01 12:00"],
  },
  {
    name: "the 29th of each month is skipped in February, except in a leap year",
    from: "2027-02-20T00:00Z",
    days: 40,
    set: monthly(29, "12:00"),
    runs: ["03-29 12:00"],
  },
  {
    name: "the 29th of each month includes 29 February of a leap year",
    from: "2028-02-20T00:00Z",
    days: 40,
    set: monthly(29, "12:00"),
    runs: ["02-29 12:00", "03-29 12:00"],
  },
  {
    name: "the last day of February, in a year that is no leap year",
    from: "2027-02-20T00:00Z",
    days: 40,
    set: monthly("last", "12:00"),
    runs: ["02-28 12:00", "03-31 12:00"],
  },
  {
    name: "a month without the 31st has no run",
    from: "2027-04-01T00:00Z",
    days: 61,
    set: monthly(31, "12:00"),
    runs: ["05-31 12:00"],
  },
  {
    name: "the last day of the month is that of the time zone",
    from: "2027-04-28T00:00Z",
    days: 4,
    set: monthly("last", "01:00", "Asia/Tokyo"),
    runs: ["04-29 16:00"],
  },
  {
    name: "an interval of a day includes 29 February",
    from: "2028-02-28T06:00Z",
    days: 2,
    set: every(dayMs),
    runs: ["02-29 06:00", "03-01 06:00"],
  },
]

test.each([...summerTime, ...calendar])("$name", async ({ from, days, set, runs }) => {
  const seen = await started(from, set)
  await pass(days * dayMs, hourMs)
  expect(seen).toEqual(runs)
})

test("29 February as a pattern has its next run in the next leap year", async () => {
  vi.setSystemTime("2028-02-28T00:00Z")
  const tea = job("tea")
  tea.handle(stage.dispatcher, () => {})
  stage.dispatcher.start()
  const place = { queue: stage.queue, botId: namedBot().id }
  await tea.runCron(place, { pattern: "0 12 29 2 *", name: "a" })
  expect(await tea.nextRunOf(place, "a")).toEqual(new Date("2028-02-29T12:00Z"))
  await pass(2 * dayMs, hourMs)
  expect(await tea.nextRunOf(place, "a")).toEqual(new Date("2032-02-29T12:00Z"))
})

test("a run that is late within the repeated hour is not repeated with the hour", async () => {
  const seen = await started("2027-10-30T12:00Z", daily("02:30", "Europe/Berlin"))
  // The process was suspended at the first 02:30, and continues at 02:50, before the second.
  vi.setSystemTime("2027-10-31T00:50Z")
  await pass(dayMs, hourMs)
  expect(seen).toEqual(["10-31 00:30"])
  await pass(dayMs, hourMs)
  expect(seen).toEqual(["10-31 00:30", "11-01 01:30"])
})

/** The runs of each kind of job from 00:00 to 06:30, on an undisturbed clock. */
const kinds: readonly (readonly [string, SetRuns, readonly string[]])[] = [
  ["once", onceIn(2 * hourMs), ["02:00"]],
  ["repeating", every(2 * hourMs), ["02:00", "04:00", "06:00"]],
  ["daily", daily("02:00", "UTC"), ["02:00"]],
  ["by a pattern", cron("0 2,4,6 * * *"), ["02:00", "04:00", "06:00"]],
]

/** The changes of the clock: the time to pass and the change after it, in hours. */
const changes: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  "set back by an hour before a run": [[1.5, -1]],
  "set back by an hour after a run": [[2.5, -1]],
  "set forward by an hour over a run": [[1.5, 1]],
  "set back and forward": [
    [2.5, -1],
    [0.75, 1],
  ],
  "set forward and back": [
    [1.5, 1],
    [0.25, -1],
  ],
}

describe.each(kinds)(
  "a job %s takes place once for each of its times, on a clock that is",
  (...kind) => {
    const [, set, runs] = kind

    test.each(Object.entries(changes))("%s", async (_, steps) => {
      const seen = await started("2027-03-01T00:00Z", set)
      for (const [hours, change] of steps) {
        await pass(hours * hourMs, hourMs)
        vi.setSystemTime(Date.now() + change * hourMs)
      }
      await pass(Date.parse("2027-03-01T06:30Z") - Date.now(), hourMs)
      expect(seen).toEqual(runs.map((time) => `03-01 ${time}`))
    })
  },
)

describe("after a day without a process, the runs are those of the rule for missed runs:", () => {
  const rules: readonly (readonly [string, SetRuns, number])[] = [
    ["once, which has no rule", onceIn(2 * hourMs), 1],
    ["repeating, once", every(2 * hourMs), 1],
    ["repeating, skip", every(2 * hourMs, "skip"), 0],
    ["repeating, all", every(2 * hourMs, "all"), 12],
    ["daily, once", daily("02:00", "UTC"), 1],
    ["daily, skip", daily("02:00", "UTC", "skip"), 0],
    ["daily, all", daily("02:00", "UTC", "all"), 1],
    ["by a pattern, once", cron("0 */2 * * *"), 1],
    ["by a pattern, skip", cron("0 */2 * * *", "UTC", "skip"), 0],
    ["by a pattern, all", cron("0 */2 * * *", "UTC", "all"), 12],
    ["monthly, whose day was not missed", monthly(15, "02:00"), 0],
  ]

  test.each(rules)("%s", async (_, set, count) => {
    const seen = await started("2027-03-01T00:30Z", set)
    // The process and its timers have stopped, but the clock continues.
    vi.setSystemTime("2027-03-02T00:45Z")
    await pass(60_000)
    expect(seen).toHaveLength(count)
    expect(new Set(seen).size).toBe(count)
  })
})
