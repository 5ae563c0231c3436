import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import { Bot as GrammyBot, InlineKeyboard, session, type Context, type SessionFlavor } from "grammy"
import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from "@grammyjs/conversations"
import { Menu } from "@grammyjs/menu"
import { Scenes, session as telegrafSession, Telegraf } from "telegraf"
import { message } from "telegraf/filters"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { receive as receiveGrammy } from "../../src/frameworks/grammy.js"
import { receive as receiveTelegraf } from "../../src/frameworks/telegraf.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue } from "../../src/queue/index.js"
import type { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { deferred } from "../support/waiting.js"

let telegram: Simulator
let account: SimulatedBot
let ada: SimulatedUser
let updater: Updater | undefined

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  account = telegram.bot({ username: "framework_bot" })
  ada = telegram.user({ first_name: "Ada" })
})

afterEach(async () => {
  await updater?.stop({ deadlineMs: 100 })
  await updater?.bot[Symbol.asyncDispose]()
  updater = undefined
  await telegram[Symbol.asyncDispose]()
  vi.restoreAllMocks()
})

function grammyBot(): GrammyBot {
  return new GrammyBot(account.token, { client: { apiRoot: telegram.apiRoot } })
}

function telegrafBot(): Telegraf {
  return new Telegraf(account.token, { telegram: { apiRoot: telegram.apiRoot } })
}

/** Receives as with a Bot API server with `--local`, which calls webhooks on plain HTTP. */
const local = { botOptions: { localMode: true } }

/** The two ways of receiving. */
const ways = {
  polling: () => updater?.startPolling(),
  webhook: async () => {
    const port = await freePort()
    const webhookUrl = `http://127.0.0.1:${port}/hook`
    await updater?.startWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
  },
}

describe.each(Object.entries(ways))("by %s", (_, start) => {
  test("a grammY bot answers commands, button presses and text", async () => {
    const bot = grammyBot()
    bot.command("start", (ctx) =>
      ctx.reply("Hello!", { reply_markup: new InlineKeyboard().text("Press", "press") }),
    )
    bot.callbackQuery("press", async (ctx) => {
      await ctx.answerCallbackQuery()
      await ctx.editMessageText("Pressed")
    })
    bot.on("message:text", (ctx) => ctx.reply(ctx.message.text))
    updater = receiveGrammy(bot, local)
    await start()
    await ada.send(account, "/start")
    const hello = await ada.hears()
    await ada.press(hello, "Press")
    expect((await ada.seesEdit()).text).toBe("Pressed")
    await ada.send(account, "Echo")
    expect((await ada.hears()).text).toBe("Echo")
  })

  test("a Telegraf bot walks through a scene with its session", async () => {
    const wizard = new Scenes.WizardScene<Scenes.WizardContext>(
      "name",
      async (ctx) => {
        await ctx.reply("Your name?")
        return ctx.wizard.next()
      },
      async (ctx) => {
        await ctx.reply(`Hello, ${ctx.text}!`)
        return ctx.scene.leave()
      },
    )
    const bot = new Telegraf<Scenes.WizardContext>(account.token, {
      telegram: { apiRoot: telegram.apiRoot },
    })
    bot.use(telegrafSession(), new Scenes.Stage([wizard]).middleware())
    bot.command("name", (ctx) => ctx.scene.enter("name"))
    bot.on(message("text"), (ctx) => ctx.reply("Outside"))
    updater = receiveTelegraf(bot, local)
    await start()
    await ada.send(account, "/name")
    expect((await ada.hears()).text).toBe("Your name?")
    await ada.send(account, "Ada")
    expect((await ada.hears()).text).toBe("Hello, Ada!")
    await ada.send(account, "Still there?")
    expect((await ada.hears()).text).toBe("Outside")
  })

  test("a grammY bot keeps its sessions, conversations and menus", async () => {
    type Counted = Context & SessionFlavor<{ count: number }>
    type Talking = ConversationFlavor<Counted>
    const bot = new GrammyBot<Talking>(account.token, { client: { apiRoot: telegram.apiRoot } })
    bot.use(session({ initial: () => ({ count: 0 }) }), conversations())
    bot.use(
      createConversation(async (talk: Conversation<Talking>, ctx: Context) => {
        await ctx.reply("Your name?")
        const answer = await talk.waitFor("message:text")
        await answer.reply(`Hello, ${answer.message.text}!`)
      }, "greet"),
    )
    const menu = new Menu<Talking>("menu").text("More", async (ctx) => {
      ctx.session.count += 1
      await ctx.editMessageText(`Count ${ctx.session.count}`)
    })
    bot.use(menu)
    bot.command("greet", (ctx) => ctx.conversation.enter("greet"))
    bot.command("menu", (ctx) => ctx.reply("Count 0", { reply_markup: menu }))
    updater = receiveGrammy(bot, local)
    await start()
    await ada.send(account, "/greet")
    expect((await ada.hears()).text).toBe("Your name?")
    await ada.send(account, "Ada")
    expect((await ada.hears()).text).toBe("Hello, Ada!")
    await ada.send(account, "/menu")
    const shown = await ada.hears()
    await ada.press(shown, "More")
    expect((await ada.seesEdit()).text).toBe("Count 1")
    await ada.press(shown, "More")
    expect((await ada.seesEdit()).text).toBe("Count 2")
  })
})

