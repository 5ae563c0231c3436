import type { Dispatcher } from "sounder"
import { job } from "sounder/jobs"

const alarm = job("alarm")

export function register(dispatcher: Dispatcher) {
  alarm.handle(dispatcher, (ctx) => ctx.reply("Beep! The time is up."))

  dispatcher.command("start", (ctx) => ctx.reply("/set 60 sets an alarm in 60 seconds."), {
    description: "Begin",
  })

  dispatcher.command(
    "set",
    async (ctx) => {
      const seconds = Number(ctx.argument)
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) {
        return ctx.reply("Write a number of seconds, from 1 to 86400: /set 60")
      }
      // Each chat has one alarm: a run with the name of an earlier run replaces that run.
      await alarm.runOnce(ctx, { inMs: seconds * 1000, name: `alarm ${ctx.chat.id}` })
      await ctx.reply(`The alarm comes in ${seconds} seconds. /unset cancels it.`)
    },
    { description: "Set the alarm" },
  )

  dispatcher.command(
    "unset",
    async (ctx) => {
      const isCancelled = await alarm.cancel(ctx, `alarm ${ctx.chat.id}`)
      await ctx.reply(isCancelled ? "The alarm is cancelled." : "There is no alarm.")
    },
    { description: "Cancel the alarm" },
  )
}
