import { existsSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { type BotTurn, BotTurns } from "../../src/queue/bot-turns.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { updateOf } from "../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())

/** A bot with `count` lanes, whose names begin with the bot's name. */
function botOf(name: string, count: number) {
  const lanes = Array.from({ length: count }, (_, index) => `${name}${index + 1}`)
  const ready = {
    get isEmpty() {
      return lanes.length === 0
    },
    shift: () => lanes.shift(),
  }
  const bot: BotTurn<string> = { ready, held: 0, isInLine: false, nextInLine: undefined }
  return Object.assign(bot, { lanes })
}

function shiftAll(turns: BotTurns<string>): string[] {
  const all = []
  for (let lane = turns.shift(); lane !== undefined; lane = turns.shift()) all.push(lane)
  return all
}

describe("bots", () => {
  test("take turns, and each keeps the order of its lanes", () => {
    const turns = new BotTurns<string>(Infinity)
    for (const bot of [botOf("a", 4), botOf("b", 1), botOf("c", 2)]) turns.enqueue(bot)
    expect(shiftAll(turns)).toEqual(["a1", "b1", "c1", "a2", "c2", "a3", "a4"])
  })

  test("are queued once, however often they are added", () => {
    const turns = new BotTurns<string>(Infinity)
    const [a, b] = [botOf("a", 2), botOf("b", 1)]
    for (const bot of [a, a, b, a]) turns.enqueue(bot)
    expect(shiftAll(turns)).toEqual(["a1", "b1", "a2"])
  })

  test("with `perBot` updates in workers' hands are skipped until a delivery ends", () => {
    const turns = new BotTurns<string>(1)
    const [a, b] = [botOf("a", 3), botOf("b", 1)]
    for (const bot of [a, b]) turns.enqueue(bot)
    expect(shiftAll(turns)).toEqual(["a1", "b1"])
    turns.decrementHeld(a)
    expect(shiftAll(turns)).toEqual(["a2"])
    expect(a.held).toBe(1)
  })

  test("whose lanes have been removed meanwhile are skipped", () => {
    const turns = new BotTurns<string>(Infinity)
    const [a, b] = [botOf("a", 1), botOf("b", 1)]
    for (const bot of [a, b]) turns.enqueue(bot)
    a.lanes.length = 0
    expect(shiftAll(turns)).toEqual(["b1"])
  })
})

test("a bot with many stored updates delays no other bot after a restart", async () => {
  const path = newPath()
  const first = new SqliteQueue({ path })
  const noisy = Array.from({ length: 3_000 }, (_, index) => updateOf(index, index))
  await Promise.all(noisy.map((update) => first.put({ botId: 1, update })))
  await first.put({ botId: 2, update: updateOf(1, 1) })
  await first[Symbol.asyncDispose]()

  await using queue = new SqliteQueue({ path })
  const signal = AbortSignal.timeout(60_000)
  const bots = [(await queue.take(signal)).botId, (await queue.take(signal)).botId]
  expect(new Set(bots)).toEqual(new Set([1, 2]))
})

test("an invalid `perBot` option is refused, and no file is created", () => {
  expect(() => new MemoryQueue({ perBot: 0 })).toThrow(
    "Expected the `perBot` option to be an integer of at least 1, got `0` (number).",
  )
  const path = newPath()
  expect(() => new SqliteQueue({ path, perBot: 1.5 })).toThrow(TypeError)
  expect(existsSync(path)).toBe(false)
})
