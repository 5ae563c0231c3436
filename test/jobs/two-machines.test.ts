import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, test } from "vitest"
import type { StateWrite } from "../../src/queue/index.js"
import { built } from "../support/built.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/reminding-bot.mjs", import.meta.url))
const count = 10_000

describe("10,000 runs that are due in one second", { ...withPostgres, timeout: 300_000 }, () => {
  const stage = stageOfFile()

  beforeAll(built)

  /** Starts a process of the bot. Resolves when it is ready, with the number of its runs so far. */
  async function start(schema: string): Promise<{ child: ChildProcess; runs: () => number }> {
    const env = { ...process.env, DATABASE_URL: stage.server.url, SCHEMA: schema }
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"], env })
    let [text, runs] = ["", 0]
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text = text.includes("ready") ? text : text + chunk
      runs += chunk.split(".").length - 1
    })
    await untilTrue(() => text.includes("ready"))
    return { child, runs: () => runs }
  }

  test("each count once, although one of two machines is killed among them", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    await queue.probe()
    const [one, other] = [await start(schema), await start(schema)]
    const dueAt = Date.now() + 3_000
    const writes = Array.from({ length: count }, (_, run): StateWrite => {
      const plannedAt = dueAt + (run % 1_000)
      const data = { data: run, plannedAt }
      const own = { name: "job remind", lane: `${run}`, data }
      return { kind: "put", botId: 1, own, dueAt: plannedAt }
    })
    await queue.state.write(writes)
    await untilTrue(() => one.runs() > count / 20)
    one.child.kill("SIGKILL")
    expect(await once(one.child, "exit")).toEqual([null, "SIGKILL"])
    // Less than all, so that the other machine had something to take over.
    expect(one.runs() + other.runs()).toBeLessThan(count)
    await untilTrue(async () => {
      // The count of all rows costs time that the machines need.
      await sleep(200)
      const { waiting, running, timers } = await queue.status()
      return waiting + running + timers === 0
    }, 240_000)
    const { rows } = await stage.pool.query(
      `SELECT count(*)::integer AS runs, max(json) AS most FROM ${schema}.state WHERE space = 'runs'`,
    )
    expect(rows).toEqual([{ runs: count, most: "1" }])
    other.child.kill("SIGTERM")
    await once(other.child, "exit")
  })
})
