import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Contender, contenders } from "../../bench/delivery/contenders.js"
import { type Fault, faults } from "../../bench/delivery/faults.js"
import { run, type RunResult } from "../../bench/delivery/run.js"
import { built } from "../support/built.js"

const size = { updates: 120, chats: 12, seed: 7, perSecond: 400, limitMs: 60_000, outageMs: 500 }
const lossless = { updates: 120, handled: 120, lost: 0, handledTwice: 0, crashes: 0, refused: 0 }
let folder = ""

beforeAll(async () => {
  await built()
  folder = mkdtempSync(join(tmpdir(), "sounder-scoreboard-"))
})

afterAll(() => rmSync(folder, { recursive: true }))

function play(contender: string, fault: string): Promise<RunResult> {
  const programs = join(process.cwd(), "bench", "delivery")
  const keep = join(folder, `${contender}-${fault}`)
  return run(named(contenders, contender), named(faults, fault), { ...size, programs, keep })
}

function named<T extends Contender | Fault>(all: readonly T[], name: string): T {
  const one = all.find((each) => each.name === name)
  if (one) return one
  throw new Error(`There is no ${name}`)
}

describe("the scoreboard, a small one,", () => {
  test("finds no fault in the SQLite queue in a quiet run", async () => {
    const result = await play("sounder-sqlite-polling", "none")
    expect(result).toMatchObject({ ...lossless, outOfOrder: 0, rerun: 0 })
  })

  test("kills a bot, and finds that the SQLite queue loses nothing", async () => {
    const result = await play("sounder-sqlite-webhook", "kill")
    const { handledTwice, ...rest } = lossless
    expect(result).toMatchObject(rest)
    // A handler that ended at the moment of the kill begins again: one of each chat, whose next
    // handler begins when that end is stored.
    expect(result.handledTwice - handledTwice).toBeLessThanOrEqual(size.chats)
    expect(result.outOfOrder).toBe(result.sentOutOfOrder)
    const journals = readdirSync(join(folder, "sounder-sqlite-webhook-kill"))
    expect(journals.filter((name) => name.endsWith(".journal"))).toHaveLength(2)
  })

  test("sends updates twice, and finds that the memory queue handles them once", async () => {
    const result = await play("sounder-memory-webhook", "duplicates")
    expect(result).toMatchObject(lossless)
  })
})
