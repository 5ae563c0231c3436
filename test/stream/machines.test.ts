import { describe, expect, test } from "vitest"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import { type StreamedAnswer, streaming } from "../../src/stream/index.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { adasChat, keptBot, messageOf, textUpdate, updateWith } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"
import { Pieces } from "./pieces.js"

describe("a queue with two machines", withPostgres, () => {
  const stage = stageOfFile()

  test("Stop on another machine ends the answer, and the part is sent once", async () => {
    const schema = stage.newSchema()
    const worker = stage.open({ schema, listen: stage.pool })
    await worker.probe()
    const receiver = stage.open({ schema, listen: stage.pool, migrate: false })
    const pieces = new Pieces()
    const { bot, calls } = keptBot(({ method, params }) => {
      const { text } = params as { text: { text: string } }
      return method === "sendMessage" ? messageOf({ message_id: 31, text: text.text }) : true
    })
    const drafts = () => calls.filter(({ method }) => method === "sendMessageDraft")
    const answers: StreamedAnswer[] = []
    const dispatcher = new Dispatcher({ bot, queue: worker })
    streaming(dispatcher, { paceMs: 10 }).on(filters.text, async (ctx) => {
      answers.push(await ctx.stream(pieces))
    })
    dispatcher.start()
    await receiver.put({ botId: bot.id, update: textUpdate("a question") })
    pieces.give("part")
    await untilTrue(() => drafts().length > 0)
    const { draft_id } = Object(drafts()[0]?.params)
    const stopped = updateWith({ stopped_message_generation: { chat: adasChat, draft_id } })
    await receiver.put({ botId: bot.id, update: stopped })
    await pieces.returned
    await untilTrue(() => answers.length === 1)
    expect(answers).toMatchObject([{ text: "part", isStopped: true }])
    expect(calls.filter(({ method }) => method === "sendMessage")).toHaveLength(1)
    await dispatcher.stop()
    await worker[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
  }, 120_000)
})
