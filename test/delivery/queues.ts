import { afterEach, onTestFinished, vi } from "vitest"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { PostgresQueue } from "../../src/queue/postgres/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { stageOfFile } from "../support/postgres-stage.js"
import { requireServer, type Skippable } from "../support/real-servers.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

/** The three queues, by the name that the contract calls them. */
export const queueNames = ["MemoryQueue", "SqliteQueue", "PostgresQueue"] as const

/** One of them. */
export type QueueName = (typeof queueNames)[number]

/** Skips a test whose queue needs a server that is not installed; with `CI` set it fails. */
export function requireQueue(name: QueueName, context: Skippable): void {
  if (name === "PostgresQueue") requireServer("postgres", context)
}

/** What the tests of a file open queues with. */
export interface Queues {
  /** Opens an empty one, closed after the test. */
  open(name: QueueName, capacity?: number): UpdateQueue
  /** Where a process of its own finds an empty one. */
  storeOf(name: QueueName): Promise<string>
  /** Makes all that waits in a queue older; in PostgreSQL, whose own clock gives ages, in the table. */
  age(name: QueueName, ms: number): Promise<void>
  /** The texts of the errors of what was set aside. */
  setAside(queue: UpdateQueue): Promise<string[]>
}

/** Has a PostgreSQL for the tests of a file, and closes what they have opened. */
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
      // Both clocks: what is stored has a date, what is in memory an age.
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
