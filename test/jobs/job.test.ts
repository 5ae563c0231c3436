import { describe, expect, test, vi } from "vitest"
import { z } from "zod"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { job, type JobAt, type JobPlace } from "../../src/jobs/index.js"
import { targetOf } from "../../src/dispatch/context/message-target.js"
import { Forbidden } from "../../src/telegram/errors.js"
import { pass, settle, stopClockEach } from "../support/stopped-clock.js"
import { namedBot, textUpdate, token } from "../support/updates.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"

const stage = dispatchedEach()
const botId = namedBot().id
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Returns the place of a chat, for programs outside of handlers. */
function place(chatId = 1): JobPlace {
  return { queue: stage.queue, botId, chatId }
}

stopClockEach()

/** Registers a job whose runs record their planned times. */
function noted() {
  const runs: string[] = []
  const tea = job<{ kind: string } | undefined>("tea")
  tea.handle(stage.dispatcher, (ctx) => void runs.push(ctx.job.plannedAt.toISOString()))
  stage.dispatcher.start()
  return { tea, runs }
}

describe("once", () => {
  test("a job that a handler sets runs at its time, with its data, in its chat", async () => {
    const seen: unknown[] = []
    const remind = job<{ text: string }>("remind")
    remind.handle(stage.dispatcher, (ctx) => {
      seen.push([ctx.data.text, ctx.chat?.id, ctx.from?.id, ctx.job.name])
    })
    stage.dispatcher.on(filters.text, (ctx) =>
      remind.runOnce(ctx, { inMs: hourMs, data: { text: ctx.message.text } }),
    )
    stage.dispatcher.start()
    await stage.put(textIn(7, "tea"))
    await pass(hourMs - 1)
    expect(seen).toEqual([])
    await pass(1)
    expect(seen).toEqual([["tea", 7, 7, undefined]])
    await pass(dayMs)
    expect(seen).toHaveLength(1)
  })

  test("a job is also set by a handler that does not await it, and a wrong option is an error of the handler", async () => {
    const seen: string[] = []
    const schema = z.object({ text: z.string() })
    const remind = job("remind", { data: schema })
    remind.handle(stage.dispatcher, (ctx) => void seen.push(ctx.data.text))
    stage.dispatcher.on(filters.text, (ctx) => {
      const { text } = ctx.message
      if (text === "wrong") void remind.runDaily(ctx, { at: "25:00", name: text, data: { text } })
      else void remind.runOnce(ctx, { inMs: hourMs, data: { text } })
    })
    const errors: unknown[] = []
    stage.dispatcher.catch((error) => void errors.push(error))
    stage.dispatcher.start()
    await stage.put(textIn(7, "tea"))
    await stage.put(textIn(7, "wrong"))
    await pass(dayMs)
    expect(seen).toEqual(["tea"])
    expect(errors).toEqual([expect.objectContaining({ cause: expect.any(TypeError) })])
  })

  test("a run answers in the topic in which it was set", async () => {
    const threads: unknown[] = []
    const tea = job("tea")
    tea.handle(stage.dispatcher, ({ update }) => void threads.push(targetOf(update)))
    stage.dispatcher.on(filters.text, (ctx) => tea.runOnce(ctx, { inMs: hourMs }))
    stage.dispatcher.start()
    const chat = { id: -5, type: "supergroup" as const, title: "G" }
    const fields = { chat, is_topic_message: true, message_thread_id: 5 }
    await stage.put(textUpdate("tea", fields))
    await tea.runOnce({ ...place(-5), threadId: 6 }, { inMs: 2 * hourMs })
    await pass(2 * hourMs)
    expect(threads).toEqual([{ message_thread_id: 5 }, { message_thread_id: 6 }])
  })

  test("a job set by a handler that then throws is not stored", async () => {
    const { tea, runs } = noted()
    stage.dispatcher.on(filters.text, async (ctx) => {
      await tea.runOnce(ctx, { inMs: 1_000 })
      throw new Error("Failed")
    })
    stage.dispatcher.catch(() => {})
    await stage.put(textIn(1))
    await pass(dayMs)
    expect(runs).toEqual([])
  })

  test("a delay beyond the longest timer of the runtime is obeyed", async () => {
    const { tea, runs } = noted()
    await tea.runOnce(place(), { inMs: 60 * dayMs })
    await pass(60 * dayMs - 1)
    expect(runs).toEqual([])
    await pass(1)
    expect(runs).toEqual(["2027-04-30T00:00:00.000Z"])
  })

  test("a name replaces an earlier run of that name, and a cancelled run does not happen", async () => {
    const { tea, runs } = noted()
    await tea.runOnce(place(), { inMs: hourMs, name: "a" })
    await tea.runOnce(place(), { inMs: 2 * hourMs, name: "a" })
    await tea.runOnce(place(), { inMs: hourMs, name: "b" })
    expect(await tea.nextRunOf(place(), "a")).toEqual(new Date("2027-03-01T02:00:00Z"))
    expect(await tea.cancel(place(), "b")).toBe(true)
    expect(await tea.cancel(place(), "b")).toBe(false)
    await pass(dayMs)
    expect(runs).toEqual(["2027-03-01T02:00:00.000Z"])
    expect(await tea.nextRunOf(place(), "a")).toBeUndefined()
  })

  test("a run that is cancelled while it waits in its lane does not happen", async () => {
    const { tea, runs } = noted()
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    stage.dispatcher.on(filters.text, () => gate)
    const put = stage.put(textIn(1))
    await settle()
    await tea.runOnce(place(), { inMs: 10, name: "a" })
    await pass(20)
    await tea.cancel(place(), "a")
    release()
    await put
    await settle()
    expect(runs).toEqual([])
  })

  test("a run can set the next run of its own name", async () => {
    const tea = job("tea")
    let runs = 0
    tea.handle(stage.dispatcher, async (ctx) => {
      runs += 1
      if (runs < 3) await tea.runOnce(ctx, { inMs: hourMs, name: "a" })
    })
    stage.dispatcher.start()
    await tea.runOnce(place(), { inMs: hourMs, name: "a" })
    await pass(dayMs)
    expect(runs).toBe(3)
    expect(await tea.nextRunOf(place(), "a")).toBeUndefined()
  })

  test.each([
    ["a", "b c", "a b", "c"],
    ['a"', "b", "a", '" b'],
  ])("the names of two jobs never meet: %s %s and %s %s", async (job1, name1, job2, name2) => {
    const seen: unknown[] = []
    for (const [title, name] of [
      [job1, name1],
      [job2, name2],
    ] as const) {
      const tea = job(title)
      tea.handle(stage.dispatcher, (ctx) => void seen.push([title, ctx.job.name]))
      await tea.runOnce(place(), { inMs: hourMs, name })
    }
    stage.dispatcher.start()
    await pass(hourMs)
    expect(seen).toEqual([
      [job1, name1],
      [job2, name2],
    ])
  })

  test("a name never meets the id of an event", async () => {
    const { tea, runs } = noted()
    await tea.runOnce(place(), { inMs: hourMs, name: "id 7" })
    expect(await tea.runOnceFor(place(), "7", {})).toBe(true)
    await pass(hourMs)
    expect(runs).toHaveLength(2)
  })

  test("a date in the past runs at once", async () => {
    const { tea, runs } = noted()
    await tea.runOnce(place(), { at: new Date("2020-01-01T00:00:00Z") })
    await settle()
    expect(runs).toEqual(["2020-01-01T00:00:00.000Z"])
  })
})

