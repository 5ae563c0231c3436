import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { AgeClock, sleepUntil } from "../../src/ground/wall-clock.js"

const hourMs = 3_600_000

describe("the age of a time stamp", () => {
  /** Returns a clock that shows the true time from a million on, plus its changes. */
  function clock() {
    const state = { trueMs: 1_000_000, aheadMs: 0 }
    const wall = () => state.trueMs + state.aheadMs
    const ages = new AgeClock(wall, () => state.trueMs)
    return { state, wall, ages }
  }

  test.each([
    ["nothing is done to the clock", 0],
    ["the clock is set forward by an hour", hourMs],
    ["the clock is slewed a little", 20],
  ])("is the elapsed time where %s", (_, byMs) => {
    const { state, wall, ages } = clock()
    const stamp = wall()
    state.trueMs += 5_000
    state.aheadMs += byMs
    expect(ages.ageOf(stamp)).toBe(5_000 + (byMs < 1_000 ? byMs : 0))
    const later = wall()
    state.trueMs += 60_000
    expect(ages.ageOf(later)).toBe(60_000)
    expect(ages.ageOf(stamp)).toBe(65_000 + (byMs < 1_000 ? byMs : 0))
  })

  test("is at least 0 after the clock was set back, and right for later stamps", () => {
    const { state, wall, ages } = clock()
    const stamp = wall()
    state.trueMs += 5_000
    state.aheadMs -= hourMs
    expect(ages.ageOf(stamp)).toBe(0)
    const later = wall()
    state.trueMs += 60_000
    expect(ages.ageOf(later)).toBe(60_000)
  })

  test("is right after the clock was set forward and back, and back and forward", () => {
    for (const byMs of [hourMs, -hourMs]) {
      const { state, wall, ages } = clock()
      const stamp = wall()
      state.trueMs += 5_000
      state.aheadMs += byMs
      ages.ageOf(wall())
      const between = wall()
      state.trueMs += 5_000
      state.aheadMs -= byMs
      expect(ages.ageOf(stamp)).toBe(10_000)
      expect(ages.ageOf(between)).toBe(byMs > 0 ? 0 : 5_000)
    }
  })

  test("from another process, long ago, stays large", () => {
    const { state, wall, ages } = clock()
    const stamp = wall() - 24 * hourMs
    state.aheadMs += hourMs
    expect(ages.ageOf(stamp)).toBe(24 * hourMs)
  })
})

describe("a wait until a point in time", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test("ends when the clock shows that time, though the clock is set meanwhile", async () => {
    let isOver = false
    const end = new AbortController()
    void sleepUntil(new Date(Date.now() + 3 * hourMs), end.signal).then(() => (isOver = true))
    await vi.advanceTimersByTimeAsync(hourMs)
    expect(isOver).toBe(false)
    vi.setSystemTime(Date.now() + 2 * hourMs)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(isOver).toBe(true)
  })

  test("lasts as long as necessary when the clock is set back", async () => {
    let isOver = false
    const end = new AbortController()
    void sleepUntil(new Date(Date.now() + hourMs), end.signal).then(() => (isOver = true))
    vi.setSystemTime(Date.now() - hourMs)
    await vi.advanceTimersByTimeAsync(hourMs + 600_000)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(hourMs)
    expect(isOver).toBe(true)
  })
})

