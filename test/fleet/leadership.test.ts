import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Leadership } from "../../src/fleet/leadership.js"
import { MemoryBotStore } from "../../src/fleet/store/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { RecordingLogger } from "../support/recording-logger.js"

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
})
afterEach(() => void vi.useRealTimers())

/** Starts to lead. */
async function startLeading() {
  const store = new MemoryBotStore()
  const reports: boolean[] = []
  const leadership = new Leadership(store, silentLogger, (isLeader) => void reports.push(isLeader))
  expect(await leadership.start()).toBe(true)
  return { store, reports, leadership }
}

test("a leader stops leading at the end of its lease while a call of the store hangs", async () => {
  const { store, reports, leadership } = await startLeading()
  const lead = store.lead.bind(store)
  let answer: (isLeader: boolean) => void = () => {}
  store.lead = () => new Promise((resolve) => (answer = resolve))
  await vi.advanceTimersByTimeAsync(4_990)
  expect(reports).toEqual([true])
  await vi.advanceTimersByTimeAsync(20)
  expect(reports).toEqual([true, false])
  expect(await lead("another machine", 5_000)).toBe(true)
  // The call began five seconds ago, so that its lease is over, too.
  await vi.advanceTimersByTimeAsync(1_000)
  answer(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(reports).toEqual([true, false, false])
  await leadership.stop()
})

test("a leader that renews its lease in time leads on, and reports nothing after its stop", async () => {
  const { reports, leadership } = await startLeading()
  await vi.advanceTimersByTimeAsync(20_500)
  expect(reports).toEqual(Array.from({ length: 21 }, () => true))
  await leadership.stop()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(reports).toHaveLength(21)
})

test("an error of the caller is logged, and the lease is renewed on", async () => {
  const store = new MemoryBotStore()
  const logger = new RecordingLogger()
  let calls = 0
  const leadership = new Leadership(store, logger, () => {
    calls += 1
    throw new Error("The wheel is off")
  })
  expect(await leadership.start()).toBe(true)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(calls).toBe(4)
  expect(logger.errors[0]).toContain("The wheel is off")
  await leadership.stop()
  expect(await store.lead("another machine", 5_000)).toBe(true)
})
