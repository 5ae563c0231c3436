import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from "@grammyjs/conversations"
import { Bot as GrammyBot, type Context, session, type SessionFlavor } from "grammy"
import {
  type Context as TelegrafContext,
  Scenes,
  session as telegrafSession,
  Telegraf,
} from "telegraf"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { receive as receiveGrammy, storage } from "../../src/frameworks/grammy.js"
import { receive as receiveTelegraf, store } from "../../src/frameworks/telegraf.js"
import { silentLogger } from "../../src/ground/logger.js"
import type { UpdateQueue } from "../../src/queue/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import type { Updater } from "../../src/updater.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
let telegram: Simulator
let account: SimulatedBot
let ada: SimulatedUser
let updater: Updater | undefined

beforeEach(async () => {
  telegram = await Simulator.start()
  account = telegram.bot({ username: "framework_bot" })
  ada = telegram.user({ first_name: "Ada" })
})

afterEach(async () => {
  await stop()
  await telegram[Symbol.asyncDispose]()
})

async function stop(): Promise<void> {
  await updater?.stop({ deadlineMs: 100 })
  await updater?.bot[Symbol.asyncDispose]()
  updater = undefined
}

async function asks(text: string): Promise<string | undefined> {
  await ada.send(account, text)
  const { text: answer } = await ada.hears()
  return answer
}

/** Starts a bot of grammY with a session and a conversation, whose values are in the queue. */
async function startGrammy(queue: UpdateQueue): Promise<void> {
  type Counted = Context & SessionFlavor<{ count: number }>
  type Talking = ConversationFlavor<Counted>
  const { apiRoot } = telegram
  const bot = new GrammyBot<Talking>(account.token, { client: { apiRoot } })
  bot.use(session({ initial: () => ({ count: 0 }), storage: storage("session") }))
  bot.use(conversations({ storage: { type: "key", version: 1, adapter: storage("talks") } }))
  bot.use(
    createConversation(async (talk: Conversation<Talking>, ctx: Context) => {
      await ctx.reply("Your name?")
      const answer = await talk.waitFor("message:text")
      await answer.reply(`Hello, ${answer.message.text}!`)
    }, "greet"),
  )
  bot.command("greet", (ctx) => ctx.conversation.enter("greet"))
  bot.command("count", (ctx) => ctx.reply(`${++ctx.session.count}`))
  updater = receiveGrammy(bot, { queue })
  await updater.startPolling()
}

/** Starts a bot of Telegraf with a scene, whose session is in the queue. */
async function startTelegraf(queue: UpdateQueue): Promise<void> {
  type Counting = Scenes.WizardContext & { session: Scenes.WizardSession & { count?: number } }
  const greet = new Scenes.WizardScene<Counting>(
    "greet",
    async (ctx) => {
      await ctx.reply("Your name?")
      return ctx.wizard.next()
    },
    async (ctx) => {
      await ctx.reply(`Hello, ${ctx.text}!`)
      return ctx.scene.leave()
    },
  )
  const { apiRoot } = telegram
  const bot = new Telegraf<Counting>(account.token, { telegram: { apiRoot } })
  bot.use(
    telegrafSession({ store: store<NonNullable<Counting["session"]>>("session") }),
    new Scenes.Stage([greet]).middleware(),
  )
  bot.command("greet", (ctx) => ctx.scene.enter("greet"))
  bot.command("count", async (ctx) => {
    ctx.session.count = (ctx.session.count ?? 0) + 1
    await ctx.reply(`${ctx.session.count}`)
  })
  updater = receiveTelegraf(bot, { queue })
  await updater.startPolling()
}

describe.each([
  ["grammY", startGrammy],
  ["Telegraf", startTelegraf],
])("a bot of %s with its values in the queue", (_, start) => {
  test("goes on after a restart where its dialog was", async () => {
    const path = newPath()
    const queue = new SqliteQueue({ path })
    await start(queue)
    expect([await asks("/count"), await asks("/greet")]).toEqual(["1", "Your name?"])
    await stop()
    await queue[Symbol.asyncDispose]()
    await using reopened = new SqliteQueue({ path })
    await start(reopened)
    expect([await asks("Ada"), await asks("/count")]).toEqual(["Hello, Ada!", "2"])
    await stop()
  })
})

/** Returns a middleware that fails once after the handlers. */
function failingOnce(): (ctx: unknown, next: () => Promise<void>) => Promise<void> {
  let hasFailed = false
  return async (_, next) => {
    await next()
    if (hasFailed) return
    hasFailed = true
    throw new Error("broken")
  }
}

describe("an update that fails after its session was written is handled again with the session of before", () => {
  const options = { logger: silentLogger, attempts: { max: 2, backoff: () => 0 } }

  test("in grammY", async () => {
    const bot = new GrammyBot<Context & SessionFlavor<{ count: number }>>(account.token, {
      client: { apiRoot: telegram.apiRoot },
    })
    bot.use(failingOnce())
    bot.use(session({ initial: () => ({ count: 0 }), storage: storage("session") }))
    bot.command("count", (ctx) => ctx.reply(`${++ctx.session.count}`))
    bot.catch((error) => {
      throw error
    })
    updater = receiveGrammy(bot, { ...options, queue: new MemoryQueue() })
    await updater.startPolling()
    expect(await asks("/count")).toBe("1")
    expect((await ada.hears()).text).toBe("1")
    expect(await asks("/count")).toBe("2")
  })

  test("in Telegraf", async () => {
    const bot = new Telegraf<TelegrafContext & { session: { count: number } }>(account.token, {
      telegram: { apiRoot: telegram.apiRoot },
    })
    bot.use(failingOnce())
    bot.use(
      telegrafSession({
        defaultSession: () => ({ count: 0 }),
        store: store<{ count: number }>("session"),
      }),
    )
    bot.command("count", (ctx) => ctx.reply(`${++ctx.session.count}`))
    bot.catch((error) => {
      throw error
    })
    updater = receiveTelegraf(bot, { ...options, queue: new MemoryQueue() })
    await updater.startPolling()
    expect(await asks("/count")).toBe("1")
    expect((await ada.hears()).text).toBe("1")
    expect(await asks("/count")).toBe("2")
  })
})

test("outside of an update, and with a wrong name, there is a TypeError", async () => {
  await expect(storage("session").read("1")).rejects.toThrow(/outside of an update.*receive\(bot/)
  await expect(store("session").set("1", {})).rejects.toThrow(TypeError)
  expect(() => storage("")).toThrow("`name`")
})
