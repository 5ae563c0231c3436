import { afterEach, onTestFinished, vi } from "vitest"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { PostgresQueue } from "../../src/queue/postgres/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { stageOfFile } from "../support/postgres-stage.js"
import type { Skippable } from "../support/leave-out.js"
import { requireServer } from "../support/real-servers.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

/** The three queues, by their names in the contract. */
export const queueNames = ["MemoryQueue", "SqliteQueue", "PostgresQueue"] as const

/** The name of a queue. */
export type QueueName = (typeof queueNames)[number]

/** Skips a test whose queue needs a server that is not installed. Throws if `CI` is set. */
export function requireQueue(name: QueueName, context: Skippable): void {
  if (name === "PostgresQueue") requireServer("postgres", context)
}

/** The queues of a test file. */
export interface Queues {
  /** Opens an empty queue, and closes it after the test. */
  open(name: QueueName, capacity?: number): UpdateQueue
  /** Returns the place of an empty store for another process. */
  storeOf(name: QueueName): Promise<string>
  /** Ages all waiting updates: in PostgreSQL, whose own clock determines ages, in the table. */
  age(name: QueueName, ms: number): Promise<void>
  /** Returns the error texts of the updates that were set aside. */
  setAside(queue: UpdateQueue): Promise<string[]>
}

/** Starts a PostgreSQL server for the tests of a file, and closes all opened queues after them. */
export function queuesOfFile(): Queues {
  const stage = stageOfFile()
  const newPath = pathsIn(temporaryFolder())
  let opened: UpdateQueue[] = []
  let databases = 0
  let schema = ""
  afterEach(async () => {
    for (const queue of opened) await queue[Symbol.asyncDispose]()
    opened = []
  })
  const make: Record<QueueName, (limit: { capacity?: number }) => UpdateQueue> = {
    MemoryQueue: (limit) => new MemoryQueue({ holdMs: 600_000, ...limit }),
    SqliteQueue: (limit) => new SqliteQueue({ path: newPath(), ...limit }),
    PostgresQueue: (limit) => stage.open({ ...limit, schema: (schema = stage.newSchema()) }),
  }
  return {
    open(name, capacity) {
      const queue = make[name](capacity === undefined ? {} : { capacity })
      opened.push(queue)
      return queue
    },
    async storeOf(name) {
      if (name === "MemoryQueue") return "memory"
      if (name === "SqliteQueue") return `file:${newPath()}`
      const database = `store_${++databases}`
      await stage.pool.query(`CREATE DATABASE ${database}`)
      const url = new URL(stage.server.url)
      url.pathname = `/${database}`
      return url.href
    },
    async age(name, ms) {
      if (name === "PostgresQueue") {
        const older = `put_at - interval '${ms} milliseconds'`
        await stage.pool.query(`UPDATE ${schema}.updates SET put_at = ${older}`)
        return
      }
      // Both clocks: stored updates have a date, updates in memory an age.
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms })
      const now = performance.now.bind(performance)
      const steady = vi.spyOn(performance, "now").mockImplementation(() => now() + ms)
      onTestFinished(() => {
        vi.useRealTimers()
        steady.mockRestore()
      })
    },
    async setAside(queue) {
      if (queue instanceof MemoryQueue)
        return queue.setAsideUpdates.map(({ error }) => String(error))
      if (!(queue instanceof SqliteQueue || queue instanceof PostgresQueue)) return []
      return (await queue.setAside()).map(({ error }) => error.split("\n")[0] ?? "")
    },
  }
}