describe("an event", () => {
  test("is handled once per id, however often it is reported", async () => {
    const { tea, runs } = noted()
    const reports = Array.from({ length: 10 }, () => tea.runOnceFor(place(), "order 7", {}))
    expect((await Promise.all(reports)).filter(Boolean)).toHaveLength(1)
    expect(await tea.runOnceFor(place(), "order 8", {})).toBe(true)
    await settle()
    expect(runs).toHaveLength(2)
  })
})

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

describe("data", () => {
  const Order = z.object({ id: z.number().int(), note: z.string().default("none") })

  test("are validated by a schema, and reach the handler as the schema returns them", async () => {
    const seen: unknown[] = []
    const paid = job<z.infer<typeof Order>>("paid", { data: Order })
    paid.handle(stage.dispatcher, (ctx) => void seen.push(ctx.data))
    stage.dispatcher.start()
    await paid.runOnce(place(), { inMs: 0, data: { id: 7 } as never })
    await settle()
    expect(seen).toEqual([{ id: 7, note: "none" }])
    await expect(paid.runOnce(place(), { inMs: 0, data: { id: "x" } as never })).rejects.toThrow(
      "data.id",
    )
  })

  test("that do not match a later version of the program are set aside", async () => {
    await job<{ id: string }>("paid").runOnce(place(), { inMs: 0, data: { id: "x" } })
    job("paid", { data: Order }).handle(stage.dispatcher, () => {})
    stage.dispatcher.catch(() => {})
    stage.dispatcher.start()
    await settle()
    expect(stage.queue.setAsideUpdates).toMatchObject([{ error: { code: "unhandleable" } }])
  })

  test("that JSON cannot represent are refused with their path", async () => {
    const odd = job<{ at: unknown }>("odd")
    const text = /^Expected data\.at to be JSON/
    const set = (at: JobAt) => odd.runOnce(at, { inMs: 0, data: { at: new Date() } })
    await expect(set(place())).rejects.toThrow(text)
    const refused: unknown[] = []
    stage.dispatcher.message(async (ctx) => refused.push(await set(ctx).catch(String)))
    stage.dispatcher.start()
    await stage.put(textIn(1))
    await settle()
    expect(refused).toEqual([expect.stringMatching(/^TypeError: Expected data\.at to be JSON/)])
  })
})

