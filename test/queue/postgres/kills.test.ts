import { setTimeout as sleep } from "node:timers/promises"
import { beforeAll, describe, expect, test } from "vitest"
import { migratePostgresQueue } from "../../../src/queue/postgres/index.js"
import { postgresCrashPoints } from "../../../src/queue/postgres/crash-points.js"
import { built } from "../../support/built.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"
import { ended, finishAndCheck, opened, startWorker, type Workload } from "./workers.js"

/** More runs: `SOUNDER_KILLS=1000`. */
const randomKills = Number(process.env.SOUNDER_KILLS ?? 30)

describe("a worker that is killed", withPostgres, () => {
  const stage = stageOfFile()

  beforeAll(built)

  async function workload(
    size: Pick<Workload, "updates" | "chats" | "handlerMs" | "leaseMs">,
  ): Promise<Workload> {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    return { url: stage.server.url, schema, ...size }
  }

  describe("at a step loses nothing and repeats only what was running", () => {
    const cases = postgresCrashPoints.flatMap((step) => [1, 3].map((time) => ({ step, time })))

    test.each(cases)("$step, time $time", async (killAt) => {
      // Its lease is renewed three times while it works.
      const handlerMs = killAt.step.startsWith("lease") ? 500 : 0
      const work = await workload({ updates: 40, chats: 4, handlerMs, leaseMs: 3_000 })
      expect(await ended(startWorker(work, killAt))).toBe("SIGKILL")
      await stage.endLeases(work.schema)
      await finishAndCheck(work, stage.server)
    })
  })

  test(
    `at random, one of three, ${randomKills} times, loses nothing`,
    { timeout: 3_600_000 },
    async () => {
      // More than the short lives can handle, however fast the machine.
      const updates = 200 + randomKills * 150
      const work = await workload({ updates, chats: 7, handlerMs: 2, leaseMs: 1_000 })
      const others = [startWorker(work), startWorker(work)].map(ended)
      let kills = 0
      for (let life = 0; life < randomKills; life++) {
        const worker = startWorker(work)
        const end = ended(worker)
        // Every tenth worker dies during its start.
        if (life % 10 > 0) await opened(worker)
        await Promise.race([end, sleep(Math.random() * (life % 10 > 0 ? 100 : 300))])
        worker.kill("SIGKILL")
        if ((await end) === "SIGKILL") kills += 1
      }
      await Promise.all(others)
      await finishAndCheck(work, stage.server)
      expect(kills).toBeGreaterThan(randomKills / 2)
    },
  )
})
