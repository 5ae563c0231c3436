import { beforeAll, describe, expect, test } from "vitest"
import { built } from "../../support/built.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { withStrace } from "./strace.js"
import { ended, finishAndCheck, startWorker } from "./worker.js"

const newPath = pathsIn(temporaryFolder())

beforeAll(built)

describe("a process that is killed while SQLite writes loses nothing", withStrace, () => {
  const cases = [1, 2, 3, 5, 8, 12, 17, 23, 30, 38, 47, 57]

  test.each(cases)("at write or sync %i", async (time) => {
    const workload = { path: newPath(), updates: 32, chats: 4 }
    const calls = "pwrite64,fsync,fdatasync,ftruncate"
    const inject = `inject=${calls}:signal=KILL:when=${time}`
    const strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls}`, "-e", inject]
    expect(await ended(startWorker(workload, undefined, strace))).toBe("SIGKILL")
    await finishAndCheck(workload)
  })
})