test("a run of an unknown job is set aside", async () => {
  await job("gone").runOnce(place(), { inMs: 0 })
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  await settle()
  expect(stage.queue.setAsideUpdates).toMatchObject([{ error: { code: "unhandleable" } }])
})

test("the names of the runs of two bots are apart", async () => {
  const other = new Bot("111:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", { onCall: async () => true })
  const bots = [namedBot(), other]
  const dispatcher = stage.dispatcherWith({ bot: (id) => bots.find((bot) => bot.id === id) })
  const seen: number[] = []
  const tea = job("tea")
  tea.handle(dispatcher, (ctx) => void seen.push(ctx.bot.id))
  dispatcher.start()
  await tea.runOnce(place(), { inMs: hourMs, name: "a" })
  await tea.runOnce({ ...place(), botId: other.id }, { inMs: hourMs, name: "a" })
  await tea.runOnce({ ...place(), botId: other.id }, { inMs: 2 * hourMs, name: "b" })
  await tea.cancel(place(), "b")
  await pass(3 * hourMs)
  expect(seen.toSorted((one, two) => one - two)).toEqual([botId, other.id, other.id])
  await dispatcher.stop()
})

test("a run in a chat that has blocked the bot reports the error, and its handler can end the job", async () => {
  const errors: unknown[] = []
  const blocked = new Bot(token, {
    onCall: async ({ method }) => {
      const description = "Forbidden: bot was blocked by the user"
      throw new Forbidden({ method, errorCode: 403, description })
    },
  })
  const dispatcher = stage.dispatcherWith({ bot: blocked })
  const tea = job("tea")
  tea.handle(dispatcher, async (ctx) => {
    await ctx.reply("Tea!").catch(async (error: unknown) => {
      errors.push(error)
      if (error instanceof Forbidden) await tea.cancel(ctx, "a")
      else throw error
    })
  })
  dispatcher.start()
  await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
  await pass(3 * hourMs)
  expect(errors).toEqual([expect.any(Forbidden)])
  expect(await tea.nextRunOf(place(), "a")).toBeUndefined()
  await dispatcher.stop()
})

test("a job with an empty name is refused", () => {
  expect(() => job("")).toThrow(TypeError)
})

