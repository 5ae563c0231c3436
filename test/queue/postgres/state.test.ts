import { subscribe, unsubscribe } from "node:diagnostics_channel"
import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import { type StateKey, type StateWrite, StateConflict } from "../../../src/queue/index.js"
import type { PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { stageOfFile, withPostgres } from "../../support/postgres-stage.js"
import { TcpProxy } from "../../support/tcp-proxy.js"
import { untilTrue } from "../../support/waiting.js"

const patience = () => AbortSignal.timeout(60_000)
const keyOf = (key: string): StateKey => ({ botId: 1, space: "test", key })
const set = (key: string, value: unknown, more: object = {}): StateWrite => ({
  kind: "set",
  key: keyOf(key),
  json: JSON.stringify(value),
  ...more,
})

function put(queue: PostgresQueue, id: number, chat = id): Promise<void> {
  return queue.put({ botId: 1, update: updateOf(chat, id) })
}

/** Puts updates with the ids from 1, each in a chat of its own, and takes all of them. */
async function takeAll(queue: PostgresQueue, count: number) {
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  await Promise.all(ids.map((id) => put(queue, id)))
  return Promise.all(ids.map(() => queue.take(patience())))
}

async function valueOf(queue: PostgresQueue, key: string): Promise<unknown> {
  const [entry] = await queue.state.read([keyOf(key)])
  return entry && (JSON.parse(entry.json) as unknown)
}

async function versionOf(queue: PostgresQueue, key: string): Promise<number> {
  const [entry] = await queue.state.read([keyOf(key)])
  return entry?.version ?? 0
}

/** Adds 1 to a value, again and again until no other write is in the way. Returns the conflicts. */
async function increment(
  queue: PostgresQueue,
  keys: readonly string[],
  write: (writes: readonly StateWrite[]) => Promise<void>,
): Promise<number> {
  for (let conflicts = 0; ; conflicts++) {
    const entries = await queue.state.read(keys.map(keyOf))
    const writes = keys.map((key, index) =>
      set(key, Number(entries[index]?.json ?? 0) + 1, { ifVersion: entries[index]?.version ?? 0 }),
    )
    try {
      await write(writes)
      return conflicts
    } catch (error) {
      if (!(error instanceof StateConflict)) throw error
    }
  }
}

describe("the state of a PostgresQueue", withPostgres, () => {
  const stage = stageOfFile(["track_functions=all"])

  async function calls(schema: string, name: string): Promise<number> {
    const [row] = await stage.server.ask<{ calls: string }>(
      "SELECT calls FROM pg_stat_user_functions WHERE schemaname = $1 AND funcname = $2",
      [schema, name],
    )
    return Number(row?.calls ?? 0)
  }

  async function deadlocks(): Promise<number> {
    const [row] = await stage.server.ask<{ deadlocks: string }>(
      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
    )
    return Number(row?.deadlocks)
  }

  test("is that of all processes", async () => {
    const schema = stage.newSchema()
    await using one = stage.open({ schema })
    await using other = stage.open({ schema })
    await one.state.write([set("cart", 1)])
    await other.state.write([set("cart", 2, { ifVersion: await versionOf(other, "cart") })])
    expect(await valueOf(one, "cart")).toBe(2)
  })

  test("is read with one statement for all reads of a turn of the event loop", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    await queue.state.write([set("first", 1)])
    const names = Array.from({ length: 200 }, (_, index) => `key ${index}`)
    const reads = await Promise.all([
      ...names.map((name) => queue.state.read([keyOf(name), keyOf("first")])),
      queue.state.read([keyOf("first")]),
    ])
    expect(reads.map((entries) => entries.at(-1)?.json)).toEqual(reads.map(() => "1"))
    await untilTrue(async () => (await calls(schema, "read_state")) > 0)
    expect(await calls(schema, "read_state")).toBe(1)
  })

  test("is read while handlers hold all other connections of the pool", async () => {
    const pool = new pg.Pool({ connectionString: stage.server.url, max: 5 })
    onTestFinished(() => pool.end())
    await using queue = stage.open({ pool, timeoutMs: 5_000 })
    const [delivery] = await takeAll(queue, 1)
    await queue.state.read([keyOf("first")])
    await delivery?.transaction?.begin()
    expect(await queue.state.read([keyOf("first")])).toEqual([undefined])
    await delivery?.done([set("first", 1)])
    expect(await valueOf(queue, "first")).toBe(1)
  })

  test("has the last write of one turn of the event loop", async () => {
    await using queue = stage.open()
    const deliveries = await takeAll(queue, 20)
    await Promise.all(
      deliveries.map(async (one, index) =>
        one.done(index === 18 ? [{ kind: "delete", key: keyOf("a") }] : [set("a", index)]),
      ),
    )
    expect(await valueOf(queue, "a")).toBe(19)
  })

  test("keeps values with keys of any length apart", async () => {
    await using queue = stage.open()
    const long = "🗝".repeat(5_000)
    const keys: StateKey[] = [
      { botId: 1, space: long, key: long },
      { botId: 1, space: long, key: `${long}x` },
      { botId: 1, space: `${long}x`, key: long },
    ]
    await queue.state.write(keys.map((key, index) => ({ kind: "set", key, json: `${index}` })))
    const entries = await queue.state.read(keys)
    expect(entries.map((entry) => entry?.json)).toEqual(["0", "1", "2"])
    const wrong: StateWrite = { kind: "delete", key: keys[1] as StateKey, ifVersion: 0 }
    await expect(queue.state.write([wrong])).rejects.toMatchObject({ key: keys[1] })
  })

  test("takes the writes of many updates, however large they are together", async () => {
    await using queue = stage.open()
    const deliveries = await takeAll(queue, 24)
    const value = "x".repeat(1_000_000)
    await Promise.all(deliveries.map(async (one, index) => one.done([set(`${index}`, value)])))
    expect(await valueOf(queue, "23")).toBe(value)
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })

  test("is written under guards by many workers at once without a lost write", async () => {
    const schema = stage.newSchema()
    await using one = stage.open({ schema })
    await using other = stage.open({ schema })
    const queues = [one, other]
    const [count, names] = [60, ["a", "b", "c", "d"]]
    await Promise.all(Array.from({ length: count }, (_, id) => put(one, id + 1)))
    const conflicts = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const queue = queues[index % 2] ?? one
        const delivery = await queue.take(patience())
        const keys = index % 3 === 0 ? names : names.toReversed()
        const unguarded = queue.state.write(keys.map((key) => set(`free ${key}`, index)))
        const found = await increment(queue, keys, async (writes) => delivery.done(writes))
        await unguarded
        return found
      }),
    )
    for (const name of names) expect(await valueOf(one, name)).toBe(count)
    expect(Math.max(...conflicts)).toBeGreaterThan(0)
    expect(await one.status()).toMatchObject({ waiting: 0, running: 0 })
  })

  test("is written, deleted and created at once, in any order of the keys, without a deadlock", async () => {
    await using queue = stage.open()
    const names = Array.from({ length: 300 }, (_, index) => `${index}`)
    const before = await deadlocks()
    const writesOf = (round: number) =>
      names.map((name, index): StateWrite => {
        const guard = index === 0 && round % 2 === 0 ? { ifVersion: 0 } : {}
        return (index + round) % 3 === 0
          ? { kind: "delete", key: keyOf(name), ...guard }
          : set(name, round, guard)
      })
    const orders = [
      (writes: StateWrite[]) => writes,
      (writes: StateWrite[]) => writes.toReversed(),
      (writes: StateWrite[]) => [...writes.slice(100), ...writes.slice(0, 100)],
    ]
    const writes = Array.from({ length: 45 }, (_, round) =>
      queue.state.write(orders[round % 3]?.(writesOf(round)) ?? []),
    )
    for (const end of await Promise.allSettled(writes))
      if (end.status === "rejected") expect(end.reason).toBeInstanceOf(StateConflict)
    expect((await deadlocks()) - before).toBe(0)
  })

  test("is written once by updates whose transaction was cut off, with no false conflict", async () => {
    await using proxy = await TcpProxy.to(stage.server.port)
    const { port } = proxy
    const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" })
    onTestFinished(() => pool.end())
    await using queue = stage.open({ pool, timeoutMs: 1_000, logger: silentLogger })
    const ids = Array.from({ length: 60 }, (_, index) => index + 1)
    for (const id of ids) await put(queue, id, id % 6)
    let sent = 0
    const cutSome = (step: unknown) => {
      // At varying times after a transaction was sent: before, during or after its commit.
      if (step === "work: sent" && ++sent % 3 === 0 && sent <= 45)
        setTimeout(() => proxy.cut(), (sent / 3) % 4)
    }
    subscribe("sounder:postgres", cutSome)
    onTestFinished(() => void unsubscribe("sounder:postgres", cutSome))
    const counts = Array.from({ length: 6 }, () => ({ value: 0, version: 0 }))
    let handled = 0
    const work = async () => {
      for (;;) {
        const delivery = await queue.take(AbortSignal.timeout(60_000))
        const chat = delivery.update.update_id % 6
        // The lane belongs to this worker, so that its known version is the current one.
        const [entry] = await readAnyway(chat)
        expect(Number(entry?.json ?? 0)).toBe(counts[chat]?.value)
        const value = (counts[chat]?.value ?? 0) + 1
        counts[chat] = { value, version: entry?.version ?? 0 }
        await delivery.done([set(`${chat}`, value, { ifVersion: entry?.version ?? 0 })])
        handled += 1
      }
    }
    const readAnyway = async (chat: number) => {
      for (;;) {
        try {
          return await queue.state.read([keyOf(`${chat}`)])
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
    }
    const failures: unknown[] = []
    const workers = [work(), work(), work()].map((one) =>
      one.catch((error) => failures.push(error)),
    )
    await untilTrue(() => handled === ids.length || failures.length > 0)
    expect(failures).toEqual([])
    expect(sent).toBeGreaterThan(45)
    for (let chat = 0; chat < 6; chat++) expect(await valueOf(queue, `${chat}`)).toBe(10)
    await queue[Symbol.asyncDispose]()
    await Promise.all(workers)
  })

  test("rejects calls after the close of the queue, and makes all earlier writes", async () => {
    const schema = stage.newSchema()
    const queue = stage.open({ schema })
    const [delivery] = await takeAll(queue, 1)
    const before = [
      queue.state.write([set("a", 1)]),
      queue.state.read([keyOf("a")]),
      Promise.resolve(delivery?.done([set("b", 2)])),
    ]
    await queue[Symbol.asyncDispose]()
    await Promise.all(before)
    await expect(queue.state.read([keyOf("a")])).rejects.toMatchObject({ code: "queue-closed" })
    await expect(queue.state.write([set("a", 1)])).rejects.toMatchObject({ code: "queue-closed" })
    await using next = stage.open({ schema })
    expect([await valueOf(next, "a"), await valueOf(next, "b")]).toEqual([1, 2])
  })

  test("rejects with a StorageError while the database is away, and goes on when it is back", async () => {
    await using proxy = await TcpProxy.to(stage.server.port)
    const { port } = proxy
    const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" })
    onTestFinished(() => pool.end())
    await using queue = stage.open({ pool, timeoutMs: 1_000, logger: silentLogger })
    await queue.state.write([set("a", 1)])
    expect(await valueOf(queue, "a")).toBe(1)
    proxy.swallow()
    const unavailable = { name: "StorageError", code: "storage-unavailable" }
    await expect(queue.state.read([keyOf("a")])).rejects.toMatchObject(unavailable)
    await expect(queue.state.write([set("a", 2)])).rejects.toMatchObject(unavailable)
    proxy.heal()
    await untilTrue(() => valueOf(queue, "a").then(Boolean, () => false))
  })

  test("loses its expired values in the database after puts, and no others", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, rememberMs: 100 })
    const soon = { expiresAt: Date.now() + 1 }
    const names = Array.from({ length: 2_500 }, (_, index) => `${index}`)
    await queue.state.write(names.map((name) => set(name, 1, soon)))
    await queue.state.write([
      set("kept", 1),
      set("later", 1, { expiresAt: Date.now() + 3_600_000 }),
    ])
    let id = 0
    await untilTrue(async () => {
      await put(queue, ++id)
      const [row] = await stage.server.ask<{ count: string }>(
        `SELECT count(*) FROM ${schema}.state`,
      )
      return Number(row?.count) === 2
    })
    expect([await valueOf(queue, "kept"), await valueOf(queue, "later")]).toEqual([1, 1])
  })
})

