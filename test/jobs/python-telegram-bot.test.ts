import { vi } from "vitest"
import { filters } from "../../src/dispatch/index.js"
import { job, type Job, type JobPlace } from "../../src/jobs/index.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { type Behaviour, describeBehaviours } from "../support/python-telegram-bot.js"
import { pass, stopClockEach } from "../support/stopped-clock.js"
import { namedBot } from "../support/updates.js"

const stage = dispatchedEach()
const hourMs = 3_600_000

stopClockEach()

function place(): JobPlace {
  return { queue: stage.queue, botId: namedBot().id, chatId: 1 }
}

/** Advances the clock hour by hour, and lets the due handlers run. */
async function passHours(hours: number): Promise<void> {
  await pass(hours * hourMs, hourMs)
}

/** Starts a job whose runs are noted. */
function noted(then: (tea: Job<string | undefined>) => unknown = () => {}) {
  const seen: string[] = []
  const tea = job<string | undefined>("tea")
  tea.handle(stage.dispatcher, async (ctx) => {
    seen.push(ctx.data ?? "run")
    await then(tea)
  })
  stage.dispatcher.catch(() => void seen.push("error"))
  stage.dispatcher.start()
  return { tea, seen }
}

/** Resolves with the next times of the runs that a function sets. */
async function timesOf(
  set: (tea: Job<undefined>, at: JobPlace) => Promise<void>,
  from: string,
  count = 2,
): Promise<string[]> {
  vi.setSystemTime(`${from}Z`)
  const tea = job("tea")
  tea.handle(stage.dispatcher, () => {})
  stage.dispatcher.start()
  await set(tea, place())
  const times: string[] = []
  while (times.length < count) {
    const next = await tea.nextRunOf(place(), "a")
    if (!next) break
    times.push(next.toISOString().slice(5, 16).replace("T", " "))
    vi.setSystemTime(next)
    await vi.advanceTimersByTimeAsync(60_000)
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
  }
  return times
}

const daily = (at: string, timeZone: string | undefined, from: string) => () =>
  timesOf(
    (tea, where) => tea.runDaily(where, { at, ...(timeZone && { timeZone }), name: "a" }),
    from,
  )

async function left(tea: Job<string | undefined>): Promise<string> {
  return `${(await tea.nextRunOf(place(), "a")) ? 1 : 0} left`
}

const behaviours: readonly Behaviour[] = [
  {
    name: "the first run of an interval is after the interval",
    async run() {
      const { tea } = noted()
      await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
      const next = await tea.nextRunOf(place(), "a")
      return [`in ${((next?.getTime() ?? 0) - Date.now()) / hourMs} h`]
    },
    seen: ["in 1 h"],
  },
  {
    name: "the data reach the run",
    async run() {
      const { tea, seen } = noted()
      await tea.runOnce(place(), { inMs: hourMs, data: "tea" })
      await passHours(1)
      return seen
    },
    seen: ["tea"],
  },
  {
    name: "a run that raises reaches the error handlers, and later runs take place",
    async run() {
      const { tea, seen } = noted(() => {
        throw new Error("Failed")
      })
      await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
      await passHours(2)
      return seen
    },
    seen: ["run", "error", "run", "error"],
  },
  {
    name: "a run can end its own job",
    async run() {
      const { tea, seen } = noted((own) => own.cancel(place(), "a"))
      await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
      await passHours(3)
      return [...seen, await left(tea)]
    },
    seen: ["run", "0 left"],
  },
  {
    name: "a removed job does not run",
    async run() {
      const { tea, seen } = noted()
      await tea.runOnce(place(), { inMs: hourMs, name: "a" })
      await tea.cancel(place(), "a")
      await passHours(2)
      return [...seen, await left(tea)]
    },
    seen: ["0 left"],
  },
  {
    name: "two jobs have the same name",
    async run() {
      const { tea, seen } = noted()
      for (let time = 0; time < 2; time += 1) {
        await tea.runOnce(place(), { inMs: hourMs, name: "a" })
      }
      await passHours(2)
      return seen
    },
    seen: ["run"],
    differs: {
      there: ["run", "run"],
      because:
        "a job outlives its process, and the next process sets it again: the name replaces it",
    },
  },
  {
    name: "a job of a handler that raises afterwards is set",
    async run() {
      const { tea, seen } = noted()
      stage.dispatcher.on(filters.text, async (ctx) => {
        seen.push("handler")
        await tea.runOnce(ctx, { inMs: hourMs, name: "a" })
        throw new Error("Failed")
      })
      await stage.put(textIn(1))
      return [...seen.filter((what) => what !== "error"), await left(tea)]
    },
    seen: ["handler", "0 left"],
    differs: {
      there: ["handler", "1 left"],
      because:
        "the retry of the update would set it twice: it is stored with the end of the update",
    },
  },
  {
    name: "a job is gone after a restart",
    async run() {
      const { tea } = noted()
      await tea.runOnce(place(), { inMs: hourMs, name: "a" })
      await stage.dispatcher.stop()
      const next = stage.dispatcherWith({})
      next.start()
      const found = await left(job<string | undefined>("tea"))
      await next.stop()
      return [found]
    },
    seen: ["1 left"],
    differs: {
      there: ["0 left"],
      because: "reminders would be lost at each deployment: the queue stores them",
    },
  },
  {
    name: "a daily time without a zone is in UTC",
    run: daily("09:00", undefined, "2027-03-01T00:00"),
    seen: ["03-01 09:00", "03-02 09:00"],
  },
  {
    name: "a daily time keeps its local time in summer",
    run: daily("09:00", "Europe/Berlin", "2027-03-27T12:00"),
    seen: ["03-28 07:00", "03-29 07:00"],
  },
  {
    name: "day 0 of the week",
    run: () =>
      timesOf(
        (tea, where) => tea.runDaily(where, { at: "09:00", days: [0], name: "a" }),
        "2027-03-01T00:00",
        1,
      ),
    // A Sunday.
    seen: ["03-07 09:00"],
    differs: {
      there: ["03-01 09:00"],
      because:
        "0 is Sunday in JavaScript, in cron and from python-telegram-bot 20 on; in 13 it is Monday",
    },
  },
  {
    name: "a daily time that is skipped",
    run: daily("02:30", "Europe/Berlin", "2027-03-27T12:00"),
    seen: ["03-28 01:00", "03-29 00:30"],
    differs: {
      there: ["03-28 01:30", "03-29 00:30"],
      because: "03:00, right after the gap, is nearer to the time than 03:30",
    },
  },
  {
    name: "a daily time that is repeated",
    run: daily("02:30", "Europe/Berlin", "2027-10-30T12:00"),
    seen: ["10-31 00:30", "11-01 01:30"],
    differs: {
      there: ["10-31 01:30", "11-01 01:30"],
      because: "the first of the two times is the one that a person waits for",
    },
  },
  {
    name: "a month without the day has no run",
    run: () =>
      timesOf(
        (tea, where) => tea.runMonthly(where, { day: 31, at: "12:00", name: "a" }),
        "2027-04-01T00:00",
      ),
    seen: ["05-31 12:00", "07-31 12:00"],
  },
  {
    name: "the last day of each month",
    run: () =>
      timesOf(
        (tea, where) => tea.runMonthly(where, { day: "last", at: "12:00", name: "a" }),
        "2027-02-01T00:00",
      ),
    seen: ["02-28 12:00", "03-31 12:00"],
  },
]

describeBehaviours("jobs", behaviours)
