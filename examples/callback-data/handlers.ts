import type { Context, Dispatcher } from "sounder"
import { callbackData, inlineKeyboard } from "sounder/keyboard"

/**
 * Data of any length: what does not fit into the 64 bytes of a button is stored with the update, and the
 * button has a key to it.
 */
const toggle = callbackData("toggle", { chosen: "text", number: "int" }, { ttlMs: 24 * 3_600_000 })

export function register(dispatcher: Dispatcher) {
  dispatcher.command("start", (ctx) =>
    ctx.reply("Choose numbers:", { reply_markup: numbers(ctx, []) }),
  )
  dispatcher.command("forget", async (ctx) => {
    await ctx.reply("Buttons stay valid for a day. There is nothing to forget.")
  })

  dispatcher.callbackQuery(toggle, async (ctx) => {
    const chosen = new Set(JSON.parse(ctx.data.chosen) as number[])
    const { number } = ctx.data
    if (!chosen.delete(number)) chosen.add(number)
    const all = [...chosen].toSorted((a, b) => a - b)
    await ctx.edit(`Chosen: ${all.join(", ")}`, { reply_markup: numbers(ctx, all) })
  })
  dispatcher.invalidCallbackData((ctx) => ctx.answer("This button is too old: /start again."))
}

/** Returns a button for each number, with the choice so far as its data. */
function numbers(ctx: Context, chosen: readonly number[]) {
  const buttons = inlineKeyboard().columns(5)
  for (let number = 1; number <= 20; number += 1) {
    const mark = chosen.includes(number) ? "✓ " : ""
    buttons.text(`${mark}${number}`, toggle({ chosen: JSON.stringify(chosen), number }, ctx))
  }
  return buttons
}
