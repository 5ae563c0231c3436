import { subscribe, unsubscribe } from "node:diagnostics_channel"
import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import { silentLogger } from "../../../src/ground/logger.js"
import type { Delivery } from "../../../src/queue/index.js"
import type { PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"
import { TcpProxy } from "../../support/tcp-proxy.js"

const patience = () => AbortSignal.timeout(60_000)

/** Puts updates with the ids from 1, each in a chat of its own, and takes all of them. */
async function takeAll(queue: PostgresQueue, count: number): Promise<Delivery[]> {
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  await Promise.all(ids.map((id) => queue.put({ botId: 1, update: updateOf(id, id) })))
  return Promise.all(ids.map(() => queue.take(patience())))
}

/** Calls `act` when the queue sends its next transaction. */
function onNextSent(act: () => void): void {
  const onStep = (step: unknown) => {
    if (step !== "work: sent") return
    unsubscribe("sounder:postgres", onStep)
    act()
  }
  subscribe("sounder:postgres", onStep)
  onTestFinished(() => void unsubscribe("sounder:postgres", onStep))
}

describe("a queue that is closed right after its updates were handled", withPostgres, () => {
  const stage = stageOfFile()

  const rest = async (schema: string) => {
    await using queue = stage.open({ schema })
    return queue.status()
  }

  async function openBehindProxy(timeoutMs: number) {
    const schema = stage.newSchema()
    const proxy = await TcpProxy.to(stage.server.port)
    const { port } = proxy
    const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" })
    pool.on("error", () => {})
    const queue = stage.open({ pool, schema, timeoutMs, logger: silentLogger })
    onTestFinished(async () => {
      await queue[Symbol.asyncDispose]()
      const ended = pool.end()
      // The end of the pool waits for a connection whose first bytes the proxy has swallowed.
      await proxy[Symbol.asyncDispose]()
      await ended
    })
    return { schema, proxy, queue }
  }

  test("writes all their ends, however many transactions they need", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const taken = await takeAll(queue, 1_000)
    const done = taken.map(async (delivery) => delivery.done())
    await queue[Symbol.asyncDispose]()
    await Promise.all(done)
    expect(await rest(schema)).toMatchObject({ waiting: 0, running: 0 })
  })

  test("repeats a transaction that was in another one's way", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const taken = await takeAll(queue, 20)
    await stage.pool.query(`
      CREATE SEQUENCE ${schema}.tries;
      CREATE FUNCTION ${schema}.collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('${schema}.tries') <= 3 THEN
          RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER collide AFTER DELETE ON ${schema}.updates
        FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.collide()`)
    const done = taken.map(async (delivery) => delivery.done())
    await queue[Symbol.asyncDispose]()
    await Promise.all(done)
    expect(await rest(schema)).toMatchObject({ waiting: 0, running: 0 })
  })

  test("repeats a transaction whose connection was cut", async () => {
    const { queue, proxy, schema } = await openBehindProxy(10_000)
    const taken = await takeAll(queue, 600)
    const done = taken.map(async (delivery) => delivery.done())
    onNextSent(() => proxy.cut())
    await queue[Symbol.asyncDispose]()
    await Promise.all(done)
    expect(await rest(schema)).toMatchObject({ waiting: 0, running: 0 })
  })

  test("writes the ends of its new lease, and refuses those of a lost one", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, pollMs: 20 })
    const [lost] = await takeAll(queue, 1)
    await stage.endLeases(schema)
    // Another worker has the update now.
    await using other = stage.open({ schema })
    const again = await other.take(patience())
    await queue.put({ botId: 1, update: updateOf(2, 2) })
    const kept = await queue.take(patience())
    const refused = expect(lost?.done()).rejects.toMatchObject({ code: "lease-lost" })
    const done = kept.done()
    await queue[Symbol.asyncDispose]()
    await Promise.all([refused, done])
    await again.done()
    expect(await rest(schema)).toMatchObject({ waiting: 0, running: 0 })
  })

  test("writes the ends of updates with a transaction: commits, retries and updates set aside", async () => {
    const schema = stage.newSchema()
    await stage.pool.query(`CREATE TABLE ${schema}_notes (id integer)`)
    await using queue = stage.open({ schema })
    const taken = await takeAll(queue, 6)
    const note = async ({ transaction, update }: Delivery) =>
      (await transaction?.begin())?.query(`INSERT INTO ${schema}_notes VALUES ($1)`, [
        update.update_id,
      ])
    for (const delivery of taken.slice(0, 3)) await note(delivery)
    const delayMs = 3_600_000
    const ends = [
      (delivery: Delivery) => delivery.done(),
      (delivery: Delivery) => delivery.retry({ delayMs }),
      (delivery: Delivery) => delivery.setAside(new Error("no")),
    ]
    const ended = taken.map(async (delivery, index) => ends[index % 3]?.(delivery))
    await queue[Symbol.asyncDispose]()
    await Promise.all(ended)
    expect((await stage.pool.query(`SELECT id FROM ${schema}_notes`)).rows).toHaveLength(1)
    expect(await rest(schema)).toMatchObject({ waiting: 2, setAside: 2, running: 0 })
  })

  test("refuses the ends that it could not write in time, and all later ones", async () => {
    const { queue, proxy, schema } = await openBehindProxy(1_000)
    const [first, second] = await takeAll(queue, 2)
    proxy.swallow()
    const refused = expect(first?.done()).rejects.toMatchObject({ code: "queue-closed" })
    const startMs = performance.now()
    await queue[Symbol.asyncDispose]()
    expect(performance.now() - startMs).toBeLessThan(20_000)
    await refused
    await expect(second?.done()).rejects.toMatchObject({ code: "queue-closed" })
    proxy.heal()
    await stage.endLeases(schema)
    expect(await rest(schema)).toMatchObject({ waiting: 2 })
  })
})
