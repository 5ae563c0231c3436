/**
 * Measures a whole update in a `SqliteQueue`: put, take and done, all on disk. At any time 64
 * updates are being put and 64 are being handled. The cost must not grow with the number of waiting
 * updates or lanes.
 *
 * The queues to compare alternate, and the fastest of several rounds counts, to reduce the
 * influence of other load on the ratios.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { IncomingUpdate } from "../src/queue/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { textUpdate } from "./text-update.js"

const updates = 10_000
const rounds = 5
/** The number of updates that are put at a time, and handled at a time. */
const concurrency = 64
const never = new AbortController().signal
const folder = mkdtempSync(join(tmpdir(), "sounder-bench-"))

/** A queue with a backlog, and the time of its best round. */
class Measured {
  readonly queue: SqliteQueue
  readonly #lanes: number
  #lastId = 0
  bestUs = Infinity

  constructor(name: string, lanes: number) {
    this.queue = new SqliteQueue({ path: join(folder, `${name}.db`) })
    this.#lanes = lanes
  }

  /** Puts a backlog. Returns the cost of a put. */
  async fill(waiting: number): Promise<number> {
    const start = performance.now()
    for (let left = waiting; left > 0; left -= 1_000) {
      await Promise.all(Array.from({ length: Math.min(left, 1_000) }, () => this.#put()))
    }
    return ((performance.now() - start) * 1_000) / waiting
  }

  async round(): Promise<void> {
    const start = performance.now()
    const each = updates / concurrency
    const put = async () => {
      for (let left = each; left > 0; left--) await this.#put()
    }
    const handle = async () => {
      for (let left = each; left > 0; left--) await (await this.queue.take(never)).done()
    }
    await Promise.all(Array.from({ length: concurrency }, () => [put(), handle()]).flat())
    this.bestUs = Math.min(this.bestUs, ((performance.now() - start) * 1_000) / updates)
  }

  #put(): Promise<void> {
    return this.queue.put(incoming(this.#lastId++, this.#lanes))
  }
}

function incoming(id: number, lanes: number): IncomingUpdate {
  // Scattered, so that successive lanes are not adjacent on disk.
  const chat = 1_000_000 + ((id * 7_919) % lanes)
  return { botId: 1, update: textUpdate(id, chat) }
}

async function compare(all: readonly Measured[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const one of all) await one.round()
  }
  for (const { queue } of all) await queue[Symbol.asyncDispose]()
}

function report(name: string, target: number, measured: Record<string, number | string>): void {
  console.log(JSON.stringify({ name, target, ...measured }))
}

function perSecond(us: number): string {
  return `${Math.round(1_000_000 / us).toLocaleString("en")} per second`
}

try {
  const few = new Measured("few", 1_000)
  const many = new Measured("many", 1_000)
  await few.fill(1_000)
  await many.fill(1_000_000)
  await compare([few, many])
  const us = Math.round(few.bestUs)
  report("sqlite: put, take, done", 125, { us, speed: perSecond(few.bestUs) })
  report("sqlite: 1,000,000 waiting updates compared with 1,000", 0.8, {
    ratio: Number((few.bestUs / many.bestUs).toFixed(2)),
    speed: perSecond(many.bestUs),
  })

  const narrow = new Measured("narrow", 10)
  const wide = new Measured("wide", 1_000_000)
  const putUs = { narrow: await narrow.fill(200_000), wide: await wide.fill(1_000_000) }
  report("sqlite: put, 1,000,000 lanes compared with 10", 0.8, {
    ratio: Number((putUs.narrow / putUs.wide).toFixed(2)),
    speed: perSecond(putUs.wide),
  })
  await narrow.queue[Symbol.asyncDispose]()
  await wide.queue[Symbol.asyncDispose]()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
