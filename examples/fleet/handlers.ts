import { type Fleet, filters } from "sounder"

/** The data of a shop's bot. */
interface Shop {
  readonly name: string
  /** The goods, with their prices. */
  readonly goods: Readonly<Record<string, number>>
}

const defaults: Shop = { name: "the shop", goods: { Bread: 3, Cake: 5 } }

export function register(fleet: Fleet) {
  // A handler for the bots of all kinds.
  fleet.dispatcher.command("help", (ctx) => ctx.reply("Begin with /start."))

  const shop = fleet.kind("shop", (data) => ({ ...defaults, ...(data as Partial<Shop> | null) }))
  shop.command("start", (ctx) => ctx.reply(`Welcome to ${ctx.botData.name}! /prices`))
  shop.command("prices", (ctx) => {
    const { goods }: Shop = ctx.botData
    const lines = Object.entries(goods).map(([good, price]) => `${good}: ${price} EUR`)
    return ctx.reply(lines.join("\n"))
  })

  // A bot of this kind passes all messages on to its owner.
  const support = fleet.kind("support", (data) => data as { owner: number })
  support.command("start", (ctx) => ctx.reply("What can we do for you?"))
  support.on(filters.message, async (ctx) => {
    await ctx.forward(ctx.botData.owner)
    await ctx.reply("Thank you, you will hear from us.")
  })

  fleet.dispatcher.catch(async (error, ctx) => {
    console.error(`Bot ${ctx.bot.id}: ${error.message}`)
    if (ctx.chat) await ctx.reply("Sorry, that failed.")
  })
}
