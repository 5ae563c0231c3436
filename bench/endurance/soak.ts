import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { monotonicMs } from "../delivery/clock.js"
import { BotLife, type BotReport, type BotSettings } from "./bot-life.js"
import { SentUpdates } from "./sent-updates.js"
import { startPollingEnd, WebhookEnd } from "./telegram.js"

/** The options of a soak test. */
export interface SoakOptions extends Pick<BotSettings, "mode" | "queue"> {
  readonly minutes: number
  /** The number of updates per second. */
  readonly rate: number
  readonly chats: number
  /** The URL of a database; `undefined` for a file. */
  readonly database?: string
}

/** A row of the table: the bot's report for one part of the run. */
export interface SoakRow extends BotReport {
  readonly minute: number
  readonly acknowledged: number
}

/** The number of rows of the table. */
const rowCount = 10

/** Sends updates to a bot at a constant rate. Returns a report for each tenth of the time. */
export async function runSoak(options: SoakOptions): Promise<SoakRow[]> {
  const { minutes, rate, chats, mode, queue, database } = options
  const folder = mkdtempSync(join(tmpdir(), "sounder-soak-"))
  try {
    const updates = new SentUpdates(Math.ceil(minutes * 60 * rate) + rate, chats)
    await using polling = await startPollingEnd(updates)
    await using webhook = mode === "webhook" ? new WebhookEnd(updates) : undefined
    const store = database ?? join(folder, "updates.db")
    const life = new BotLife({ mode, queue, store, apiRoot: polling.apiRoot })
    const { port } = await life.ready()
    webhook?.sendTo(port)
    const rows: SoakRow[] = []
    const startedAt = monotonicMs()
    for (let row = 1; row <= rowCount; row += 1) {
      const minute = (minutes * row) / rowCount
      while (monotonicMs() - startedAt < minute * 60_000) {
        updates.release(((monotonicMs() - startedAt) / 1000) * rate)
        await sleep(10)
        life.expectAlive()
      }
      const reports = life.reports.splice(0)
      rows.push({ minute, acknowledged: updates.acknowledged, ...summary(reports) })
    }
    await life.end("SIGTERM")
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Returns the memory at the end, and the worst of the other values. */
function summary(reports: readonly BotReport[]): BotReport {
  const most = (field: keyof BotReport) => Math.max(0, ...reports.map((one) => one[field]))
  const median = (field: keyof BotReport) =>
    reports.map((one) => one[field]).toSorted((one, other) => one - other)[
      Math.floor(reports.length / 2)
    ] ?? 0
  return {
    rssMiB: median("rssMiB"),
    heapMiB: median("heapMiB"),
    descriptors: most("descriptors"),
    delayP99Ms: median("delayP99Ms"),
    delayMaxMs: most("delayMaxMs"),
  }
}
