import type { Dispatcher } from "sounder"
import { job } from "sounder/jobs"
import { callbackData, inlineKeyboard } from "sounder/keyboard"
import { session } from "sounder/session"
import { durationOf } from "./duration-of.ts"

interface Reminder {
  number: number
  text: string
}

/** The reminders of a chat that are still to come. */
const list = session("reminders", {
  initial: () => ({ last: 0, open: [] as (Reminder & { at: number })[] }),
})
const remind = job<Reminder>("remind")
const morning = job("morning")
const snooze = callbackData("snooze", { text: "text" })

const nameOf = (chatId: number, number: number) => `reminder ${chatId} ${number}`

export function register(dispatcher: Dispatcher) {
  const bot = dispatcher.derive(list)

  bot.command("start", (ctx) =>
    ctx.reply("/in 20m tea reminds you, /list shows what is to come, /morning lists it each day."),
  )

  bot.command("in", async (ctx) => {
    const [first = "", ...words] = ctx.args
    const inMs = durationOf(first)
    if (inMs === undefined || words.length === 0) return ctx.reply("Write it so: /in 20m tea")
    const number = (ctx.reminders.last += 1)
    const text = words.join(" ")
    ctx.reminders.open.push({ number, text, at: Date.now() + inMs })
    // The run is stored together with the list, or neither is.
    await remind.runOnce(ctx, { inMs, data: { number, text }, name: nameOf(ctx.chat.id, number) })
    await ctx.reply(`I will remind you in ${first}: ${text}`)
  })

  bot.command("list", (ctx) => ctx.reply(textOf(ctx.reminders.open)))

  bot.command(/^cancel_(\d+)$/, async (ctx) => {
    const number = Number(ctx.match[1])
    const isCancelled = await remind.cancel(ctx, nameOf(ctx.chat.id, number))
    ctx.reminders.open = ctx.reminders.open.filter((other) => other.number !== number)
    await ctx.reply(isCancelled ? "Cancelled." : "There is no such reminder.")
  })

  remind.handle(bot, async (ctx) => {
    const { number, text } = ctx.data
    ctx.reminders.open = ctx.reminders.open.filter((other) => other.number !== number)
    await ctx.reply(`Remember: ${text}`, {
      reply_markup: inlineKeyboard().text("In ten minutes", snooze({ text }, ctx)),
    })
  })

  bot.callbackQuery(snooze, async (ctx) => {
    const number = (ctx.reminders.last += 1)
    const { text } = ctx.data
    const inMs = 600_000
    ctx.reminders.open.push({ number, text, at: Date.now() + inMs })
    const name = nameOf(ctx.chat?.id ?? 0, number)
    await remind.runOnce(ctx, { inMs, data: { number, text }, name })
    await ctx.edit(`Again in ten minutes: ${text}`)
  })

  bot.command("morning", async (ctx) => {
    const [at = "08:00", timeZone = "UTC"] = ctx.args
    await morning.runDaily(ctx, { at, timeZone, name: `morning ${ctx.chat.id}` })
    await ctx.reply(`Each day at ${at} (${timeZone}) I list what is to come.`)
  })
  morning.handle(bot, (ctx) => ctx.reply(textOf(ctx.reminders.open)))
}

function textOf(open: readonly (Reminder & { at: number })[]): string {
  if (open.length === 0) return "Nothing to come."
  const lines = open
    .toSorted((a, b) => a.at - b.at)
    .map(({ number, text, at }) => `${new Date(at).toISOString()} ${text} /cancel_${number}`)
  return lines.join("\n")
}
