import { expect, test } from "vitest"
import { Conversation, ScriptedConversation } from "../../src/conversation/index.js"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import { textIn } from "../support/dispatched.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { keptBot } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"

const stage = stageOfFile()
const chats = Array.from({ length: 20 }, (_, index) => index + 1)

/**
 * Lets two dispatchers on one database handle a dialog of four texts in each chat. Returns the four
 * answers of each chat.
 */
async function answersOnTwoMachines(mount: (dispatcher: Dispatcher) => void): Promise<string[][]> {
  const schema = stage.newSchema()
  const queues = [stage.open({ schema }), stage.open({ schema })]
  const { bot, calls } = keptBot()
  const dispatchers = queues.map((queue) => new Dispatcher({ bot, queue }))
  for (const dispatcher of dispatchers) {
    mount(dispatcher)
    dispatcher.start()
  }
  for (const text of ["/order", "a", "b", "c"]) {
    await Promise.all(
      chats.map(async (chat, index) => {
        const queue = queues[(index + text.length) % 2]
        await queue?.put({ botId: bot.id, update: textIn(chat, text) })
      }),
    )
  }
  await untilTrue(() => calls.length >= 4 * chats.length)
  for (const dispatcher of dispatchers) await dispatcher.stop()
  for (const queue of queues) await queue[Symbol.asyncDispose]()
  const messages = calls.map(({ params }) => params as { chat_id: number; text: string })
  return chats.map((chat) =>
    messages.filter(({ chat_id: id }) => id === chat).map(({ text }) => text),
  )
}

test(
  "two machines lead the dialogs in one PostgreSQL database, and send each message once",
  withPostgres,
  async () => {
    const answers = await answersOnTwoMachines((dispatcher) => {
      const count = new Conversation("count", { states: ["one", "two", "three"] })
      count.entryPoints.command("order", (ctx) => ctx.dialog.enter("one"))
      for (const [state, next] of [
        ["one", "two"],
        ["two", "three"],
        ["three", undefined],
      ] as const) {
        count.entering(state, (ctx) => ctx.reply(state))
        count.state(state).on(filters.text, (ctx) => {
          if (next) ctx.dialog.to(next)
          else {
            ctx.dialog.end()
            return ctx.reply("end")
          }
        })
      }
      count.mount(dispatcher)
    })
    expect(answers).toEqual(chats.map(() => ["one", "two", "three", "end"]))
  },
)

test(
  "two machines lead the scripts in one PostgreSQL database, and make each message and each step once",
  withPostgres,
  async () => {
    const steps: number[] = []
    const answers = await answersOnTwoMachines((dispatcher) => {
      const count = new ScriptedConversation("count", async (talk, ctx) => {
        const words = [await talk.ask("one"), await talk.ask("two")]
        await talk.step("add", () => steps.push(Number(ctx.chat?.id)))
        words.push(await talk.ask("three"))
        await ctx.reply(words.join(""))
      })
      count.entryPoints.command("order", (ctx) => ctx.dialog.enter())
      count.mount(dispatcher)
    })
    expect(answers).toEqual(chats.map(() => ["one", "two", "three", "abc"]))
    expect(steps.toSorted((one, other) => one - other)).toEqual(chats)
  },
)
