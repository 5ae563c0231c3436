import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import type { Mode, RunningBot } from "../support/modes.js"
import type { Update } from "../../src/telegram/types.js"
import { deferred, untilTrue } from "../support/waiting.js"

/** A second, and half of one for a busy machine: less than the acknowledgement delay of 2 s. */
const soonMs = 1_500
const date = Math.floor(Date.now() / 1_000)
const checkout = { id: "p", currency: "XTR", total_amount: 1, invoice_payload: "p" }

/** Describes the behaviours that hold in every mode of receiving. */
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

    test("a command, a text and a button press each reach their handler", async () => {
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

    test("a handler of 60 s delays no query and no stop of its chat, and the payment waits", async () => {
      const seen: string[] = []
      const { dispatcher } = running
      dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
      dispatcher.preCheckoutQuery(() => void seen.push("checkout"))
      dispatcher.inlineQuery(() => void seen.push("inline"))
      dispatcher.widgetQuery(() => void seen.push("widget"))
      dispatcher.stoppedMessageGeneration(() => void seen.push("stopped"))
      dispatcher.on(filters.successfulPayment, () => void seen.push("paid"))
      dispatcher.on(filters.text, async (ctx) => {
        await ctx.bot.sendMessageDraft({
          ...{ chat_id: ctx.from?.id ?? 0, draft_id: 5, text: "I am thinking", can_stop: true },
        })
        await sleep(60_000, undefined, { signal: ctx.signal })
      })
      await running.start()
      // To a webhook without a recent success Telegram opens only one connection.
      await ada.send(account, "/start")
      await ada.hears()
      await ada.send(account, "a long question")
      const draft = await ada.seesDraft()
      const from = { id: ada.id, is_bot: false, first_name: "Ada" }
      const chat = { id: ada.id, type: "private" as const, first_name: "Ada" }
      const beganMs = performance.now()
      account.push({ pre_checkout_query: { ...checkout, from } })
      account.push({ inline_query: { id: "i", from, query: "", offset: "" } })
      account.push({ widget_query: { id: "w", from, chat, message_id: 1, data: "x" } } as object)
      const paid = { currency: "XTR", total_amount: 1, invoice_payload: "p" }
      account.push({
        message: { message_id: 9, date, chat, from, successful_payment: paid },
      } as object)
      await untilTrue(() => seen.length === 3)
      expect(seen.toSorted()).toEqual(["checkout", "inline", "widget"])
      expect(performance.now() - beganMs).toBeLessThan(soonMs)
      const stoppedMs = performance.now()
      await ada.stop(draft)
      await untilTrue(() => seen.length === 5)
      expect(seen.slice(3).toSorted()).toEqual(["paid", "stopped"])
      expect(performance.now() - stoppedMs).toBeLessThan(soonMs)
    })

    test("updates sent while the bot was down are handled in order once it is up", async () => {
      running.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
      for (const text of ["one", "two", "three"]) await ada.send(account, text)
      await running.start()
      const heard = [await ada.hears(), await ada.hears(), await ada.hears()]
      expect(heard.map((message) => message.text)).toEqual(["one", "two", "three"])
    })

    test("messages and presses of one chat are never handled at the same time", async () => {
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

    test("a slow handler of one chat delays no other chat", async () => {
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

    test("a handler that throws reaches the error handlers and is not repeated", async () => {
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

    test("an update without a matching handler, or of an unknown type, is acknowledged", async () => {
      running.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
      await running.start()
      await ada.send(account, "nobody listens")
      // A possible future type of Telegram.
      account.push({ telepathy: { from: { id: ada.id } } } as Omit<Update, "update_id">)
      await ada.send(account, "/start")
      expect((await ada.hears()).text).toBe("Hello!")
      await untilNothingPending(bot)
    })

    test("handlers can be added and removed while the bot runs", async () => {
      await running.start()
      const first = running.dispatcher.on(filters.text, (ctx) => ctx.reply("first"))
      await ada.send(account, "a")
      expect((await ada.hears()).text).toBe("first")
      first.remove()
      running.dispatcher.on(filters.text, (ctx) => ctx.reply("second"))
      await ada.send(account, "b")
      expect((await ada.hears()).text).toBe("second")
    })

    test("stop lets the running handler finish, hands back waiting updates, and reports both", async () => {
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

/** Waits until every update is acknowledged. */
async function untilNothingPending(bot: Bot): Promise<void> {
  await untilTrue(async () => (await bot.getWebhookInfo()).pending_update_count === 0)
}
