import type pg from "pg"
import { beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { Dispatcher, type DispatcherOptions } from "../../../src/dispatch/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { type Delivery, MemoryQueue } from "../../../src/queue/index.js"
import { type PostgresQueue } from "../../../src/queue/postgres/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { deferred, untilTrue } from "../../support/waiting.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const bot = new Bot("1:token", { me: { id: 1, is_bot: true, first_name: "Bot" } as never })
const patience = () => AbortSignal.timeout(60_000)

describe("a handler's transaction", withPostgres, () => {
  const stage = stageOfFile()
  let schema: string

  beforeEach(async () => {
    schema = stage.newSchema()
    await stage.pool.query(`CREATE TABLE ${schema}_notes (id integer)`)
  })

  const notes = async () => {
    const { rows } = await stage.pool.query<{ id: number }>(`SELECT id FROM ${schema}_notes`)
    return rows.map(({ id }) => id)
  }

  async function note(delivery: Delivery): Promise<void> {
    const transaction = await delivery.transaction?.begin()
    await transaction?.query(`INSERT INTO ${schema}_notes VALUES ($1)`, [delivery.update.update_id])
  }

  const putTo = (queue: PostgresQueue, chat: number, id: number) =>
    queue.put({ botId: 1, update: updateOf(chat, id) })

  async function dispatched(
    act: (dispatcher: Dispatcher, queue: PostgresQueue) => Promise<void>,
    options: Partial<DispatcherOptions> = {},
  ): Promise<void> {
    await using queue = stage.open({ schema })
    const dispatcher = new Dispatcher({ bot, queue, logger: silentLogger, ...options })
    await act(dispatcher, queue)
    await dispatcher.stop()
  }

  const untilIdle = (queue: PostgresQueue) =>
    untilTrue(async () => {
      const { waiting, running } = await queue.status()
      return waiting + running === 0
    })

  test("is committed with the end of its update, and not visible before", async () => {
    await using queue = stage.open({ schema })
    await putTo(queue, 7, 1)
    const delivery = await queue.take(patience())
    await note(delivery)
    expect(await notes()).toEqual([])
    await delivery.done()
    expect(await notes()).toEqual([1])
    expect(await queue.status()).toMatchObject({ waiting: 0, running: 0 })
  })

  test.each(["retry", "handBack", "setAside"] as const)(
    "is rolled back if its update ends with %s",
    async (how) => {
      await using queue = stage.open({ schema })
      await putTo(queue, 7, 1)
      const delivery = await queue.take(patience())
      await note(delivery)
      if (how === "setAside") await delivery.setAside(new Error("No"))
      else await delivery[how]()
      expect(await notes()).toEqual([])
      expect((await queue.status()).running).toBe(0)
    },
  )

  test("of a worker that has lost its lease is rolled back, and the other worker's is committed", async () => {
    await using queue = stage.open({ schema })
    await putTo(queue, 7, 1)
    const lost = await queue.take(patience())
    await note(lost)
    await stage.endLeases(schema)
    await using other = stage.open({ schema })
    const again = await other.take(patience())
    await note(again)
    await expect(lost.done()).rejects.toMatchObject({ code: "lease-lost" })
    expect(await notes()).toEqual([])
    await again.done()
    expect(await notes()).toEqual([1])
  })

  test("that cannot be committed has its update delivered again", async () => {
    await using queue = stage.open({ schema })
    await putTo(queue, 7, 1)
    const delivery = await queue.take(patience())
    const transaction = await delivery.transaction?.begin()
    await expect(transaction?.query("SELECT 1 / 0")).rejects.toThrow("division by zero")
    await expect(delivery.done()).rejects.toMatchObject({ name: "StorageError" })
    const again = await queue.take(patience())
    expect([again.update.update_id, again.attempt]).toEqual([1, 2])
    await again.done()
  })

  test("does not block puts to its chat", async () => {
    await using queue = stage.open({ schema })
    await putTo(queue, 7, 1)
    const delivery = await queue.take(patience())
    await note(delivery)
    await putTo(queue, 7, 2)
    await delivery.done()
    expect((await queue.take(patience())).update.update_id).toBe(2)
  })

  test("cannot be used or begun after its end", async () => {
    await using queue = stage.open({ schema })
    await putTo(queue, 7, 1)
    const delivery = await queue.take(patience())
    const transaction = await delivery.transaction?.begin()
    await delivery.done()
    expect(() => transaction?.query("SELECT 1")).toThrow(TypeError)
    await expect(delivery.transaction?.begin()).rejects.toThrow("before its update has ended")
  })

  test("is the same one for all handlers of an update, in their context", async () => {
    await dispatched(async (dispatcher, queue) => {
      const write = async (ctx: { transaction(): Promise<{ query: pg.Pool["query"] }> }) => {
        const transaction = await ctx.transaction()
        await transaction.query(`INSERT INTO ${schema}_notes VALUES (1)`)
      }
      dispatcher.use(async (ctx, next) => {
        await write(ctx as never)
        await next()
      })
      dispatcher.use((ctx) => write(ctx as never))
      dispatcher.start()
      await putTo(queue, 7, 1)
      await untilIdle(queue)
    })
    expect(await notes()).toEqual([1, 1])
  })

  test("is rolled back if a handler throws, and its update is done", async () => {
    await dispatched(async (dispatcher, queue) => {
      dispatcher.use(async (ctx) => {
        const transaction = await ctx.transaction()
        await transaction.query(`INSERT INTO ${schema}_notes VALUES (1)`)
        throw new Error("No luck")
      })
      dispatcher.start()
      await putTo(queue, 7, 1)
      await untilIdle(queue)
    })
    expect(await notes()).toEqual([])
  })

  test("is rolled back if a handler exceeds its time, and later writes are refused", async () => {
    const late = deferred()
    const errors: unknown[] = []
    await dispatched(
      async (dispatcher, queue) => {
        dispatcher.use(async (ctx) => {
          const transaction = await ctx.transaction()
          await transaction.query(`INSERT INTO ${schema}_notes VALUES (1)`)
          await late.promise
          try {
            await transaction.query(`INSERT INTO ${schema}_notes VALUES (2)`)
          } catch (error) {
            errors.push(error)
          }
        })
        // The abort is seen when the transaction is rolled back.
        dispatcher.catch(() => late.resolve())
        dispatcher.start()
        await putTo(queue, 7, 1)
        await untilIdle(queue)
      },
      { handlerTimeoutMs: 50 },
    )
    expect(errors).toEqual([expect.any(TypeError)])
    expect(await notes()).toEqual([])
  })
})

test("a handler that asks a queue without transactions for one gets an error that says so", async () => {
  await using queue = new MemoryQueue()
  const errors: string[] = []
  const dispatcher = new Dispatcher({ bot, queue })
  dispatcher.use((ctx) => ctx.transaction().then(() => {}))
  dispatcher.catch((error) => void errors.push(error.message))
  dispatcher.start()
  await queue.put({ botId: 1, update: updateOf(7, 1) })
  await dispatcher.stop()
  expect(errors).toEqual([expect.stringContaining("such as a PostgresQueue")])
})
