import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import { Bot as GrammyBot } from "grammy"
import { Telegraf } from "telegraf"
import { message } from "telegraf/filters"
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { receive as receiveGrammy } from "../../src/frameworks/grammy.js"
import { receive as receiveTelegraf } from "../../src/frameworks/telegraf.js"
import type { Updater } from "../../src/updater.js"
import { built, packageFolder } from "../support/built.js"
import { deferred, untilTrue } from "../support/waiting.js"

let telegram: Simulator
let account: SimulatedBot
let ada: SimulatedUser
let updater: Updater | undefined

beforeEach(async () => {
  telegram = await Simulator.start()
  account = telegram.bot()
  ada = telegram.user({ first_name: "Ada" })
})

afterEach(async () => {
  await updater?.stop({ deadlineMs: 100 })
  await updater?.bot[Symbol.asyncDispose]()
  updater = undefined
  await telegram[Symbol.asyncDispose]()
})

function grammyBot(): GrammyBot {
  return new GrammyBot(account.token, { client: { apiRoot: telegram.apiRoot } })
}

function telegrafBot(): Telegraf {
  return new Telegraf(account.token, { telegram: { apiRoot: telegram.apiRoot } })
}

describe("bot.stop()", () => {
  test("of a Telegraf bot stops the updater, and the running handler answers", async () => {
    const bot = telegrafBot()
    const [begun, gate] = [deferred(), deferred()]
    bot.on(message("text"), async (ctx) => {
      begun.resolve()
      await gate.promise
      await ctx.reply("Done")
    })
    updater = receiveTelegraf(bot)
    const ran = updater.runPolling()
    await ada.send(account, "Hello")
    await begun.promise
    bot.stop("SIGTERM")
    await untilTrue(() => updater?.isRunning === false)
    gate.resolve()
    await ran
    expect((await ada.hears()).text).toBe("Done")
    expect(() => bot.stop()).not.toThrow()
  })

  test("of a grammY bot stops the updater, and does not wait for its handler", async () => {
    const bot = grammyBot()
    bot.on("message:text", async (ctx) => {
      await bot.stop()
      await ctx.reply("Done")
    })
    updater = receiveGrammy(bot)
    await updater.startPolling()
    await ada.send(account, "Hello")
    await updater.ended
    expect((await ada.hears()).text).toBe("Done")
  })

  test("in Telegraf's lines for signals leaves the deadline to `runPolling`", async () => {
    await built()
    const program = `
      import { Telegraf } from "telegraf"
      import { receive } from "sounder/telegraf"
      const apiRoot = process.env.TELEGRAM_API_ROOT
      const bot = new Telegraf(process.env.BOT_TOKEN, { telegram: { apiRoot } })
      bot.on("text", async (ctx) => {
        console.log("begun")
        await new Promise((resolve) => setTimeout(resolve, 2_000))
        await ctx.reply("Done")
      })
      process.once("SIGINT", () => bot.stop("SIGINT"))
      process.once("SIGTERM", () => bot.stop("SIGTERM"))
      const { handled } = await receive(bot).runPolling({ deadlineMs: Number(process.env.DEADLINE) })
      console.log("handled " + handled.length)`
    const run = async (deadline: string) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        cwd: packageFolder,
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          ...process.env,
          BOT_TOKEN: account.token,
          TELEGRAM_API_ROOT: telegram.apiRoot,
          DEADLINE: deadline,
        },
      })
      onTestFinished(() => void child.kill("SIGKILL"))
      const closed = once(child, "close")
      await ada.send(account, "Hello")
      const printed: string[] = []
      for await (const line of createInterface(child.stdout)) {
        printed.push(line)
        if (line === "begun") child.kill("SIGTERM")
      }
      await closed
      return { code: child.exitCode, last: printed.at(-1) }
    }
    expect(await run("30000")).toEqual({ code: 0, last: "handled 1" })
    expect((await ada.hears()).text).toBe("Done")
    expect(await run("100")).toEqual({ code: 0, last: "handled 0" })
  }, 120_000)
})

describe("a start of the framework", () => {
  test("after `receive` rejects with one sentence, at the line of the caller", async () => {
    const [grammy, telegraf] = [grammyBot(), telegrafBot()]
    receiveGrammy(grammy)
    receiveTelegraf(telegraf)
    const starts = [grammy.start(), telegraf.launch()]
    const [start, launch] = await Promise.all(
      starts.map((each) => each.catch((error: Error) => error)),
    )
    const place = /^[^\n]*\n\s+at .*stopping\.test\.ts:\d+/
    expect(start).toMatchObject({
      name: "TypeError",
      message: "Remove `bot.start()`: Sounder receives for this bot.",
      stack: expect.stringMatching(place) as string,
    })
    expect(launch).toMatchObject({
      name: "TypeError",
      message: "Remove `bot.launch()`: Sounder receives for this bot.",
      stack: expect.stringMatching(place) as string,
    })
  })

  test("before `receive` is a mistake, too", async () => {
    const grammy = grammyBot()
    const polls = deferred()
    const started = grammy.start({ onStart: () => polls.resolve() })
    await polls.promise
    expect(() => receiveGrammy(grammy)).toThrow("Remove `bot.start()`")
    await grammy.stop()
    await started
    const telegraf = telegrafBot()
    const launched = telegraf.launch()
    receiveTelegraf(telegraf)
    await expect(launched).rejects.toThrow("Remove `bot.launch()`")
  })
})
