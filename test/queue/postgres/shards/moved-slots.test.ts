import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { describe, expect, test } from "vitest"
import { arrangeShards, moveSlots } from "../../../../src/queue/postgres/index.js"
import { resumeMoves } from "../../../../src/queue/postgres/shards/move-slots.js"
import { ShardDatabase } from "../../../../src/queue/postgres/shards/shard-database.js"
import { slotOfBot } from "../../../../src/queue/postgres/shards/slots.js"
import { QueueProbe, updateOf } from "../../../../src/testing/queue-probe.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"
import { countKey, ShardLoad } from "./shard-load.js"

const bot = 42

describe("slots that move", withPostgres, () => {
  const stage = shardStageOfFile(["fsync=off"])

  function databases(schema: string): Record<"one" | "two", ShardDatabase> {
    const { one, two } = stage.shards
    if (!one || !two) throw new Error("There are no shards")
    const options = { schema, timeoutMs: 10_000 }
    return {
      one: new ShardDatabase({ name: "one", ...one }, options),
      two: new ShardDatabase({ name: "two", ...two }, options),
    }
  }

  /** Returns the names of the shard of a bot and of the other one. */
  async function placeOf(schema: string, botId: number): Promise<["one" | "two", "one" | "two"]> {
    const record = await databases(schema).one.record()
    return record?.owned[slotOfBot(botId)] === "1" ? ["one", "two"] : ["two", "one"]
  }

  test(
    "100 slots move under load: each update is handled once and in order, and the state goes along",
    { timeout: 300_000 },
    async () => {
      const schema = stage.newSchema()
      await using queue = stage.open({ schema })
      await queue.probe()
      // Another process, which does not know of the moves.
      await using other = stage.open({ schema, migrate: false })
      using load = new ShardLoad(150)
      load.send(queue)
      load.work(queue)
      load.work(other)
      await sleep(300)
      const ofBots = [...new Set(load.bots.map(slotOfBot))]
      const record = await databases(schema).one.record()
      const onOne = ofBots.filter((slot) => record?.owned[slot] === "1")
      const others = Array.from({ length: 1_024 }, (_, slot) => slot).filter(
        (slot) => record?.owned[slot] === "1" && !onOne.includes(slot),
      )
      const slots = [...onOne, ...others].slice(0, 100)
      const moved = await moveSlots(stage.shards, { from: "one", to: "two", slots, schema })
      expect(new Set(moved)).toEqual(new Set(slots))
      await sleep(300)
      await load.finish(queue)
      await load.expectAllHandled(other)
      expect([...load.refusals]).toEqual(["slot-away"])

      // Telegram sends an old update again: its id has moved, too.
      const probe = new QueueProbe(other)
      for (const botId of load.bots.slice(0, 20)) await probe.put(7, 1, botId).settled
      await probe.expectNothing()
      const left = await databases(schema).one.rows<{ count: number }>(
        `SELECT count(*)::int AS count FROM @schema.state s, @schema.shard h
          WHERE @schema.slot_of(h.rule, s.bot_id, '') = ANY ($1)`,
        [slots],
      )
      expect(left[0]?.count).toBe(0)
    },
  )

  test("timers and dead letters go with their slot", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const probe = new QueueProbe(queue)
    const late = await probe.takeUpdate(probe.put(7, 5, bot))
    await late.setAside(new Error("no"))
    const own = { name: "remind", lane: "7" }
    // On a busy machine, the move takes seconds.
    const dueAt = Date.now() + 10_000
    await queue.state?.write([
      { kind: "put", botId: bot, own, dueAt, timer: "a" },
      { kind: "put", botId: bot, own: { name: "later", lane: "7" }, dueAt: dueAt + 1, timer: "b" },
    ])
    const [from, to] = await placeOf(schema, bot)
    const slots = [slotOfBot(bot)]
    expect(await moveSlots(stage.shards, { from, to, slots, schema })).toEqual(slots)
    expect(await queue.status()).toMatchObject({ timers: 2, setAside: 1, waiting: 0 })
    expect(await queue.replay({ botId: bot, updateId: 5 })).toBe(true)
    const replayed = await probe.take()
    expect(replayed.update.update_id).toBe(5)
    await replayed.done()
    await queue.state?.write([{ kind: "cancel", botId: bot, timer: "b" }])
    const reminder = await probe.take()
    expect(reminder.update).toMatchObject({ own: { name: "remind" } })
    await reminder.done()
    // The ids of own updates go on below those of the former shard.
    await queue.state?.write([{ kind: "put", botId: bot, own }])
    const next = await probe.take()
    expect(next.update.update_id).toBeLessThan(reminder.update.update_id)
    await next.done()
    await probe.expectNothing()
  })

  test("a slot with an update that runs stays, and takes further updates", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const probe = new QueueProbe(queue)
    const running = await probe.takeUpdate(probe.put(7, 1, bot))
    const [from, to] = await placeOf(schema, bot)
    const slots = [slotOfBot(bot)]
    const moving = moveSlots(stage.shards, { from, to, slots, schema, timeoutMs: 200 })
    await sleep(100)
    const refused = probe.put(7, 2, bot)
    await refused.settled
    expect(refused.state).toMatchObject({ code: "slot-away" })
    expect(await moving).toEqual([])
    await running.done()
    await (await probe.takeUpdate(probe.put(7, 2, bot))).done()
  })

  test("a process that has missed a move reads and writes the state where it is", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const key = countKey(bot)
    await queue.state?.write([{ kind: "set", key, json: "1" }])
    const [from, to] = await placeOf(schema, bot)
    await using mover = stage.open({ schema })
    await mover.probe()
    await moveSlots(stage.shards, { from, to, slots: [slotOfBot(bot)], schema })
    await mover.state?.write([{ kind: "set", key, json: "2" }])
    const [entry] = (await queue.state?.read([key])) ?? []
    expect(entry?.json).toBe("2")
    const delivery = queue.take(AbortSignal.timeout(30_000))
    await mover.put({ botId: bot, update: updateOf(7, 1) })
    await (await delivery).done([{ kind: "set", key, json: "3", ifVersion: entry?.version ?? 0 }])
    expect((await mover.state?.read([key]))?.[0]?.json).toBe("3")
  })

  test("another process completes the move of a process that has died, at each step", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema })
    const key = countKey(bot)
    await queue.state?.write([{ kind: "set", key, json: "1" }])
    const both = databases(schema)
    const all = [both.one, both.two]
    const slots = [slotOfBot(bot)]
    const [first, second] = await placeOf(schema, bot)
    const [from, to] = [both[first], both[second]]

    await from.call("close_slots", [slots, to.name])
    await resumeMoves(all, 0)
    expect(await placeOf(schema, bot)).toEqual([first, second])
    await queue.put({ botId: bot, update: updateOf(7, 1) })
    await (await queue.take(AbortSignal.timeout(30_000))).done()

    await from.call("close_slots", [slots, to.name])
    expect(await from.call("leave_slots", [slots])).toEqual(slots)
    await to.call("begin_arrival", [slots, from.name, "dead", 1, -1])
    await resumeMoves(all, 0)
    expect(await placeOf(schema, bot)).toEqual([second, first])
    expect((await queue.state?.read([key]))?.[0]?.json).toBe("1")
    // The process was not dead, only slow.
    await expect(
      to.call("receive_state", [slots, "dead", [bot], ["test"], ["old"], ["1"], [1], [null]]),
    ).rejects.toThrow(/another process/)

    await to.call("close_slots", [slots, from.name])
    await to.call("leave_slots", [slots])
    await from.call("begin_arrival", [slots, to.name, "m", 1, -1])
    await from.call("end_arrival", [slots, "m"])
    await resumeMoves(all, 0)
    expect((await from.record())?.departing).toEqual([])
    expect((await to.record())?.departing).toEqual([])
  })

  test("a move to a shard that is away delays no other move", async () => {
    const schema = stage.newSchema()
    await arrangeShards(stage.shards, { schema })
    const { one, two } = databases(schema)
    const pool = new pg.Pool({ host: "127.0.0.1", port: 1 })
    const away = new ShardDatabase({ name: "away", pool }, { schema, timeoutMs: 10_000 })
    // Slots are shared out in turn: the even ones are on the first shard.
    for (const [slot, target] of [
      [0, "away"],
      [2, "two"],
    ]) {
      await one.call("close_slots", [[slot], target])
      await one.call("leave_slots", [[slot]])
    }
    await expect(resumeMoves([one, away, two], 0)).rejects.toMatchObject({
      code: "storage-unavailable",
    })
    expect((await two.record())?.owned[2]).toBe("1")
    expect((await one.record())?.departing).toMatchObject([{ slot: 0, target: "away" }])
  })

  test("the slots of spread lanes move with their ids", async () => {
    const schema = stage.newSchema()
    await using queue = stage.open({ schema, by: "lane" })
    const probe = new QueueProbe(queue)
    for (let chat = 1; chat <= 40; chat++) await probe.put(chat, chat, bot).settled
    for (let taken = 0; taken < 40; taken++) await (await probe.take()).done()
    const moved = await moveSlots(stage.shards, { from: "one", to: "two", schema })
    expect(moved).toHaveLength(512)
    for (let chat = 1; chat <= 40; chat++) {
      const again = probe.put(chat, chat, bot)
      await again.settled
      if (again.state !== "forgotten") chat -= 1
    }
    await probe.expectNothing()
    const counts = await databases(schema).one.rows<{ count: number }>(
      "SELECT count(*)::int AS count FROM @schema.updates",
      [],
    )
    expect(counts[0]?.count).toBe(0)
  })

  test("a move to a database that is no shard is refused, and closes no slot", async () => {
    const schema = stage.newSchema()
    const { one } = stage.shards
    if (!one) throw new Error("There are no shards")
    await arrangeShards({ one }, { schema })
    await expect(moveSlots(stage.shards, { from: "one", to: "two", schema })).rejects.toMatchObject(
      {
        code: "storage-outdated",
        message: expect.stringContaining("shard two is no shard yet"),
      },
    )
    await using queue = stage.open({ schema, shards: { one }, migrate: false })
    await queue.put({ botId: bot, update: updateOf(7, 1) })
  })

  test("a slot that is named twice moves once", async () => {
    const schema = stage.newSchema()
    await arrangeShards(stage.shards, { schema })
    const move = { from: "one", to: "two", slots: [0, 0], schema }
    expect(await moveSlots(stage.shards, move)).toEqual([0])
  })

  test("wrong moves are refused at once", async () => {
    const { shards } = stage
    const move = { from: "one", to: "two" }
    const moveAny = moveSlots as (shards: unknown, options: unknown) => Promise<number[]>
    await expect(moveAny(undefined, move)).rejects.toThrow(/Expected the `shards` option/)
    await expect(moveAny(shards, { ...move, slots: 5 })).rejects.toThrow(/Expected the `slots`/)
    await expect(moveSlots(shards, { from: "one", to: "one" })).rejects.toThrow(TypeError)
    await expect(moveSlots(shards, { from: "three", to: "one" })).rejects.toThrow(TypeError)
    await expect(moveSlots(shards, { from: "one", to: "two", slots: [1_024] })).rejects.toThrow(
      TypeError,
    )
  })
})