describe("an update whose writes meet a conflict", withPostgres, () => {
  const stage = stageOfFile()

  test("stays in its worker's hands, and the other updates of its turn end", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, leaseMs: 1_500 })
    await using other = stage.open({ schema, leaseMs: 1_500, pollMs: 20 })
    const deliveries = await takeAll(queue, 5)
    await queue.state.write([set("a", 1)])
    const ends = await Promise.allSettled(
      deliveries.map(async (one, index) =>
        one.done([set(`${index}`, 1), set("a", index, index === 2 ? { ifVersion: 0 } : {})]),
      ),
    )
    expect(ends.map(({ status }) => status)).toEqual(
      deliveries.map((_, index) => (index === 2 ? "rejected" : "fulfilled")),
    )
    expect([await valueOf(queue, "a"), await valueOf(queue, "2")]).toEqual([4, undefined])
    // Longer than a lease: the worker keeps renewing the lease of this delivery.
    const stolen = await other.take(AbortSignal.timeout(3_000)).catch(() => undefined)
    expect(stolen).toBeUndefined()
    expect(await queue.status()).toMatchObject({ running: 1 })
    await deliveries[2]?.done([set("a", 2, { ifVersion: await versionOf(queue, "a") })])
    expect(await valueOf(queue, "a")).toBe(2)
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })

  test.each(["retry", "handBack", "setAside"] as const)("can still end with %s", async (how) => {
    await using queue = stage.open()
    const [delivery] = await takeAll(queue, 1)
    const wrong = [set("a", 1, { ifVersion: 7 })]
    await expect(delivery?.done(wrong)).rejects.toBeInstanceOf(StateConflict)
    await delivery?.[how]({})
    const counts = how === "setAside" ? { waiting: 0, setAside: 1 } : { waiting: 1, setAside: 0 }
    expect(await queue.status()).toMatchObject({ running: 0, ...counts })
  })

  test("is still aborted when its worker loses the lease", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, leaseMs: 600 })
    const [delivery] = await takeAll(queue, 1)
    const wrong = [set("a", 1, { ifVersion: 7 })]
    await expect(delivery?.done(wrong)).rejects.toBeInstanceOf(StateConflict)
    await stage.endLeases(schema)
    await untilTrue(() => delivery?.signal?.aborted === true)
    await expect(delivery?.done([set("a", 1)])).rejects.toMatchObject({ code: "lease-lost" })
    expect(await valueOf(queue, "a")).toBe(undefined)
  })

  test("has its transaction rolled back, and commits a new one with its new writes", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    await stage.pool.query(`CREATE TABLE ${schema}_notes (id integer)`)
    const notes = async () => {
      const { rows } = await stage.pool.query<{ id: number }>(`SELECT id FROM ${schema}_notes`)
      return rows.map(({ id }) => id)
    }
    const [delivery] = await takeAll(queue, 1)
    const note = async (id: number) => {
      const transaction = await delivery?.transaction?.begin()
      await transaction?.query(`INSERT INTO ${schema}_notes VALUES ($1)`, [id])
      return transaction
    }
    const first = await note(1)
    await expect(
      delivery?.done([set("a", 1, { ifVersion: 7 }), set("b", 1)]),
    ).rejects.toMatchObject({ code: "state-conflict", key: keyOf("a") })
    expect(() => first?.query("SELECT 1")).toThrow(TypeError)
    expect([await notes(), await valueOf(queue, "b")]).toEqual([[], undefined])
    await note(2)
    expect(await valueOf(queue, "a")).toBe(undefined)
    await delivery?.done([set("a", 2, { ifVersion: 0 })])
    expect([await notes(), await valueOf(queue, "a")]).toEqual([[2], 2])
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })
})

