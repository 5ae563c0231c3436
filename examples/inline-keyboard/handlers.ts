import type { Dispatcher } from "sounder"
import { callbackData, inlineKeyboard } from "sounder/keyboard"

const dishes = ["Soup", "Pasta", "Salad"] as const
const order = callbackData("order", { dish: dishes })

export function register(dispatcher: Dispatcher) {
  dispatcher.command(
    "start",
    (ctx) => {
      const buttons = inlineKeyboard().columns(2)
      for (const dish of dishes) buttons.text(dish, order({ dish }))
      buttons.row().url("All dishes", "https://example.com/dishes")
      return ctx.reply("What would you like?", { reply_markup: buttons })
    },
    { description: "Order a dish" },
  )
  // Replaces the text and removes the buttons, so that nobody orders twice.
  dispatcher.callbackQuery(order, async (ctx) => {
    await ctx.edit(`${ctx.data.dish} is on its way.`)
    await ctx.answer("Ordered!")
  })
}