test("a press that is handled again does not fail because it was answered before, in grammY", async () => {
  const bot = grammyBot()
  let tries = 0
  bot.command("start", (ctx) =>
    ctx.reply("Hello!", { reply_markup: new InlineKeyboard().text("Press", "press") }),
  )
  bot.callbackQuery("press", async (ctx) => {
    await ctx.answerCallbackQuery()
    tries += 1
    if (tries === 1) throw new Error("broken")
    await ctx.editMessageText("Pressed")
  })
  bot.catch((error) => {
    throw error
  })
  const attempts = { max: 2, backoff: () => 0 }
  updater = receiveGrammy(bot, { logger: silentLogger, attempts })
  await updater.startPolling()
  await ada.send(account, "/start")
  await ada.press(await ada.hears(), "Press")
  expect((await ada.seesEdit()).text).toBe("Pressed")
  expect(tries).toBe(2)
})

describe("an error of the middleware", () => {
  test("that grammY's bot.catch catches ends the update", async () => {
    const logger = new RecordingLogger()
    const caught = deferred()
    let error: unknown
    const bot = grammyBot()
    bot.command("fail", () => {
      throw new Error("broken")
    })
    bot.catch((failure) => {
      error = failure.error
      caught.resolve()
    })
    updater = receiveGrammy(bot, { logger, attempts: { max: 3, backoff: () => 0 } })
    await updater.startPolling()
    await ada.send(account, "/fail")
    await caught.promise
    expect(error).toMatchObject({ message: "broken" })
    await updater.stop()
    expect(logger.at("error")).toEqual([])
  })

  test("without bot.catch has grammY's update retried in its place", async () => {
    vi.spyOn(console, "error").mockReturnValue()
    const bot = grammyBot()
    const seen: string[] = []
    bot.on("message:text", (ctx) => {
      seen.push(ctx.message.text)
      if (seen.length === 1) throw new Error("broken")
      return ctx.reply(ctx.message.text)
    })
    updater = receiveGrammy(bot, {
      logger: silentLogger,
      attempts: { max: 3, backoff: () => 0 },
    })
    await updater.startPolling()
    await ada.send(account, "first")
    await ada.send(account, "second")
    expect((await ada.hears()).text).toBe("first")
    expect((await ada.hears()).text).toBe("second")
    expect(seen).toEqual(["first", "first", "second"])
  })

  test("that Telegraf's bot.catch rethrows has the update retried", async () => {
    const bot = telegrafBot()
    let tries = 0
    bot.on(message("text"), (ctx) => {
      tries += 1
      if (tries < 3) throw new Error("broken")
      return ctx.reply(`After ${tries}`)
    })
    bot.catch((error) => {
      throw error
    })
    updater = receiveTelegraf(bot, {
      logger: silentLogger,
      attempts: { max: 3, backoff: () => 0 },
    })
    await updater.startPolling()
    await ada.send(account, "Hello")
    expect((await ada.hears()).text).toBe("After 3")
  })
})

test("the updates of a chat are handled one after the other, and other chats in parallel", async () => {
  const bot = grammyBot()
  const gate = deferred()
  const order: string[] = []
  bot.on("message:text", async (ctx) => {
    order.push(`begin ${ctx.message.text}`)
    if (ctx.message.text === "slow") await gate.promise
    order.push(`end ${ctx.message.text}`)
    await ctx.reply(ctx.message.text)
  })
  updater = receiveGrammy(bot, { queue: new MemoryQueue() })
  await updater.startPolling()
  const bob = telegram.user({ first_name: "Bob" })
  await ada.send(account, "slow")
  await ada.send(account, "after")
  await bob.send(account, "other")
  expect((await bob.hears()).text).toBe("other")
  expect(order).not.toContain("begin after")
  gate.resolve()
  expect((await ada.hears()).text).toBe("slow")
  expect((await ada.hears()).text).toBe("after")
  expect(order.indexOf("end slow")).toBeLessThan(order.indexOf("begin after"))
})

test("a Telegraf bot whose first getMe fails still handles its first update", async () => {
  const bot = telegrafBot()
  bot.command("start", (ctx) => ctx.reply(`I am ${ctx.me}`))
  updater = receiveTelegraf(bot)
  await updater.startPolling()
  telegram.fault("getMe", { html: 502 })
  await ada.send(account, "/start")
  expect((await ada.hears()).text).toBe("I am framework_bot")
})

test("the Bot API server of the framework's bot is used, unless `botOptions` names another", () => {
  expect(receiveGrammy(grammyBot()).bot.apiRoot).toBe(telegram.apiRoot)
  expect(receiveTelegraf(telegrafBot()).bot.apiRoot).toBe(telegram.apiRoot)
  const botOptions = { apiRoot: "http://127.0.0.1:1" }
  expect(receiveGrammy(grammyBot(), { botOptions }).bot.apiRoot).toBe("http://127.0.0.1:1")
})

describe("a bot with a server other than TELEGRAM_API_ROOT", () => {
  const wanted = "http://127.0.0.1:8081"
  beforeEach(() => void vi.stubEnv("TELEGRAM_API_ROOT", wanted))
  afterEach(() => void vi.unstubAllEnvs())

  test("is refused with the code that sets the server", () => {
    expect(() => receiveGrammy(new GrammyBot(account.token))).toThrow(
      /TELEGRAM_API_ROOT is http:\/\/127\.0\.0\.1:8081, but the bot calls https:\/\/api\.telegram\.org.*client: \{ apiRoot/,
    )
    expect(() => receiveTelegraf(new Telegraf(account.token))).toThrow(/telegram: \{ apiRoot/)
  })

  test("is accepted with that server, and with an `apiRoot` in `botOptions`", () => {
    const bot = new GrammyBot(account.token, { client: { apiRoot: wanted } })
    expect(receiveGrammy(bot).bot.apiRoot).toBe(wanted)
    const botOptions = { apiRoot: telegram.apiRoot }
    expect(receiveGrammy(grammyBot(), { botOptions }).bot.apiRoot).toBe(telegram.apiRoot)
  })
})
