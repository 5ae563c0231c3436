import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import type { PostgresQueue } from "../../src/queue/postgres/index.js"
import { userData } from "../../src/session/index.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { ada, namedBot, textUpdate } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"

const bot = namedBot()
const count = 1_000

describe("two machines", { ...withPostgres, timeout: 300_000 }, () => {
  const stage = stageOfFile()

  test("lose no change of 1,000 parallel updates of one user in different chats", async () => {
    const schema = stage.newSchema()
    await using one = stage.open({ schema })
    await one.probe()
    await using other = stage.open({ schema, migrate: false })
    const data = userData({ initial: () => ({ n: 0 }) })
    const errors: string[] = []
    const dispatchers = [one, other].map((queue: PostgresQueue) => {
      const dispatcher = new Dispatcher({ bot, queue })
      dispatcher.derive(data).on(filters.text, (ctx) => void (ctx.userData.n += 1))
      dispatcher.catch((error) => void errors.push(error.message))
      return dispatcher
    })
    for (const dispatcher of dispatchers) dispatcher.start()
    const puts = Array.from({ length: count }, (_, index) => {
      const chat = { id: -1 - index, type: "group" as const, title: "G" }
      const update = textUpdate("x", { chat, from: ada })
      return (index % 2 === 0 ? one : other).put({ botId: bot.id, update })
    })
    await Promise.all(puts)
    await untilTrue(async () => {
      // The count of all rows costs time that the machines need.
      await sleep(200)
      const { waiting, running } = await one.status()
      return waiting + running === 0
    }, 240_000)
    expect(errors).toEqual([])
    const key = { botId: bot.id, space: "session userData", key: `${ada.id}` }
    const [entry] = await one.state.read([key])
    expect(JSON.parse(entry?.json ?? "")).toMatchObject({ data: { n: count } })
    for (const dispatcher of dispatchers) await dispatcher.stop()
  })
})