test("an unknown time zone is refused by its option, also that of daily runs", async () => {
  const text =
    'Expected the `timeZone` option to be a time zone such as Europe/Berlin, got `"Berlin"`'
  const set = { timeZone: "Berlin", name: "a" }
  await expect(job("a").runDaily(place(), { at: "09:00", ...set })).rejects.toThrow(text)
  await expect(job("a").runCron(place(), { pattern: "0 9 * * *", ...set })).rejects.toThrow(text)
})

test.each([
  ["a delay below 0", () => job("a").runOnce(place(), { inMs: -1 })],
  ["an invalid date", () => job("a").runOnce(place(), { at: new Date(Number.NaN) })],
  [
    "both a date and a delay",
    () => job("a").runOnce(place(), { at: new Date(), inMs: 1 } as never),
  ],
  ["a distance of 0", () => job("a").runRepeating(place(), { everyMs: 0, name: "a" })],
  ["an odd time of day", () => job("a").runDaily(place(), { at: "9", name: "a" })],
  [
    "an unknown time zone",
    () => job("a").runDaily(place(), { at: "09:00", timeZone: "X/Y", name: "a" }),
  ],
  ["no day", () => job("a").runDaily(place(), { at: "09:00", days: [], name: "a" })],
  ["an odd pattern", () => job("a").runCron(place(), { pattern: "every day", name: "a" })],
  [
    "a date that never comes",
    () => job("a").runCron(place(), { pattern: "0 0 30 2 *", name: "a" }),
  ],
  [
    "an odd rule",
    () => job("a").runCron(place(), { pattern: "0 0 * * *", missed: "no" as never, name: "a" }),
  ],
  ["an empty name", () => job("a").runOnce(place(), { inMs: 0, name: "" })],
  ["a name that is a number", () => job("a").runOnce(place(), { inMs: 0, name: 0 as never })],
  ["a number in place of a date", () => job("a").runOnce(place(), { at: 0 as never })],
  [
    "a number in place of a first date",
    () => job("a").runRepeating(place(), { everyMs: hourMs, first: 0 as never, name: "a" }),
  ],
  [
    "a number in place of a last date",
    () => job("a").runRepeating(place(), { everyMs: hourMs, last: 0 as never, name: "a" }),
  ],
  ["a chat that is no number", () => job("a").runOnce(place(Number.NaN), { inMs: 0 })],
  ["a cancelled run with an empty name", () => job("a").cancel(place(), "")],
  ["an event without options", () => job("a").runOnceFor(place(), "7", undefined as never)],
  ["no place", () => job("a").runOnce(undefined as never, { inMs: 0 })],
  ["a queue without state", () => job("a").runOnce({ queue: {} as never, botId }, { inMs: 0 })],
])("%s is refused by a rejection", async (_, set) => {
  await expect(set()).rejects.toThrow(TypeError)
  await expect(set()).rejects.toThrow(/^Expected /)
})

test("a single run without a time is refused, with the names of the options", async () => {
  const text = "Expected exactly one of the options `at` and `inMs`, got none."
  await expect(job("a").runOnce(place(), {} as never)).rejects.toThrow(text)
})

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

test("a job that is handled twice is reported once", async () => {
  const dispatcher = stage.dispatcherWith({ advice: true })
  const tea = job("tea")
  tea.handle(dispatcher, (ctx) => void ctx.job)
  tea.handle(dispatcher, (ctx) => void ctx.job)
  dispatcher.start()
  await dispatcher.stop()
  expect(stage.logger.at("warn")).toHaveLength(1)
})

test.each([
  { rule: "topic", lane: "-100:5" },
  { rule: "chat", lane: "-100" },
  { rule: "user", lane: "-100" },
] as const)(
  "a run that is set outside of handlers has the lane of the rule $rule",
  async (given) => {
    const queue = new MemoryQueue({ lane: given.rule })
    await job("tea").runOnce({ queue, botId, chatId: -100, threadId: 5 }, { inMs: 0 })
    expect((await queue.take(new AbortController().signal)).lane).toBe(given.lane)
  },
)
