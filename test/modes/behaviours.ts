import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import type { Mode, RunningBot } from "../support/modes.js"
import type { Update } from "../../src/telegram/types.js"
import { deferred, untilTrue } from "../support/waiting.js"

/** What a user may rely on, in whatever way the updates are received. */
export function describeBehaviours(mode: Mode): void {
  describe(mode.name, () => {
    let telegram: Simulator
    let account: SimulatedBot
    let bot: Bot
    let running: RunningBot
    let ada: SimulatedUser
    let bob: SimulatedUser

    beforeEach(async () => {
      telegram = await Simulator.start({ local: true })
      account = telegram.bot({ username: "suite_bot" })
      bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
      running = await mode.open(bot)
      ada = telegram.user({ first_name: "Ada" })
      bob = telegram.user({ first_name: "Bob" })
    })

    afterEach(async () => {
      await running.stop({ deadlineMs: 100 })
      await running.close()
      await telegram[Symbol.asyncDispose]()
      await bot[Symbol.asyncDispose]()
    })

    test("a command, a text and a press of a button each reach their handler", async () => {
      const keyboard = { inline_keyboard: [[{ text: "Next", callback_data: "page:2" }]] }
      running.dispatcher.command("start", (ctx) => ctx.reply("Hello!", { reply_markup: keyboard }))
      running.dispatcher.on(filters.text, (ctx) => ctx.reply(`echo ${ctx.message.text}`))
      running.dispatcher.callbackQuery(/^page:(\d+)$/, (ctx) => ctx.answer(`page ${ctx.match[1]}`))
      await running.start()

      await ada.send(account, "/start")
      const greeting = await ada.hears()
      expect(greeting.text).toBe("Hello!")
      await ada.send(account, "hm")
      expect((await ada.hears()).text).toBe("echo hm")
      const press = await ada.press(greeting, "Next")
      expect(await press.answered).toMatchObject({ text: "page 2" })
    })

    test("what was sent while the bot was down is handled once it is up, in order", async () => {
      running.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
      for (const text of ["one", "two", "three"]) await ada.send(account, text)
      await running.start()
      const heard = [await ada.hears(), await ada.hears(), await ada.hears()]
      expect(heard.map((message) => message.text)).toEqual(["one", "two", "three"])
    })

    test("messages and presses of one chat never run at the same time", async () => {
      const keyboard = { inline_keyboard: [[{ text: "Press", callback_data: "press" }]] }
      let atOnce = 0
      let most = 0
      const seen: string[] = []
      const slowly = async (what: string) => {
        most = Math.max(most, ++atOnce)
        await new Promise((resolve) => setTimeout(resolve, 20))
        atOnce -= 1
        seen.push(what)
      }
      running.dispatcher.command("menu", (ctx) => ctx.reply("Menu", { reply_markup: keyboard }))
      running.dispatcher.on(filters.text, (ctx) => slowly(ctx.message.text))
      running.dispatcher.callbackQuery("press", async (ctx) => {
        await slowly("press")
        await ctx.answer()
      })
      await running.start()
      await ada.send(account, "/menu")
      const menu = await ada.hears()
      const answers: Promise<unknown>[] = []
      for (let n = 0; n < 5; n++) {
        await ada.send(account, `text ${n}`)
        answers.push((await ada.press(menu, "Press")).answered)
      }
      await Promise.all(answers)
      await untilTrue(() => seen.length === 10)
      expect(most).toBe(1)
      expect(seen.filter((what) => what !== "press")).toEqual(
        [0, 1, 2, 3, 4].map((n) => `text ${n}`),
      )
    })

    test("a chat whose handler takes long delays no other chat", async () => {
      const slow = deferred()
      running.dispatcher.on(filters.text, async (ctx) => {
        if (ctx.from?.id === ada.id) await slow.promise
        await ctx.reply(ctx.message.text)
      })
      await running.start()
      await ada.send(account, "slow")
      await ada.send(account, "behind it")
      for (let n = 0; n < 3; n++) {
        await bob.send(account, `quick ${n}`)
        expect((await bob.hears()).text).toBe(`quick ${n}`)
      }
      slow.resolve()
      expect((await ada.hears()).text).toBe("slow")
      expect((await ada.hears()).text).toBe("behind it")
    })

    test("a handler that throws reaches the error handlers and is not run again", async () => {
      const errors: string[] = []
      let runs = 0
      running.dispatcher.command("fail", () => {
        runs += 1
        throw new Error("no luck")
      })
      running.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
      running.dispatcher.catch(
        (error, ctx) => void errors.push(`${error.message} ${ctx.updateType}`),
      )
      await running.start()
      await ada.send(account, "/fail")
      await ada.send(account, "still here")
      expect((await ada.hears()).text).toBe("still here")
      await untilNothingPending(bot)
      expect(runs).toBe(1)
      expect(errors).toEqual([expect.stringMatching(/no luck message$/)])
    })

    test("an update that no handler wants, or of a type unknown today, is let go", async () => {
      running.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
      await running.start()
      await ada.send(account, "nobody listens")
      // A type that Telegram may have one day.
      account.push({ telepathy: { from: { id: ada.id } } } as Omit<Update, "update_id">)
      await ada.send(account, "/start")
      expect((await ada.hears()).text).toBe("Hello!")
      await untilNothingPending(bot)
    })

    test("handlers come and go while it runs", async () => {
      await running.start()
      const first = running.dispatcher.on(filters.text, (ctx) => ctx.reply("first"))
      await ada.send(account, "a")
      expect((await ada.hears()).text).toBe("first")
      first.remove()
      running.dispatcher.on(filters.text, (ctx) => ctx.reply("second"))
      await ada.send(account, "b")
      expect((await ada.hears()).text).toBe("second")
    })

    test("stop lets the running handler finish, gives back what waits, and says so", async () => {
      const slow = deferred()
      const began = deferred()
      running.dispatcher.on(filters.text, async (ctx) => {
        if (ctx.message.text === "first") {
          began.resolve()
          await slow.promise
        }
        await ctx.reply(ctx.message.text)
      })
      await running.start()
      await ada.send(account, "first")
      await ada.send(account, "second")
      await began.promise
      const stopped = running.stop({ deadlineMs: 5_000 })
      slow.resolve()
      const verdict = await stopped
      expect(verdict.unknown).toEqual([])
      expect((await ada.hears()).text).toBe("first")

      await running.start()
      expect((await ada.hears()).text).toBe("second")
      await untilNothingPending(bot)
    })
  })
}

/** Telegram has been told to forget everything. */
async function untilNothingPending(bot: Bot): Promise<void> {
  await untilTrue(async () => (await bot.getWebhookInfo()).pending_update_count === 0)
}
