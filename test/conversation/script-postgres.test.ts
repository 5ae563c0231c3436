import { expect, test } from "vitest"
import { ScriptedConversation } from "../../src/conversation/index.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { textIn } from "../support/dispatched.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { keptBot } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"

const stage = stageOfFile()

test(
  "two machines lead the scripts in one PostgreSQL database, and make each message and each step once",
  withPostgres,
  async () => {
    const schema = stage.newSchema()
    const queues = [stage.open({ schema }), stage.open({ schema })]
    const { bot, calls } = keptBot()
    const steps: number[] = []
    const dispatchers = queues.map((queue) => {
      const dispatcher = new Dispatcher({ bot, queue })
      const count = new ScriptedConversation("count", async (talk, ctx) => {
        const words = [await talk.ask("one"), await talk.ask("two")]
        await talk.step("add", () => steps.push(Number(ctx.chat?.id)))
        words.push(await talk.ask("three"))
        await ctx.reply(words.join(""))
      })
      count.entryPoints.command("order", (ctx) => ctx.dialog.enter())
      count.mount(dispatcher)
      dispatcher.start()
      return dispatcher
    })
    const chats = Array.from({ length: 20 }, (_, index) => index + 1)
    for (const text of ["/order", "a", "b", "c"]) {
      await Promise.all(
        chats.map(async (chat, index) => {
          const queue = queues[(index + text.length) % 2]
          await queue?.put({ botId: bot.id, update: textIn(chat, text) })
        }),
      )
    }
    await untilTrue(() => calls.length >= 80)
    for (const dispatcher of dispatchers) await dispatcher.stop()
    for (const chat of chats) {
      const texts = calls
        .map(({ params }) => params as { chat_id: number; text: string })
        .filter(({ chat_id: id }) => id === chat)
      expect(texts.map(({ text }) => text)).toEqual(["one", "two", "three", "abc"])
    }
    expect(steps.toSorted((one, other) => one - other)).toEqual(chats)
    for (const queue of queues) await queue[Symbol.asyncDispose]()
  },
)
