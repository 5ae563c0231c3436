import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { migratePostgresQueue } from "../../src/queue/postgres/index.js"
import { built } from "../support/built.js"
import { freePort } from "../support/free-port.js"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"
import { onlyWith, requireServer } from "../support/real-servers.js"
import { Fleet } from "./fleet.js"

const nothingLost = { lost: 0, expired: 0, unfinished: 0, outOfOrder: 0 }
const nothingWrong = { ...nothingLost, handledTwice: 0 }
const stage = stageOfFile()
let fleet: Fleet
let ports: [number, number]

beforeAll(() => built())

beforeEach(async () => {
  if (withPostgres.skip) return
  await stage.pool.query("DROP SCHEMA IF EXISTS sounder CASCADE")
  await migratePostgresQueue(stage.pool)
  fleet = await Fleet.open(stage.server)
  ports = [await freePort(), await freePort()]
})

afterEach(() => fleet?.[Symbol.asyncDispose]())

async function started(haproxy: string) {
  await fleet.balance(haproxy, ports)
  const receivers = [await fleet.receiver(ports[0]), await fleet.receiver(ports[1])]
  const workers = [fleet.worker(), fleet.worker()]
  await fleet.isRegistered()
  return { receivers, workers }
}

describe(
  "two receivers behind haproxy, and two workers,",
  { ...onlyWith("postgres", "haproxy"), timeout: 240_000 },
  () => {
    test("lose no update and keep every chat in order", async (context) => {
      await started(requireServer("haproxy", context))
      await fleet.write(400, 100)
      expect(await fleet.verdict()).toMatchObject({ ...nothingWrong, handled: 400, rerun: 0 })
    })

    test("lose no update when a worker is killed", async (context) => {
      const { workers } = await started(requireServer("haproxy", context))
      const writing = fleet.write(400, 100)
      await fleet.hasBegun(100)
      await workers[0]?.end("SIGKILL")
      await writing
      const { handledTwice, ...verdict } = await fleet.verdict()
      expect(verdict).toMatchObject({ ...nothingLost, handled: 400 })
      // Updates whose end was not stored at the kill: at most those that one worker handles at
      // once.
      expect(handledTwice).toBeLessThanOrEqual(64)
    })

    test("lose no update when a receiver is killed", async (context) => {
      const { receivers } = await started(requireServer("haproxy", context))
      const writing = fleet.write(400, 100)
      await fleet.hasBegun(100)
      await receivers[0]?.end("SIGKILL")
      await writing
      expect(await fleet.verdict()).toMatchObject({ ...nothingWrong, handled: 400, rerun: 0 })
    })

    test("lose and repeat no update in a rolling deploy under load", async (context) => {
      const { receivers, workers } = await started(requireServer("haproxy", context))
      const writing = fleet.write(1000, 100)
      await fleet.hasBegun(100)
      for (const [index, receiver] of receivers.entries()) {
        await receiver.end("SIGTERM")
        await fleet.receiver(ports[index] ?? 0)
      }
      for (const worker of workers) {
        fleet.worker()
        await worker.end("SIGTERM")
      }
      await writing
      expect(await fleet.verdict()).toMatchObject({ ...nothingWrong, handled: 1000, rerun: 0 })
    })
  },
)
