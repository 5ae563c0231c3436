import { type ScriptOptions, ScriptedConversation } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"

/** A schema of a number of at least 18. */
export const adult = {
  "~standard": {
    version: 1 as const,
    validate: (value: unknown) =>
      Number(value) >= 18 ? { value: Number(value) } : { issues: [{ message: "Too young" }] },
  },
}

/** Returns the conversation of the guide, with its entry and its fallback. */
export function registering(options: ScriptOptions<{}> = {}) {
  const saved: object[] = []
  const register = new ScriptedConversation(
    "register",
    async (talk, ctx) => {
      await ctx.reply("Your name?")
      const { message } = await talk.waitFor(
        filters.and(filters.text, filters.not(filters.command)),
      )
      const age = await talk.ask("Your age?", adult)
      const number = await talk.step("save", () => saved.push({ name: message.text, age }))
      await ctx.reply(`You are number ${number}.`)
    },
    options,
  )
  register.entryPoints.command("register", (ctx) => ctx.dialog.enter())
  register.first.command("help", (ctx) => ctx.reply("Help"))
  register.fallbacks.command("cancel", async (ctx) => {
    ctx.dialog.end()
    await ctx.reply("Cancelled.")
  })
  return { register, saved }
}
