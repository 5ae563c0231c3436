import { describe, expect, test } from "vitest"
import { z } from "zod"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { job, type JobAt } from "../../src/jobs/index.js"
import { targetOf } from "../../src/dispatch/context/message-target.js"
import { Forbidden } from "../../src/telegram/errors.js"
import { pass, settle } from "../support/stopped-clock.js"
import { namedBot, textUpdate, token } from "../support/updates.js"
import { textIn } from "../support/dispatched.js"
import { teaJobEach } from "./tea-job.js"

const { stage, place, noted } = teaJobEach()
const botId = namedBot().id
const hourMs = 3_600_000
const dayMs = 24 * hourMs

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
