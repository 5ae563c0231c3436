import { expect, test } from "vitest"
import { job, type JobPlace } from "../../src/jobs/index.js"
import { filters } from "../../src/dispatch/index.js"
import { ownContent } from "../../src/telegram/own-update.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { pass, stopClockEach } from "../support/stopped-clock.js"
import { namedBot } from "../support/updates.js"

const stage = dispatchedEach()
const minuteMs = 60_000
const hourMs = 60 * minuteMs

stopClockEach()

function place(): JobPlace {
  return { queue: stage.queue, botId: namedBot().id, chatId: 1 }
}

/**
 * Registers a repeated job with the next run at 01:00 and a middleware that fails on own updates while `isBroken`,
 * as that of a database which is away.
 */
async function broken(missed: "once" | "all" = "once") {
  const state = { isBroken: true, runs: [] as string[], errors: 0 }
  stage.dispatcher.use(async (ctx, next) => {
    if (state.isBroken && ownContent(ctx.update)) throw new Error("The database is away")
    await next()
  })
  stage.dispatcher.catch(() => void (state.errors += 1))
  const tea = job("tea")
  tea.handle(stage.dispatcher, ({ job: { plannedAt } }) => {
    state.runs.push(plannedAt.toISOString().slice(11, 16))
  })
  stage.dispatcher.start()
  await tea.runRepeating(place(), { everyMs: hourMs, name: "a", missed })
  return { tea, state }
}

test.each([
  ["once", ["01:00", "03:00"]],
  ["all", ["01:00", "02:00", "03:00"]],
] as const)(
  "the runs of a job go on by themselves after an hour of failures, missed: %s",
  async (missed, runs) => {
    const { state } = await broken(missed)
    await pass(hourMs)
    for (let minute = 0; minute < 65; minute += 1) await pass(minuteMs)
    expect(state.runs).toEqual([])
    // Five attempts, a minute's pause, five attempts and so on.
    expect(state.errors).toBeGreaterThan(100)
    state.isBroken = false
    await pass(2 * minuteMs)
    await pass(hourMs - 2 * minuteMs)
    expect(state.runs).toEqual(runs)
    expect(stage.queue.setAsideUpdates).toEqual([])
  },
)

test("between the attempts of a tick, the other updates of its chat are handled", async () => {
  const { state } = await broken()
  const seen: string[] = []
  stage.dispatcher.on(filters.text, (ctx) => void seen.push(ctx.message.text))
  await pass(hourMs)
  for (let second = 0; second < 40; second += 1) await pass(1_000)
  const { errors } = state
  expect(errors).toBe(5)
  await stage.put(textIn(1, "hello"))
  expect(seen).toEqual(["hello"])
  expect(state.errors).toBe(errors)
})

test("a job that is cancelled while its tick fails has no more runs", async () => {
  const { tea, state } = await broken()
  await pass(hourMs)
  await pass(minuteMs / 2)
  await tea.cancel(place(), "a")
  state.isBroken = false
  await pass(3 * hourMs)
  expect(state.runs).toEqual([])
})

test("runs that are set again while their tick fails happen once each", async () => {
  const { tea, state } = await broken()
  await pass(hourMs)
  await pass(minuteMs / 2)
  await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
  state.isBroken = false
  await pass(2.5 * hourMs)
  expect(state.runs).toEqual(["01:00", "02:00", "03:00"])
})

test("the runs go on after the process has crashed at each attempt of a tick", async () => {
  const { state } = await broken()
  state.isBroken = false
  await stage.dispatcher.stop()
  await pass(hourMs)
  const never = new AbortController().signal
  for (let crash = 0; crash < 5; crash += 1) await (await stage.queue.take(never)).retry()
  const next = stage.dispatcherWith({})
  next.catch(() => void (state.errors += 1))
  job("tea").handle(next, () => void state.runs.push("a run"))
  next.start()
  await pass(minuteMs / 2)
  expect(state).toMatchObject({ errors: 1, runs: [] })
  await pass(minuteMs)
  expect(state.runs).toEqual(["a run"])
  await pass(hourMs)
  expect(state.runs).toHaveLength(2)
  await next.stop()
})

test("the runs go on after an interrupt of a tick", async () => {
  const runs: unknown[] = []
  stage.dispatcher.command("cancel", () => {}, { interrupts: true })
  let isSlow = true
  stage.dispatcher.use(async (ctx, next) => {
    if (isSlow && ownContent(ctx.update)) {
      isSlow = false
      await new Promise((_, reject) => {
        ctx.signal.addEventListener("abort", () => reject(new Error("Aborted")))
      })
    }
    await next()
  })
  const tea = job("tea")
  tea.handle(stage.dispatcher, () => void runs.push("a run"))
  stage.dispatcher.start()
  await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
  await pass(hourMs)
  await stage.put(textIn(1, "/cancel"))
  expect(runs).toEqual([])
  await pass(2 * minuteMs)
  expect(runs).toHaveLength(1)
  await pass(hourMs)
  expect(runs).toHaveLength(2)
})

test("a tick whose attempts have failed is logged with what comes next", async () => {
  stage.dispatcher.use(() => {
    throw new Error("The database is away")
  })
  const tea = job("tea")
  tea.handle(stage.dispatcher, () => {})
  stage.dispatcher.start()
  await tea.runRepeating(place(), { everyMs: hourMs, name: "a" })
  await pass(hourMs)
  for (let second = 0; second < 40; second += 1) await pass(1_000)
  const last = stage.logger.at("error").at(-1)
  expect(last).toContain(
    "The update is put again in 60000 ms, so that its job or broadcast continues",
  )
})
