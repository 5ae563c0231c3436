import { setTimeout as sleep } from "node:timers/promises"
import { beforeAll, describe, expect, test } from "vitest"
import { sqliteCrashPoints } from "../../../src/queue/sqlite/crash-points.js"
import { built } from "../../support/built.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { ended, finishAndCheck, opened, startWorker } from "./worker.js"

const newPath = pathsIn(temporaryFolder())
/** More runs: `SOUNDER_KILLS=1000`. */
const randomKills = Number(process.env.SOUNDER_KILLS ?? 60)

beforeAll(built)

describe("a process that is killed at a step loses nothing and repeats only what was running", () => {
  const cases = sqliteCrashPoints.flatMap((step) => [1, 4].map((time) => ({ step, time })))

  test.each(cases)("$step, time $time", async (killAt) => {
    const workload = { path: newPath(), updates: 32, chats: 4 }
    expect(await ended(startWorker(workload, killAt))).toBe("SIGKILL")
    await finishAndCheck(workload)
  })
})

test(`${randomKills} kills at random moments lose nothing`, { timeout: 3_600_000 }, async () => {
  // More than the short lives can handle, however fast the machine.
  const updates = 200 + randomKills * 100
  const workload = { path: newPath(), updates, chats: 5, handlerMs: 2 }
  let kills = 0
  for (let life = 0; life < randomKills; life++) {
    const worker = startWorker(workload)
    const end = ended(worker)
    // Every tenth worker dies during its start, or while it opens the file.
    if (life % 10 > 0) await opened(worker)
    await Promise.race([end, sleep(Math.random() * (life % 10 > 0 ? 60 : 300))])
    worker.kill("SIGKILL")
    if ((await end) === "SIGKILL") kills += 1
  }
  const entries = await finishAndCheck(workload)
  const died = entries.filter(({ event }) => event === "open").length
  expect(kills).toBeGreaterThan(randomKills / 2)
  expect(died).toBeGreaterThan(randomKills / 2)
})
