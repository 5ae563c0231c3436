import { beforeAll, describe, expect, test } from "vitest"
import { Checker } from "../../bench/endurance/checker.js"
import { runKills } from "../../bench/endurance/kills.js"
import { runSoak } from "../../bench/endurance/soak.js"
import { SentUpdates } from "../../bench/endurance/sent-updates.js"
import { startPollingEnd } from "../../bench/endurance/telegram.js"
import { monotonicMs } from "../../bench/delivery/clock.js"
import type { Entry } from "../../bench/delivery/judge.js"
import { built } from "../support/built.js"

beforeAll(built)

/** Returns four acknowledged updates of one chat, and the time of the acknowledgement. */
function acknowledged(): { updates: SentUpdates; at: number } {
  const updates = new SentUpdates(4, 1)
  updates.release(4)
  for (const id of [1, 2, 3, 4]) updates.acknowledge(id)
  return { updates, at: monotonicMs() }
}

/** Returns the entries of `"1+ 1- 2+"`: begun and ended updates, a millisecond each. */
function journal(text: string, from: number): Entry[] {
  return text.split(" ").map((word, index) => ({
    what: word.endsWith("+") ? "begin" : "end",
    update: Number.parseInt(word),
    at: from + index,
  }))
}

describe("the checker of the endurance bench", () => {
  test.each([
    ["has nothing against a run in which all went well", ["1+ 1- 2+ 2- 3+ 3- 4+ 4-"], {}],
    ["finds what was acknowledged and never ended", ["1+ 1- 2+ 2- 3+ 3- 4+"], { lost: 1 }],
    ["finds what was begun too late", ["1+ 1- 3+ 3- 2+ 2- 4+ 4-"], { outOfOrder: 1 }],
    ["lets a killed process begin again what it held", ["1+ 1- 2+", "2+ 2- 3+ 3- 4+ 4-"], {}],
    ["counts what ended twice", ["1+ 1-", "1+ 1- 2+ 2- 3+ 3- 4+ 4-"], { again: 1 }],
  ])("%s", (_name, lives, wrong) => {
    const { updates, at } = acknowledged()
    const checker = new Checker(updates)
    for (const [index, text] of lives.entries()) {
      const entries = journal(text, at + 100 * index)
      checker.add({ entries, readyAt: at + 100 * index, workedUntil: entries.at(-1)?.at ?? at })
    }
    expect(checker.verdict).toMatchObject({ lost: 0, outOfOrder: 0, again: 0, ...wrong })
    expect(checker.verdict.longestStandstillMs).toBeLessThan(1_500)
  })

  test("finds a period without events although updates waited", () => {
    const { updates, at } = acknowledged()
    const checker = new Checker(updates)
    const entries = [...journal("1+ 1-", at), ...journal("2+ 2- 3+ 3- 4+ 4-", at + 2_000)]
    checker.add({ entries, readyAt: at, workedUntil: at + 60_000 })
    expect(checker.verdict.longestStandstillMs).toBe(1_999)
  })

  test("finds that updates have stopped coming", () => {
    const { updates, at } = acknowledged()
    const checker = new Checker(updates)
    checker.add({ entries: journal("1+ 1-", at), readyAt: at, workedUntil: at + 5_000 })
    expect(checker.verdict).toMatchObject({ lost: 3, longestStandstillMs: 4_999 })
  })
})

test("Telegram drops the updates that an offset has confirmed when polling ends", async () => {
  const updates = new SentUpdates(300, 1)
  updates.release(300)
  await using telegram = await startPollingEnd(updates)
  const idsFrom = async (params: object) => {
    const body = JSON.stringify(params)
    const response = await fetch(`${telegram.apiRoot}/getUpdates`, { method: "POST", body })
    const { result } = (await response.json()) as { result: { update_id: number }[] }
    return [result.at(0)?.update_id, result.at(-1)?.update_id]
  }
  expect(await idsFrom({ limit: 10 })).toEqual([1, 10])
  expect(await idsFrom({ limit: 10, offset: 11 })).toEqual([11, 20])
  expect(await idsFrom({})).toEqual([11, 110])
  expect(updates.acknowledged).toBe(10)
})

test.each(["webhook", "polling"] as const)(
  "a bot with a SQLite queue that is killed repeatedly loses no update: %s",
  async (mode) => {
    const options = { updates: 3_000, kills: 3, chats: 50, backlog: 1_500 }
    const result = await runKills({ ...options, mode, queue: "sqlite", say: () => {} })
    expect(result).toMatchObject({ handled: 3_000, lost: 0, outOfOrder: 0 })
    expect(result.backlogs).toHaveLength(4)
  },
)

test("a soak reports the state of the bot in each tenth of the time", async () => {
  const rows = await runSoak({ mode: "webhook", queue: "memory", minutes: 0.2, rate: 50, chats: 9 })
  expect(rows).toHaveLength(10)
  expect(rows.at(-1)?.acknowledged).toBeGreaterThan(100)
  for (const { rssMiB, descriptors } of rows.slice(2)) {
    expect(Math.min(rssMiB, descriptors)).toBeGreaterThan(10)
  }
})
