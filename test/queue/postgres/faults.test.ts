import { subscribe, unsubscribe } from "node:diagnostics_channel"
import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import {
  migratePostgresQueue,
  PostgresQueue,
  type PostgresQueueOptions,
} from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { freePort } from "../../support/free-port.js"
import { postgresPrograms, PostgresServer } from "../../support/postgres-server.js"
import { TcpProxy } from "../../support/tcp-proxy.js"
import { untilTrue } from "../../support/waiting.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const patience = () => AbortSignal.timeout(60_000)

function put(queue: PostgresQueue, id: number, chat = 7): Promise<void> {
  return queue.put({ botId: 1, update: updateOf(chat, id) })
}

/** Opens a queue on the given port, which records its log. */
function queueAt(port: number, options: Partial<PostgresQueueOptions> = {}) {
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" })
  const logged: string[] = []
  const note = (text: string) => void logged.push(text)
  const queue = new PostgresQueue({
    ...{ pool, migrate: true, timeoutMs: 3_000, pollMs: 20 },
    logger: { ...silentLogger, error: note, info: note },
    ...options,
  })
  onTestFinished(async () => {
    await queue[Symbol.asyncDispose]()
    await pool.end()
  })
  return { queue, logged, pool }
}

describe("a schema that the queue cannot use", withPostgres, () => {
  const stage = stageOfFile()

  test("because it is missing is named with the command that creates it", async () => {
    await using queue = stage.open({ schema: "nowhere", migrate: false })
    await expect(put(queue, 1)).rejects.toMatchObject({
      code: "storage-outdated",
      message: expect.stringContaining("Run `sounder queue migrate --schema nowhere`") as string,
    })
  })

  test("because it is older or newer is named with advice", async () => {
    const schema = stage.newSchema()
    await migratePostgresQueue(stage.pool, { schema })
    await stage.pool.query(`UPDATE ${schema}.version SET version = 0`)
    await using older = stage.open({ schema, migrate: false })
    await expect(put(older, 1)).rejects.toThrow("sounder queue migrate")
    await stage.pool.query(`UPDATE ${schema}.version SET version = 99`)
    await using newer = stage.open({ schema, migrate: false })
    await expect(put(newer, 1)).rejects.toMatchObject({ code: "storage-newer" })
  })

  test("is created by several processes at once, which do not disturb each other", async () => {
    const schema = stage.newSchema()
    const all = Array.from({ length: 5 }, () => migratePostgresQueue(stage.pool, { schema }))
    const made = await Promise.all(all)
    expect(made.filter(({ from }) => from === 0)).toHaveLength(1)
  })

  test("because the user may not create it is named, and no part of it is left", async () => {
    await stage.pool.query("CREATE ROLE weak LOGIN")
    const { port } = stage.server
    const pool = new pg.Pool({ host: "127.0.0.1", port, user: "weak", database: "postgres" })
    await expect(migratePostgresQueue(pool, { schema: "theirs" })).rejects.toMatchObject({
      code: "storage-failed",
      message: expect.stringContaining("lacks a right") as string,
    })
    await pool.end()
  })

  test("with the wrong isolation level is refused", async () => {
    const pool = new pg.Pool({
      connectionString: stage.server.url,
      options: "-c default_transaction_isolation=serializable",
    })
    await using queue = stage.open({ pool })
    await expect(put(queue, 1)).rejects.toThrow("`default_transaction_isolation`")
    await queue[Symbol.asyncDispose]()
    await pool.end()
  })
})

