import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import {
  arrangeShards,
  moveSlots,
  PostgresQueue,
  ShardedQueue,
} from "../../../../src/queue/postgres/index.js"
import { slotOfBot } from "../../../../src/queue/postgres/shards/slots.js"
import { QueueProbe, updateOf } from "../../../../src/testing/queue-probe.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { RecordingLogger } from "../../../support/recording-logger.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"
import { untilTrue } from "../../../support/waiting.js"

/** Bots that a new queue of two shards has on its first shard and on its second. */
const [onOne, onTwo] = [0, 1].map((place) =>
  Array.from({ length: 40 }, (_, index) => index + 1).filter(
    (botId) => slotOfBot(botId) % 2 === place,
  ),
) as [number[], number[]]

describe("ShardedQueue", withPostgres, () => {
  const stage = shardStageOfFile(["fsync=off"])

  test("every slot is on one shard, and the database computes the slots as Node does", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    for (const botId of [onOne[0], onTwo[0]])
      await queue.put({ botId: botId ?? 0, update: updateOf(7, 1) })
    const [one, two] = stage.servers
    const bots = async (server: typeof one) =>
      (await server?.ask<{ bot_id: string }>(`SELECT bot_id FROM ${schema}.updates`))?.map((row) =>
        Number(row.bot_id),
      )
    expect([await bots(one), await bots(two)]).toEqual([[onOne[0]], [onTwo[0]]])
    const numbers = [1, -5, 2 ** 53 - 1, 123_456_789, ...onOne, ...onTwo]
    const [row] =
      (await one?.ask<{ slots: number[] }>(
        `SELECT array_agg(${schema}.slot_of('bot', b, '') ORDER BY n) AS slots FROM unnest($1::bigint[]) WITH ORDINALITY x(b, n)`,
        [numbers],
      )) ?? []
    expect(row?.slots).toEqual(numbers.map(slotOfBot))
  })

  test("with home shards, a process takes from them only, and puts into all", async () => {
    const schema = stage.newSchema()
    await using ofOne = stage.open({ schema, home: ["one"] })
    await using ofTwo = stage.open({ schema, home: ["two"] })
    const [here, there] = [new QueueProbe(ofOne), new QueueProbe(ofTwo)]
    await here.put(7, 1, onTwo[0]).settled
    await here.expectNothing()
    await (await there.take()).done()
    await there.put(7, 1, onOne[0]).settled
    await there.expectNothing()
    await (await here.take()).done()
  })

  test("several calls of take get as many updates, whichever shard has them", async () => {
    await using queue = stage.open()
    const probe = new QueueProbe(queue)
    for (const bots of [onOne, onTwo, [...onOne, ...onTwo]]) {
      const takes = bots.map(() => probe.take())
      const id = 1 + bots.length
      for (const botId of bots) probe.put(7, id, botId)
      const taken = await Promise.all(takes)
      expect(new Set(taken.map(({ botId }) => botId))).toEqual(new Set(bots))
      expect((await queue.status()).running).toBe(bots.length)
      for (const delivery of taken) await delivery.done()
    }
    await probe.expectNothing()
  })

  test("a delivery that nobody asks for is handed back, without an attempt", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, pollMs: 5 })
    const probe = new QueueProbe(queue)
    const first = probe.take()
    await sleep(200)
    await Promise.all([probe.put(7, 1, onOne[0]).settled, probe.put(7, 2, onTwo[0]).settled])
    await first
    await untilTrue(async () => (await queue.status()).running === 1)
    const second = await probe.take()
    expect(second.attempt).toBe(1)
    expect(second.botId).not.toBe((await first).botId)
  })

  test("the writes of an update's end are of its bot only", async () => {
    await using queue = stage.open()
    const probe = new QueueProbe(queue)
    const delivery = await probe.takeUpdate(probe.put(7, 1, 1))
    const key = { botId: 2, space: "a", key: "b" }
    await expect(delivery.done([{ kind: "set", key, json: "1" }])).rejects.toThrow(TypeError)
    await delivery.done()
  })

  test("a handler's transaction is one of its bot's shard", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const probe = new QueueProbe(queue)
    const delivery = await probe.takeUpdate(probe.put(7, 1, onTwo[0]))
    const transaction = await delivery.transaction?.begin()
    const rows = await transaction?.query(`SELECT name FROM ${schema}.shard`)
    expect(rows?.rows).toEqual([{ name: "two" }])
    await delivery.done()
  })

  describe('with `by: "lane"`', () => {
    test("the lanes of one bot are on all shards, and the highest id is that of all", async () => {
      const schema = stage.newSchema()
      await using queue = stage.open({ schema, by: "lane" })
      for (let chat = 1; chat <= 40; chat++)
        await queue.put({ botId: 1, update: updateOf(chat, chat) })
      const counts = await Promise.all(
        stage.servers.map((server) =>
          server.ask<{ count: number }>(`SELECT count(*)::int AS count FROM ${schema}.updates`),
        ),
      )
      for (const [row] of counts) expect(row?.count).toBeGreaterThan(5)
      expect(await queue.highestId(1)).toBe(40)
    })

    test("there is no state, and an end with writes is refused", async () => {
      await using queue = stage.open({ by: "lane" })
      expect(queue.state).toBeUndefined()
      const probe = new QueueProbe(queue)
      const delivery = await probe.takeUpdate(probe.put(7))
      const key = { botId: 1, space: "a", key: "b" }
      await expect(delivery.done([{ kind: "set", key, json: "1" }])).rejects.toThrow(/has no state/)
      await delivery.done()
    })
  })

  describe("with the wrong shards", () => {
    /** Opens a queue with a wrong configuration, and checks that puts, takes and probes show why. */
    async function expectRefused(
      options: Parameters<typeof stage.open>[0],
      code: string,
      text: RegExp,
    ): Promise<void> {
      const logger = new RecordingLogger()
      await using queue = stage.open({ migrate: false, logger, ...options })
      const signal = new AbortController().signal
      await expect(Promise.resolve(queue.take(signal))).rejects.toMatchObject({ code })
      await expect(
        queue.put({ botId: onTwo[0] ?? 0, update: updateOf(7, 1) }),
      ).rejects.toMatchObject({ code })
      await expect(queue.probe()).rejects.toThrow(text)
      expect(logger.errors.join()).toMatch(text)
    }

    test("each mistake is an error that names it", { timeout: 60_000 }, async () => {
      const schema = stage.newSchema()
      const { one, two } = stage.shards
      if (!one || !two) throw new Error("There are no shards")
      await expectRefused({ schema }, "storage-outdated", /no shard yet. Call `arrangeShards`/)
      await arrangeShards(stage.shards, { schema })
      await expectRefused(
        { schema, shards: { one: two, two: one } },
        "shards-differ",
        /pool of the shard one leads to the shard two/,
      )
      await expectRefused({ schema, shards: { one } }, "shards-differ", /this process lacks two/)
      await expectRefused(
        { schema, shards: { one, two, three: two } },
        "shards-differ",
        /shard one does not know three|three leads to the shard two/,
      )
      await expectRefused({ schema, by: "lane" }, "shards-differ", /made with `by: "bot"`/)
      await expect(arrangeShards({ one }, { schema })).rejects.toThrow(/lacks two/)
      await expect(arrangeShards({ one: two, two: one }, { schema })).rejects.toThrow(/leads to/)
      await expect(arrangeShards(stage.shards, { schema, by: "lane" })).rejects.toThrow(/by: "bot"/)
      // The order of the names is without effect.
      await using queue = stage.open({ schema, shards: { two, one }, migrate: false })
      await queue.probe()
    })

    test("a shard of an older version is migrated with `migrate: true` only", async () => {
      const schema = stage.newSchema()
      await arrangeShards(stage.shards, { schema })
      for (const server of stage.servers) await server.ask(`UPDATE ${schema}.shard SET version = 0`)
      await expectRefused({ schema }, "storage-outdated", /another version of Sounder. Call/)
      await using queue = stage.open({ schema })
      await queue.put({ botId: onOne[0] ?? 0, update: updateOf(7, 1) })
    })

    test("wrong options are a TypeError", () => {
      const { shards } = stage
      const open = (options: object) => () => new ShardedQueue({ shards, ...options })
      for (const wrong of [
        { shards: {} },
        { shards: [] },
        { home: ["three"] },
        { by: "chat" },
        { pool: 1 },
      ]) {
        expect(open(wrong)).toThrow(TypeError)
      }
      expect(open({ shards: { one: { pool: {} } } })).toThrow(TypeError)
    })
  })

  test("a call of arrangeShards that was interrupted can be repeated, by several processes at once", async () => {
    const schema = stage.newSchema()
    await arrangeShards(stage.shards, { schema })
    const [one] = stage.servers
    await one?.ask(`DELETE FROM ${schema}.shard`)
    await Promise.all([1, 2, 3].map(() => arrangeShards(stage.shards, { schema })))
    await using queue = stage.open({ schema, migrate: false })
    for (const botId of [...onOne, ...onTwo]) await queue.put({ botId, update: updateOf(7, 1) })
  })

  test("a database with contents becomes a shard alone, and then shares its bots out", async () => {
    const schema = stage.newSchema()
    const { one, two } = stage.shards
    if (!one || !two) throw new Error("There are no shards")
    const bot = onTwo[0] ?? 0
    const key = { botId: bot, space: "a", key: "b" }
    {
      await using plain = new PostgresQueue({ pool: one.pool, schema, migrate: true })
      await plain.state.write([{ kind: "set", key, json: "1" }])
      await plain.put({ botId: bot, update: updateOf(7, 1) })
    }
    await expect(arrangeShards({ one, two }, { schema })).rejects.toMatchObject({
      code: "shards-differ",
      message: expect.stringContaining("one has contents of a queue already"),
    })
    {
      await using refused = stage.open({ schema })
      await expect(refused.probe()).rejects.toThrow(/has contents of a queue/)
    }
    await arrangeShards({ one }, { schema })
    await arrangeShards({ one, two }, { schema })
    await using queue = stage.open({ schema, migrate: false })
    const probe = new QueueProbe(queue)
    await (await probe.take()).done()
    const move = { from: "one", to: "two", slots: [slotOfBot(bot)], schema }
    expect(await moveSlots(stage.shards, move)).toEqual(move.slots)
    expect((await queue.state?.read([key]))?.[0]?.json).toBe("1")
    // Telegram sends an old update again.
    await probe.put(7, 1, bot).settled
    await probe.expectNothing()
  })

  test("a new shard gets slots while the queue is in use", async () => {
    const schema = stage.newSchema()
    const logger = new RecordingLogger()
    await using old = stage.open({ schema, logger })
    await old.probe()
    const [server] = stage.servers
    await server?.ask(`CREATE DATABASE third_of_${schema}`)
    const url = server?.url.replace(/postgres$/, `third_of_${schema}`)
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    onTestFinished(() => pool.end())
    const shards = { ...stage.shards, three: { pool } }
    await arrangeShards(shards, { schema })
    await using queue = stage.open({ schema, shards, migrate: false })
    const bot = onOne[0] ?? 0
    await moveSlots(shards, { from: "one", to: "three", slots: [slotOfBot(bot)], schema })
    await queue.put({ botId: bot, update: updateOf(7, 1) })
    const delivery = await queue.take(AbortSignal.timeout(30_000))
    expect(delivery.botId).toBe(bot)
    await delivery.done()
    // A process without the new shard refuses the updates of its bots, and goes on with the others.
    await expect(old.put({ botId: bot, update: updateOf(7, 2) })).rejects.toMatchObject({
      code: "slot-away",
    })
    await old.put({ botId: onTwo[0] ?? 0, update: updateOf(7, 1) })
    await untilTrue(() => logger.at("warn").some((line) => line.includes("lacks three")))
  })

  test("two shards that claim a slot, as after the restoring of a backup, get none of its updates", async () => {
    const schema = stage.newSchema()
    await arrangeShards(stage.shards, { schema })
    const [, two] = stage.servers
    await two?.ask(
      `UPDATE ${schema}.shard SET owned = repeat('1', 1024)::bit(1024), open = repeat('1', 1024)::bit(1024)`,
    )
    await using queue = stage.open({ schema, migrate: false })
    await expect(queue.put({ botId: onOne[0] ?? 0, update: updateOf(7, 1) })).rejects.toMatchObject(
      {
        code: "slot-away",
      },
    )
    await queue.put({ botId: onTwo[0] ?? 0, update: updateOf(7, 1) })
    await expect(arrangeShards(stage.shards, { schema })).rejects.toThrow(/restoring of a backup/)
  })

  test("a PostgresQueue in the schema of a shard is refused, except for looks into the shard", async () => {
    const schema = stage.newSchema()
    await arrangeShards(stage.shards, { schema })
    const { one } = stage.shards
    if (!one) throw new Error("There are no shards")
    const logger = new RecordingLogger()
    await using plain = new PostgresQueue({ pool: one.pool, schema, logger })
    expect(await plain.status()).toMatchObject({ waiting: 0 })
    expect(await plain.setAside()).toEqual([])
    const refused = {
      code: "shards-differ",
      message: expect.stringContaining(`${schema} is a shard of a \`ShardedQueue\``),
    }
    await expect(plain.put({ botId: 1, update: updateOf(7, 1) })).rejects.toMatchObject(refused)
    await expect(plain.probe()).rejects.toMatchObject(refused)
    const key = { botId: 1, space: "a", key: "b" }
    await expect(plain.state.read([key])).rejects.toMatchObject(refused)
    const abort = new AbortController()
    const taken = expect(plain.take(abort.signal)).rejects.toThrow("The test is over")
    await untilTrue(() => logger.errors.join().includes("is a shard"))
    abort.abort(new Error("The test is over"))
    await taken
  })

  test("a queue in one database is not affected", async () => {
    const { one } = stage.shards
    if (!one) throw new Error("There are no shards")
    await using queue = new PostgresQueue({
      pool: one.pool,
      schema: stage.newSchema(),
      migrate: true,
    })
    const probe = new QueueProbe(queue)
    await (await probe.takeUpdate(probe.put(7))).done()
  })
})