/** The uses of the wall clock, each with its count and its reason. */
const readers: Readonly<Record<string, readonly [count: number, reason: string]>> = {
  "src/acme/challenge-certificate.ts": [2, "the dates of a certificate, a day to either side"],
  "src/acme/folder-lock.ts": [1, "the time of a file of another machine"],
  "src/certificate/certificate-problems.ts": [2, "the dates of a certificate"],
  "src/certificate/certificate-report.ts": [1, "the dates of a certificate"],
  "src/certificate/create-certificate.ts": [1, "the dates of a certificate"],
  "src/certificate/inspect-certificate.ts": [1, "the dates of a certificate"],
  "src/registration/watch/expiry-warnings.ts": [1, "the dates of a certificate"],
  "src/doctor/examine.ts": [1, "compared with the clock of Telegram"],
  "src/doctor/webhook-report.ts": [1, "the age of what Telegram has dated"],
  "src/node-server/strict/strict-answers.ts": [1, "the header `Date`"],
  "src/metrics/queue-gauges.ts": [1, "the age of what was stored, 0 at least"],
  "src/metrics/watch-updates.ts": [1, "the age of what Telegram has dated, 0 at least"],
  "src/queue/memory/lane.ts": [1, "the stamp of an update, as stored queues have it"],
  "src/queue/memory/memory-state.ts": [
    2,
    "times that a program has given, as stored queues have them",
  ],
  "src/queue/memory/memory-timers.ts": [
    3,
    "times that a program has given, as stored queues have them",
  ],
  "src/broadcast/broadcast.ts": [1, "a time that is shown"],
  "src/broadcast/broadcast-run.ts": [1, "compared with a stored time-out"],
  "src/broadcast/recipient-call.ts": [2, "the time of a stored time-out"],
  "src/broadcast/slice.ts": [3, "compared with a stored time-out"],
  "src/broadcast/stored-broadcast.ts": [1, "the end of a stored lifetime"],
  "src/jobs/job.ts": [5, "times of day, which a program plans by the wall clock"],
  "src/jobs/run.ts": [1, "the time of a run, which a program plans by the wall clock"],
  "src/fleet/store/memory-bot-store.ts": [1, "the time of a change, which people read"],
  "src/fleet/store/sqlite-bot-table.ts": [
    2,
    "the time of a change, which people read, and the lease of the leader, which processes share",
  ],
  "src/gathering/open-gathering.ts": [3, "the time of a stored end"],
  "src/conversation/record-at.ts": [1, "the time of a stored time-out"],
  "src/conversation/script/open-script.ts": [2, "the time of a stored time-out"],
  "src/conversation/script/scripted-talk.ts": [1, "the time of day, for a script that asks for it"],
  "src/conversation/open-dialog.ts": [1, "the time of a stored time-out"],
  "src/session/fenced-record.ts": [1, "the end of a stored lifetime"],
  "src/session/fenced-values.ts": [1, "the end of a stored lifetime"],
  "src/session/loaded-session.ts": [1, "the end of a stored lifetime"],
  "src/session/session-at.ts": [1, "the end of a stored lifetime"],
  "src/web-app/signed-fields.ts": [1, "the age of data that Telegram has dated"],
  "src/deep-link/start-parameter.ts": [2, "the end of a stored lifetime"],
  "src/keyboard/callback-data.ts": [1, "the end of a stored lifetime"],
  "src/keyboard/pack-data.ts": [1, "the end of a stored lifetime"],
  "src/admin/bot-activity.ts": [2, "shown to people"],
  "src/testing/record-behaviours.ts": [1, "the due time of a timer"],
  "src/testing/own-update-behaviours.ts": [5, "times that a program gives"],
  "src/testing/state-behaviours.ts": [1, "times that a program gives"],
  "src/queue/postgres/lane-worker.ts": [1, "compared with the clock of the database"],
  "src/queue/sqlite/due-timers.ts": [2, "times that a program has given"],
  "src/queue/sqlite/known-lanes.ts": [1, "what an earlier process has stored"],
  "src/queue/sqlite/sqlite-delivery.ts": [1, "stored for a later process"],
  "src/queue/sqlite/sqlite-queue-file.ts": [1, "what another process has stored"],
  "src/queue/sqlite/sqlite-queue.ts": [2, "what an earlier process has stored"],
  "src/queue/sqlite/sqlite-state.ts": [
    1,
    "times that a program has given, as stored queues have them",
  ],
  "src/queue/sqlite/turn-writer.ts": [1, "stored for a later process"],
  "src/dispatch/handlers/undo.ts": [1, "the time of a stored timer"],
  "src/dispatch/context/later.ts": [1, "the end of a stored lifetime"],
  "src/dispatch/outbox/known-attempts.ts": [1, "the end of a stored lifetime"],
  "src/stream/answer-notes.ts": [1, "the end of a stored lifetime"],
  "src/dispatch/context/handling.ts": [1, "the stamp of an update, as queues have it"],
  "src/ground/wall-clock.ts": [2, "the one place that makes ages and waits of it"],
  "src/testing/order-behaviours.ts": [2, "the stamp of an update, as queues have it"],
}

/** Returns the number of uses of the wall clock in a source. */
function readsOf(text: string): number {
  const code = text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "")
  return code.match(/\bDate\.now\b|\bnew Date\(\)|(?<!new )\bDate\(\)/g)?.length ?? 0
}

test("durations are measured with a monotonic clock", () => {
  const found = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", name))
    .map((file) => [file, readsOf(readFileSync(file, "utf8"))] as const)
    .filter(([, count]) => count > 0)
  const allowed = Object.entries(readers).map(([file, [count]]) => [file, count] as const)
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(allowed))
})

test("a new place that reads the wall clock is found", () => {
  expect(readsOf("const end = Date.now() + waitMs // Date.now")).toBe(1)
  expect(readsOf("const now = new Date()\nreturn new Date(now)")).toBe(1)
  expect(readsOf("const clock = Date.now")).toBe(1)
  expect(readsOf("/** `Date.now()` */ return performance.now()")).toBe(0)
})