describe("a server that is away", withPostgres, () => {
  const programs = postgresPrograms() ?? ""

  async function ownServer(settings: readonly string[] = []): Promise<PostgresServer> {
    const server = await PostgresServer.start(programs, settings)
    onTestFinished(() => server[Symbol.asyncDispose]())
    return server
  }

  test("before the first use: puts are refused, takes wait, and the queue goes on when the server starts", async () => {
    const server = await ownServer()
    await using proxy = await TcpProxy.to(await freePort())
    const { queue, logged } = queueAt(proxy.port)
    const taking = queue.take(patience())
    await expect(put(queue, 1)).rejects.toMatchObject({ code: "storage-unavailable" })
    expect(logged[0]).toContain("cannot be reached")
    proxy.leadTo(server.port)
    await put(queue, 1)
    expect((await taking).update.update_id).toBe(1)
    await queue[Symbol.asyncDispose]()
  })

  test("killed and restarted: stored updates keep their order, and deliveries can still end", async () => {
    const server = await ownServer()
    const { queue, logged } = queueAt(server.port)
    for (const id of [1, 2, 3]) await put(queue, id)
    const held = await queue.take(patience())
    await server.stop("immediate")
    const done = held.done()
    await expect(put(queue, 4)).rejects.toMatchObject({ code: "storage-unavailable" })
    await expect(put(queue, 4)).rejects.toThrow("the queue continues without a restart")
    expect(held.signal?.aborted).toBe(false)
    await server.start()
    await done
    await put(queue, 4)
    for (const id of [2, 3, 4]) {
      const delivery = await queue.take(patience())
      expect([delivery.update.update_id, delivery.attempt]).toEqual([id, 1])
      await delivery.done()
    }
    expect(logged).toEqual([
      expect.stringContaining("Trying again"),
      "The queue in PostgreSQL can be used again",
    ])
  })

  test("with all connections ended by the operator: no process crashes, and new connections are opened", async () => {
    const server = await ownServer()
    const { queue } = queueAt(server.port)
    await put(queue, 1)
    const held = await queue.take(patience())
    for (let times = 0; times < 5; times++) {
      await server.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
      )
      await untilTrue(() =>
        put(queue, 2 + times).then(
          () => true,
          () => false,
        ),
      )
    }
    await held.done()
    const taken: number[] = []
    for (let times = 0; times < 5; times++) {
      const delivery = await queue.take(patience())
      taken.push(delivery.update.update_id)
      await delivery.done()
    }
    expect(taken).toEqual([2, 3, 4, 5, 6])
  })

  test("that accepts only reads refuses puts, and goes on when it accepts writes", async () => {
    const server = await ownServer()
    const { queue } = queueAt(server.port)
    await put(queue, 1)
    await server.ask("ALTER SYSTEM SET default_transaction_read_only = on")
    await server.ask("SELECT pg_reload_conf()")
    await untilTrue(() =>
      put(queue, 2).then(
        () => false,
        (error) => error.code === "storage-read-only",
      ),
    )
    const refused = put(queue, 9)
    await expect(refused).rejects.toThrow("connect the pool to the server that accepts writes")
    await server.stop()
    await server.start(["default_transaction_read_only=off"])
    await untilTrue(() =>
      put(queue, 2).then(
        () => true,
        () => false,
      ),
    )
    expect((await queue.take(patience())).update.update_id).toBe(1)
  })

  test("failed over to a second server: stored updates are there, and leases go on", async () => {
    const first = await ownServer()
    const second = await first.standby()
    onTestFinished(() => second[Symbol.asyncDispose]())
    // An answered commit is on both servers.
    await first.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await first.ask("SELECT pg_reload_conf()")
    await using proxy = await TcpProxy.to(first.port)
    const { queue } = queueAt(proxy.port, { timeoutMs: 5_000 })
    for (const id of [1, 2, 3]) await put(queue, id)
    const held = await queue.take(patience())
    await first.stop("immediate")
    second.promote()
    proxy.leadTo(second.port)
    proxy.cut()
    await held.done()
    await untilTrue(() =>
      put(queue, 4).then(
        () => true,
        () => false,
      ),
    )
    for (const id of [2, 3, 4]) {
      const delivery = await queue.take(patience())
      expect(delivery.update.update_id).toBe(id)
      await delivery.done()
    }
    await queue[Symbol.asyncDispose]()
  })

  test("out of connections is named with advice, and goes on when there are some again", async () => {
    const server = await ownServer(["max_connections=6", "superuser_reserved_connections=0"])
    const { queue, logged } = queueAt(server.port)
    const others = Array.from({ length: 6 }, () => new pg.Client(server.url))
    for (const other of others) await other.connect()
    const taking = queue.take(patience())
    await expect(put(queue, 1)).rejects.toMatchObject({
      code: "storage-unavailable",
      message: expect.stringContaining("raise `max_connections`") as string,
    })
    await untilTrue(() => logged.some((text) => text.includes("max_connections")))
    for (const other of others) await other.end()
    await put(queue, 1)
    expect((await taking).update.update_id).toBe(1)
  })

  test("that never answers is given up after `timeoutMs`, and no update is delivered twice", async () => {
    const server = await ownServer()
    await using proxy = await TcpProxy.to(server.port)
    const { queue } = queueAt(proxy.port, { timeoutMs: 2_000 })
    await put(queue, 1)
    const held = await queue.take(patience())
    await put(queue, 2, 8)
    proxy.swallow()
    const taking = queue.take(patience())
    const done = held.done()
    await expect(put(queue, 3)).rejects.toThrow("has not answered for 2000 ms")
    proxy.heal()
    await done
    expect((await taking).update.update_id).toBe(2)
    await put(queue, 3)
    expect((await queue.take(patience())).update.update_id).toBe(3)
    await queue[Symbol.asyncDispose]()
  })

  test("cut off while it answers loses no lane of a transaction with an unknown outcome", async () => {
    const server = await ownServer()
    await using proxy = await TcpProxy.to(server.port)
    const { queue } = queueAt(proxy.port, { timeoutMs: 1_000, leaseMs: 30_000 })
    const ids = Array.from({ length: 60 }, (_, index) => index + 1)
    for (const id of ids) await put(queue, id, id % 6)
    const seen: number[] = []
    let sent = 0
    const cutSome = (step: unknown) => {
      // At varying times after a transaction was sent: before, during or after its commit.
      if (step === "work: sent" && ++sent % 3 === 0 && sent <= 45) {
        setTimeout(() => proxy.cut(), (sent / 3) % 4)
      }
    }
    subscribe("sounder:postgres", cutSome)
    onTestFinished(() => void unsubscribe("sounder:postgres", cutSome))
    const work = async () => {
      while (seen.length < ids.length) {
        const delivery = await queue.take(AbortSignal.timeout(60_000))
        await delivery.done()
        seen.push(delivery.update.update_id)
      }
    }
    const workers = [work(), work(), work()].map((one) => one.catch(() => {}))
    await untilTrue(() => seen.length === ids.length)
    expect(sent).toBeGreaterThan(45)
    await queue[Symbol.asyncDispose]()
    await Promise.all(workers)
    for (let chat = 0; chat < 6; chat++) {
      expect(seen.filter((id) => id % 6 === chat)).toEqual(ids.filter((id) => id % 6 === chat))
    }
  })

  test("whose rows another transaction has locked refuses puts after a while", async () => {
    const server = await ownServer()
    const { queue } = queueAt(server.port, { timeoutMs: 20_000 })
    await put(queue, 1)
    const other = new pg.Client(server.url)
    await other.connect()
    await other.query("BEGIN; SELECT * FROM sounder.lanes FOR UPDATE")
    await expect(put(queue, 2)).rejects.toMatchObject({ code: "storage-locked" })
    await put(queue, 3, 8)
    await other.query("ROLLBACK")
    await other.end()
    await put(queue, 2)
  })
})
