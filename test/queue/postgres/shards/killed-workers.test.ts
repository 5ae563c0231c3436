import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { arrangeShards } from "../../../../src/queue/postgres/index.js"
import { built } from "../../../support/built.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"
import { temporaryFolder } from "../../../support/temporary-folder.js"
import { untilTrue } from "../../../support/waiting.js"
import { countKey } from "./shard-load.js"

const program = fileURLToPath(new URL("../programs/sharded-worker.mjs", import.meta.url))
const [kills, bots] = [6, 10]

/** A line of the journal: `started 7 2 w3` is update 2 of bot 7, begun by the process w3. */
interface Entry {
  readonly event: string
  readonly botId: number
  readonly id: number
  readonly name: string
}

describe("a process of a queue with shards", withPostgres, () => {
  const stage = shardStageOfFile()

  beforeAll(built)

  test(
    `that is killed under load, ${kills} times, loses nothing and repeats only what it had in hand`,
    { timeout: 300_000 },
    async () => {
      const schema = stage.newSchema()
      await arrangeShards(stage.shards, { schema })
      const journal = join(temporaryFolder(), "journal")
      appendFileSync(journal, "")
      const start = (name: string) => startWorker({ urls: urls(), schema, journal, name })
      const survivor = start("survivor")
      const ended = once(survivor, "exit")
      const killed = new Set<string>()
      for (let kill = 0; kill < kills; kill++) {
        const name = `killed-${kill}`
        const worker = start(name)
        const end = once(worker, "exit")
        await untilTrue(() => entriesOf(journal).some((entry) => entry.name === name))
        await sleep(Math.random() * 300)
        worker.kill("SIGKILL")
        expect(await end).toEqual([null, "SIGKILL"])
        killed.add(name)
      }
      survivor.stdin?.end()
      expect(await ended).toEqual([0, null])
      const all = Array.from({ length: bots }, (_, index) => index + 1)
      const entries = entriesOf(journal)
      const handled = all.map((botId) =>
        expectHandledOnce(
          entries.filter((entry) => entry.botId === botId),
          killed,
        ),
      )
      await using queue = stage.open({ schema, home: [] })
      const counts = await queue.state?.read(all.map(countKey))
      expect(counts?.map((entry) => Number(entry?.json))).toEqual(handled)
      expect(await queue.status()).toMatchObject({ waiting: 0, running: 0, setAside: 0 })
    },
  )

  const urls = () => stage.servers.map(({ url }) => url)
})

function startWorker(options: object): ChildProcess {
  const task = { ...options, bots, leaseMs: 2_000 }
  const worker = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ["pipe", "ignore", "inherit"],
  })
  onTestFinished(() => void worker.kill("SIGKILL"))
  return worker
}

function entriesOf(journal: string): Entry[] {
  const lines = readFileSync(journal, "utf8").split("\n").slice(0, -1)
  return lines.map((line) => {
    const [event = "", botId, id, name = ""] = line.split(" ")
    return { event, botId: Number(botId), id: Number(id), name }
  })
}

/**
 * Checks that the updates of a bot were begun in order, and an update again only if its process was killed or had lost
 * it. Returns the number of updates.
 */
function expectHandledOnce(entries: readonly Entry[], killed: ReadonlySet<string>): number {
  const idsOf = (wanted: string) =>
    entries.filter(({ event }) => event === wanted).map(({ id }) => id)
  const begun = idsOf("started")
  expect(begun).toEqual(begun.toSorted((one, other) => one - other))
  const handled = Math.max(...begun)
  expect([...new Set(begun)]).toEqual(Array.from({ length: handled }, (_, index) => index + 1))
  expect(handled).toBeGreaterThanOrEqual(Math.max(...idsOf("stored")))
  for (let id = 1; id <= handled; id++) {
    const own = entries.filter((entry) => entry.id === id)
    const starts = own.filter(({ event }) => event === "started")
    const end = own.findIndex(({ event }) => event === "handled")
    if (end >= 0) expect(own.slice(end).map(({ event }) => event)).not.toContain("started")
    for (const { name } of starts.slice(0, -1)) {
      const isLost = own.some((entry) => entry.name === name && entry.event === "refused")
      expect(killed.has(name) || isLost, `update ${id}, begun by ${name}`).toBe(true)
    }
  }
  return handled
}
