import { describe, expect, test, vi } from "vitest"
import { job } from "../../src/jobs/index.js"
import { pass } from "../support/stopped-clock.js"
import { teaJobEach } from "./tea-job.js"

const { stage, place, noted } = teaJobEach()
const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe("a repeated job", () => {
  test("programs that set the same runs at the same time set them once", async () => {
    const { tea, runs } = noted()
    const set = () => tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await Promise.all(Array.from({ length: 10 }, set))
    await pass(3 * hourMs)
    expect(runs).toHaveLength(3)
  })

  test("runs whose tick has failed go on when they are set again", async () => {
    let isBroken = true
    stage.dispatcher.use(async (_, next) => {
      if (isBroken) throw new Error("Failed")
      await next()
    })
    stage.dispatcher.catch(() => {})
    const { tea, runs } = noted()
    const set = () => tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await set()
    await pass(hourMs)
    isBroken = false
    await pass(hourMs / 2)
    await Promise.all([set(), set(), set()])
    await pass(2 * hourMs)
    expect(runs.map((time) => time.slice(11, 16))).toEqual(["01:00", "02:00", "03:00"])
  })

  test("runs that are set again while their tick waits happen once", async () => {
    const runs: string[] = []
    const tea = job("tea")
    tea.handle(stage.dispatcher, (ctx) => void runs.push(ctx.job.plannedAt.toISOString()))
    const set = () => tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await set()
    await pass(1.5 * hourMs)
    await set()
    stage.dispatcher.start()
    await pass(hourMs)
    expect(runs.map((time) => time.slice(11, 16))).toEqual(["01:00", "02:00"])
  })

  test("runs whose last time has passed can be set again, and do not happen", async () => {
    const { tea, runs } = noted()
    const last = new Date(Date.now() + hourMs)
    for (let start = 0; start < 3; start += 1) {
      await tea.runRepeating(place(), { everyMs: hourMs, last, name: "a" })
      await pass(2 * hourMs)
    }
    expect(runs).toHaveLength(1)
  })

  test("keeps its planned times, whatever the delay of the last run", async () => {
    const { tea, runs } = noted()
    await tea.runRepeating(place(), {
      everyMs: hourMs,
      first: new Date("2027-03-01T00:30:00Z"),
      last: new Date("2027-03-01T03:00:00Z"),
      name: "a",
    })
    await pass(dayMs)
    expect(runs).toEqual([
      "2027-03-01T00:30:00.000Z",
      "2027-03-01T01:30:00.000Z",
      "2027-03-01T02:30:00.000Z",
    ])
    expect(await tea.nextRunOf(place(), "a")).toBeUndefined()
  })

  test("continues after a failed run", async () => {
    let runs = 0
    const tea = job("tea")
    tea.handle(stage.dispatcher, () => {
      runs += 1
      throw new Error("Failed")
    })
    stage.dispatcher.catch(() => {})
    stage.dispatcher.start()
    await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await pass(3 * hourMs)
    expect(runs).toBe(3)
  })

  test("is unchanged by the same call, and replaced by another one", async () => {
    const { tea, runs } = noted()
    await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await pass(hourMs / 2)
    await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await pass(hourMs / 2)
    expect(runs).toHaveLength(1)
    await tea.runRepeating(place(), { everyMs: 2 * hourMs, name: "a" })
    await pass(4 * hourMs)
    expect(runs.slice(1)).toEqual(["2027-03-01T03:00:00.000Z", "2027-03-01T05:00:00.000Z"])
  })

  test("does not run again after it was cancelled, also by a run of its own", async () => {
    const tea = job("tea")
    let runs = 0
    tea.handle(stage.dispatcher, async (ctx) => {
      runs += 1
      if (runs === 2) await tea.cancel(ctx, "a")
    })
    stage.dispatcher.start()
    await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
    await pass(dayMs)
    expect(runs).toBe(2)
  })
})

describe("a job by the calendar", () => {
  /** Returns the runs of a job within some days. */
  async function runsIn(days: number, from: string, set: (tea: Noted["tea"]) => Promise<void>) {
    vi.setSystemTime(from)
    const { tea, runs } = noted()
    await set(tea)
    for (let day = 0; day < days; day += 1) await pass(dayMs)
    return runs
  }
  type Noted = ReturnType<typeof noted>

  test("runs daily, on some days of the week, in a time zone", async () => {
    // 1 March 2027 is a Monday.
    const runs = await runsIn(7, "2027-03-01T00:00:00Z", (tea) =>
      tea.runDaily(place(), { at: "09:00", timeZone: "Europe/Berlin", days: [1, 3], name: "a" }),
    )
    expect(runs).toEqual(["2027-03-01T08:00:00.000Z", "2027-03-03T08:00:00.000Z"])
  })

  test("runs by a cron pattern", async () => {
    const runs = await runsIn(1, "2027-03-01T00:00:00Z", (tea) =>
      tea.runCron(place(), { pattern: "0 */8 * * *", name: "a" }),
    )
    expect(runs).toEqual([
      "2027-03-01T00:00:00.000Z",
      "2027-03-01T08:00:00.000Z",
      "2027-03-01T16:00:00.000Z",
      "2027-03-02T00:00:00.000Z",
    ])
  })
})

test.each(["once", "skip", "all"] as const)(
  "a run that is due by a clock ahead of that of its handler runs once, missed: %s",
  async (missed) => {
    const runs: string[] = []
    const tea = job("tea")
    tea.handle(stage.dispatcher, (ctx) => void runs.push(ctx.job.plannedAt.toISOString()))
    await tea.runRepeating(place(), { everyMs: hourMs, name: "a", missed })
    await pass(hourMs)
    vi.setSystemTime(Date.now() - 5_000)
    stage.dispatcher.start()
    await pass(hourMs - 60_000)
    expect(runs).toEqual(["2027-03-01T01:00:00.000Z"])
  },
)

test("the next runs follow, although the own update that puts them has failed once", async () => {
  const runs: string[] = []
  let failures = 0
  const failing = stage.dispatcher.derive(() => {
    if ((failures += 1) <= 2) throw new Error("The database is away")
    return {}
  })
  const tea = job("tea")
  tea.handle(failing, (ctx) => void runs.push(ctx.job.plannedAt.toISOString()))
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  await tea.runRepeating(place(), { everyMs: hourMs, name: "daily" })
  await pass(hourMs)
  await pass(2 * 60_000)
  await pass(2 * hourMs)
  expect(runs).toEqual(["01", "02", "03"].map((hour) => `2027-03-01T${hour}:00:00.000Z`))
})

test("an unknown time zone is refused by its option, also that of daily runs", async () => {
  const text =
    'Expected the `timeZone` option to be a time zone such as Europe/Berlin, got `"Berlin"`'
  const set = { timeZone: "Berlin", name: "a" }
  await expect(job("a").runDaily(place(), { at: "09:00", ...set })).rejects.toThrow(text)
  await expect(job("a").runCron(place(), { pattern: "0 9 * * *", ...set })).rejects.toThrow(text)
})
