import { describe, expect, onTestFinished, test } from "vitest"
import { Fleet } from "../../src/fleet/index.js"
import type { Bot } from "../../src/bot/index.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { untilTrue } from "../support/waiting.js"

const tokenOf = (botId: number) => `${botId}:${"A".repeat(35)}`

describe("two machines with one queue", withPostgres, () => {
  const stage = stageOfFile(["fsync=off"])

  /** Returns the fleets of two machines, whose dispatchers run. */
  async function machines() {
    const schema = stage.newSchema()
    const handled: string[] = []
    const machine = (name: string) => {
      const logger = new RecordingLogger()
      const queue = stage.open({ schema, pollMs: 50 })
      const fleet = new Fleet({ queue, logger })
      fleet.dispatcher.use((ctx) => void handled.push(`${name} ${ctx.update.update_id}`))
      fleet.dispatcher.start()
      onTestFinished(async () => {
        await fleet.dispatcher.stop()
        await fleet[Symbol.asyncDispose]()
        await queue[Symbol.asyncDispose]()
      })
      const put = (bot: Bot, id: number) => {
        const chat = { id, type: "private" as const, first_name: "Ada" }
        const message = { message_id: id, date: 1, chat, text: "x" }
        return queue.put({ botId: bot.id, update: { update_id: id, message } as never })
      }
      return { fleet, queue, logger, put }
    }
    return { one: machine("one"), other: machine("other"), handled }
  }

  test("handle the updates of a bot that only one of them has, and set none aside", async () => {
    const { one, other, handled } = await machines()
    const bot = await other.fleet.add(tokenOf(1_001))
    const ids = Array.from({ length: 60 }, (_, index) => index + 1)
    for (const id of ids) await one.put(bot, id)
    await untilTrue(() => handled.length === ids.length)
    expect(new Set(handled)).toEqual(new Set(ids.map((id) => `other ${id}`)))
    expect(await one.queue.status()).toMatchObject({ setAside: 0, waiting: 0 })
  })

  test("keep the updates of a bot that none of them has, until one of them adds it", async () => {
    const { one, other, handled } = await machines()
    const bot = { id: 1_001 } as Bot
    for (const id of [1, 2, 3]) await one.put(bot, id)
    await untilTrue(() => [...one.logger.errors, ...other.logger.errors].length > 0)
    expect([...one.logger.errors, ...other.logger.errors].join()).toContain("waits for bot 1001")
    expect(handled).toEqual([])
    await one.fleet.add(tokenOf(1_001))
    await untilTrue(() => handled.length === 3)
    expect(await one.queue.status()).toMatchObject({ setAside: 0, waiting: 0 })
  })
})