describe("an update with writes", withPostgres, () => {
  const stage = stageOfFile()

  test("whose lease was lost writes nothing, with a transaction or without", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const [one, other, kept] = await takeAll(queue, 2)
    expect(kept).toBeUndefined()
    await other?.transaction?.begin()
    await stage.endLeases(schema)
    const guarded = set("b", 1, { ifVersion: 7 })
    for (const delivery of [one, other]) {
      await expect(delivery?.done([set("a", 1), guarded])).rejects.toMatchObject({
        code: "lease-lost",
      })
    }
    expect([await valueOf(queue, "a"), await valueOf(queue, "b")]).toEqual([undefined, undefined])
  })

  test("that the database refuses is retried, and the other updates of its turn end", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, logger: silentLogger })
    const deliveries = await takeAll(queue, 8)
    await stage.pool.query(`ALTER TABLE ${schema}.state ADD CONSTRAINT odd CHECK (key <> '5')`)
    const ends = await Promise.allSettled(
      deliveries.map(async (one, index) => one.done([set(`${index}`, 1)])),
    )
    expect(ends.map(({ status }) => status)).toEqual(
      deliveries.map((_, index) => (index === 5 ? "rejected" : "fulfilled")),
    )
    const again = await queue.take(patience())
    expect([again.update.update_id, again.attempt]).toEqual([deliveries[5]?.update.update_id, 2])
    await again.done()
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })

  test("is stored with the values of the call, whatever becomes of its objects", async () => {
    await using queue = stage.open()
    const [delivery] = await takeAll(queue, 1)
    const write = { kind: "set", key: { ...keyOf("a") }, json: "1" } as const
    const writes: StateWrite[] = [write]
    const done = delivery?.done(writes)
    Object.assign(write.key, { key: "b" })
    Object.assign(write, { json: "2" })
    writes.pop()
    await done
    expect([await valueOf(queue, "a"), await valueOf(queue, "b")]).toEqual([1, undefined])
  })
})
