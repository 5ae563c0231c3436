import { spawn } from "node:child_process"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { beforeAll, describe, expect, test } from "vitest"
import { migratePostgresQueue, type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { built } from "../../support/built.js"
import { untilTrue } from "../../support/waiting.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const patience = () => AbortSignal.timeout(60_000)
const program = fileURLToPath(new URL("programs/frozen.mjs", import.meta.url))

function put(queue: PostgresQueue, id: number, chat = 7): Promise<void> {
  return queue.put({ botId: 1, update: updateOf(chat, id) })
}

describe("a lease", withPostgres, () => {
  const stage = stageOfFile()

  beforeAll(built)

  test("is extended while a handler runs, however long", async () => {
    const schema = stage.newSchema()
    const leaseMs = 1_500
    await using queue = stage.open({ schema, leaseMs })
    await using other = stage.open({ schema, leaseMs, pollMs: 10 })
    await put(queue, 1)
    const held = await queue.take(patience())
    const stolen = other.take(AbortSignal.timeout(3 * leaseMs)).then(
      () => "taken",
      () => "nothing came",
    )
    expect(await stolen).toBe("nothing came")
    expect(held.signal?.aborted).toBe(false)
    await held.done()
    expect((await other.status()).waiting).toBe(0)
  })

  test("of a frozen process ends: another one takes over, and the frozen one ends no delivery and writes nothing", async () => {
    const schema = stage.newSchema()
    const leaseMs = 1_500
    await using other = stage.open({ schema, leaseMs, pollMs: 20 })
    await put(other, 1)
    await put(other, 2)
    const settings = JSON.stringify({ url: stage.server.url, schema, leaseMs })
    const child = spawn(process.execPath, [program, settings], {
      stdio: ["pipe", "pipe", "inherit"],
    })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe("held")
    child.kill("SIGSTOP")
    const again = await other.take(patience())
    expect([again.update.update_id, again.attempt]).toEqual([1, 2])
    child.kill("SIGCONT")
    child.stdin.write("end\n")
    const answer = JSON.parse(String((await lines.next()).value)) as unknown
    await once(child, "exit")
    expect(answer).toEqual({ code: "lease-lost", reason: "lease-lost" })
    // The lane still belongs to the other worker: the frozen one has not freed it.
    expect(await other.status()).toMatchObject({ waiting: 1, running: 1 })
    const key = { botId: 1, space: "test", key: "writer" }
    expect(await other.state.read([key])).toEqual([undefined])
    await again.done([{ kind: "set", key, json: '"other"', ifVersion: 0 }])
    expect(await other.state.read([key])).toMatchObject([{ json: '"other"' }])
    expect((await other.take(patience())).update.update_id).toBe(2)
  })

  test("that has ended is taken over without a pause for other chats", async () => {
    const schema = stage.newSchema()
    await using dead = stage.open({ schema })
    await put(dead, 1, 1)
    await dead.take(patience())
    await stage.endLeases(schema)
    await using queue = stage.open({ schema, pollMs: 10 })
    for (let id = 2; id < 6; id++) await put(queue, id, id)
    const taken = new Set<number>()
    while (taken.size < 5) taken.add((await queue.take(patience())).update.update_id)
    expect(taken).toEqual(new Set([1, 2, 3, 4, 5]))
  })

  test("ends when its queue is closed: the updates in its hands are free at once", async () => {
    const schema = stage.newSchema()
    const first = stage.open({ schema })
    await put(first, 1)
    await first.take(patience())
    await first[Symbol.asyncDispose]()
    await using second = stage.open({ schema })
    expect((await second.take(patience())).attempt).toBe(2)
  })
})

describe("updates of several processes", withPostgres, () => {
  const stage = stageOfFile()

  test("become visible in the order of their lane, also if they are put at the same time", async () => {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    const pools = Array.from(
      { length: 4 },
      () => new pg.Pool({ connectionString: stage.server.url }),
    )
    const queues = pools.map((pool) => stage.open({ pool, schema, migrate: false }))
    const perQueue = 1_500
    const produce = async (queue: PostgresQueue, index: number) => {
      for (let id = 0; id < perQueue; id += 10) {
        const ids = Array.from({ length: 10 }, (_, more) => id + more)
        await Promise.all(ids.map((one) => put(queue, index * 100_000 + one, one % 3)))
      }
    }
    const producing = new AbortController()
    const late: string[] = []
    const places = new Map<string, Set<string>>()
    const look = async () => {
      const { rows } = await stage.pool.query<{ lane: string; place: string }>(
        `SELECT lane, place FROM ${schema}.updates ORDER BY place`,
      )
      const before = new Map([...places].map(([lane, known]) => [lane, [...known].at(-1) ?? "0"]))
      for (const { lane, place } of rows) {
        const known = places.get(lane) ?? new Set()
        places.set(lane, known)
        if (known.has(place)) continue
        known.add(place)
        // An update is late if a query has shown a higher place of its lane before.
        if (BigInt(place) < BigInt(before.get(lane) ?? 0)) late.push(place)
      }
    }
    const looking = (async () => {
      while (!producing.signal.aborted) await look()
      await look()
    })()
    await Promise.all(queues.map(produce))
    producing.abort()
    await looking
    const seen = [...places.values()].map(({ size }) => size)
    expect(seen).toEqual([4 * 500, 4 * 500, 4 * 500])
    expect(late).toEqual([])
    for (const queue of queues) await queue[Symbol.asyncDispose]()
    for (const pool of pools) await pool.end()
  })

  test("that are put again are announced as repeated", async () => {
    await using queue = stage.open({ capacity: 100 })
    const repeated: unknown[] = []
    const see = (event: unknown) => repeated.push((event as { isRepeated: boolean }).isRepeated)
    subscribe("sounder:update:settled", see)
    try {
      await put(queue, 1)
      await put(queue, 1)
      await Promise.all([put(queue, 2), put(queue, 1), put(queue, 2)])
    } finally {
      unsubscribe("sounder:update:settled", see)
    }
    expect(repeated.filter((is) => is === true)).toHaveLength(3)
    expect(repeated).toHaveLength(5)
  })

  test("are handled once if two processes put them at the same time", async () => {
    const schema = stage.newSchema()
    await using one = stage.open({ schema })
    await using other = stage.open({ schema })
    await put(one, 0, 1)
    const ids = Array.from({ length: 200 }, (_, index) => index + 1)
    await Promise.all(ids.flatMap((id) => [put(one, id, id % 5), put(other, id, id % 5)]))
    expect((await one.status()).waiting).toBe(201)
  })

  test("reach a listening worker at once, and a polling worker after a while", async () => {
    const schema = stage.newSchema()
    await using receiver = stage.open({ schema })
    await using worker = stage.open({ schema, listen: stage.pool, pollMs: 600_000 })
    const first = worker.take(patience())
    // Until the receiver knows of the listening worker.
    await untilTrue(async () => {
      const { rows } = await stage.pool
        .query(`SELECT FROM ${schema}.workers WHERE channel IS NOT NULL`)
        .catch(() => ({ rows: [] }))
      return rows.length > 0
    })
    await put(receiver, 1)
    await (await first).done()
    await worker[Symbol.asyncDispose]()
    await using other = stage.open({ schema, pollMs: 30 })
    const second = other.take(patience())
    await put(receiver, 2)
    expect((await second).update.update_id).toBe(2)
  })

  test("are known for `rememberMs`, and their ids are forgotten after that", async () => {
    const schema = stage.newSchema()
    const hourMs = 3_600_000
    await using queue = stage.open({ schema, rememberMs: hourMs })
    const waitingAfterPut = async () => {
      await put(queue, 1, 1)
      return (await queue.status()).waiting
    }
    await put(queue, 1, 1)
    await (await queue.take(patience())).done()
    for (const waiting of [0, 0, 1]) {
      expect(await waitingAfterPut()).toBe(0)
      await stage.pool.query(`UPDATE ${schema}.turn SET since = since - interval '31 minutes'`)
      await stage.pool.query(`SELECT ${schema}.rotate($1)`, [hourMs])
      expect(await waitingAfterPut()).toBe(waiting)
    }
  })

  test("have their ids forgotten by a running worker", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, rememberMs: 1_000 })
    const isKept = async () => {
      const { rows } = await stage.pool.query(
        `SELECT FROM (TABLE ${schema}.ids_0 UNION ALL TABLE ${schema}.ids_1
          UNION ALL TABLE ${schema}.ids_2) ids WHERE low = 7`,
      )
      return rows.length > 0
    }
    const handleNext = async (id: number) => {
      await put(queue, id, id)
      await (await queue.take(patience())).done()
    }
    await handleNext(7)
    expect(await isKept()).toBe(true)
    let id = 8
    await untilTrue(async () => {
      await handleNext(id++)
      return !(await isKept())
    })
  })
})
