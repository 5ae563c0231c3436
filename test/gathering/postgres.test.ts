import { expect, test } from "vitest"
import { Dispatcher } from "../../src/dispatch/index.js"
import { albums } from "../../src/gathering/index.js"
import type { Update } from "../../src/telegram/types.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { keptBot, messageUpdate } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"

const stage = stageOfFile()

/** Moves all stored times of a queue back, as if this time had passed. */
async function pass(schema: string, ms: number): Promise<void> {
  await stage.pool.query(`UPDATE ${schema}.timers SET due_at = due_at - ${ms}`)
  const { rows } = await stage.pool.query<{ json: string }>(`SELECT json FROM ${schema}.state`)
  for (const { json } of rows) {
    const earlier = JSON.stringify(JSON.parse(json), (name, value: unknown) =>
      ["dueAt", "since", "receivedAt"].includes(name) ? Number(value) - ms : value,
    )
    await stage.pool.query(`UPDATE ${schema}.state SET json = $1 WHERE json = $2`, [earlier, json])
  }
}

test.each([10, 4])(
  "an album of %i parts that come 11 s apart over two machines is handled once",
  { ...withPostgres, timeout: 120_000 },
  async (count) => {
    const schema = stage.newSchema()
    const queues = [stage.open({ schema }), stage.open({ schema })]
    const { bot } = keptBot()
    const seen: number[][] = []
    const dispatchers = queues.map((queue) => {
      const dispatcher = new Dispatcher({ bot, queue })
      // A slow machine adds its own time to the moved clock.
      albums({ firstQuietMs: 60_000 }).handle(dispatcher, (ctx) => {
        seen.push(ctx.parts.map(({ message_id: id }) => id))
      })
      dispatcher.start()
      return dispatcher
    })
    const stored = async () => {
      const { rows } = await stage.pool.query<{ json: string }>(`SELECT json FROM ${schema}.state`)
      return rows.map(({ json }) => (JSON.parse(json) as { parts: Update[] }).parts.length)
    }
    const ids = Array.from({ length: count }, (_, index) => index + 1)
    for (const id of ids) {
      const update = messageUpdate({ message_id: id, media_group_id: "a", photo: [] })
      await queues[id % 2]?.put({ botId: bot.id, update })
      if (id === 10) break
      await untilTrue(async () => (await stored())[0] === id)
      await pass(schema, 11_000)
    }
    if (count < 10) {
      expect(seen).toEqual([])
      await pass(schema, 11_000)
    }
    await untilTrue(() => seen.length > 0)
    await untilTrue(async () => (await stored()).length === 0)
    expect(seen).toEqual([ids])
    for (const dispatcher of dispatchers) await dispatcher.stop()
    for (const queue of queues) await queue[Symbol.asyncDispose]()
  },
)
