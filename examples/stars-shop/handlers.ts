import { type Dispatcher, filters } from "sounder"
import { callbackData, inlineKeyboard } from "sounder/keyboard"
import { userData } from "sounder/session"
import { type Good, goodOf, goods } from "./goods.ts"

interface Purchase {
  good: Good["id"]
  charge: string
}

/** What a person has bought, with the charges, which a refund needs. */
const account = userData({ initial: () => ({ purchases: [] as Purchase[] }) })
const buy = callbackData("buy", { good: goods.map(({ id }) => id) })

export function register(dispatcher: Dispatcher) {
  const shop = dispatcher.derive(account)

  dispatcher.command("start", (ctx) => {
    const buttons = inlineKeyboard().columns(1)
    for (const { id, title, stars } of goods)
      buttons.text(`${title}: ${stars} ⭐`, buy({ good: id }))
    return ctx.reply("What would you like to have?", { reply_markup: buttons })
  })

  dispatcher.callbackQuery(buy, async (ctx) => {
    const good = goodOf(ctx.data.good)
    if (!good) return ctx.answer("The shop no longer has this.")
    const { id, title, description, stars } = good
    await ctx.replyWithInvoice({
      title,
      description,
      payload: id,
      currency: "XTR",
      prices: [{ label: title, amount: stars }],
    })
  })

  dispatcher.preCheckoutQuery((ctx) => {
    if (goodOf(ctx.preCheckoutQuery.invoice_payload)) return ctx.answer()
    return ctx.answer({ ok: false, error_message: "The shop no longer has this." })
  })

  // The purchase is stored with the end of the update; the thanks are sent if and only if it is.
  shop.on(filters.successfulPayment, async (ctx) => {
    const { invoice_payload, telegram_payment_charge_id } = ctx.message.successful_payment
    const good = goodOf(invoice_payload)
    if (!good) throw new Error(`Paid for an unknown good: ${invoice_payload}`)
    ctx.userData.purchases.push({ good: good.id, charge: telegram_payment_charge_id })
    await ctx.later("sendMessage", { text: `Here is your ${good.id}. Thank you!` })
  })

  shop.command("mine", (ctx) => {
    const titles = ctx.userData.purchases.map(({ good }) => goodOf(good)?.title ?? good)
    return ctx.reply(titles.length === 0 ? "Nothing yet: /start" : `You have: ${titles.join(", ")}`)
  })

  shop.command("refund", async (ctx) => {
    const purchase = ctx.userData.purchases.pop()
    if (!purchase) return ctx.reply("There is nothing to give back.")
    const { charge: telegram_payment_charge_id } = purchase
    await ctx.later("refundStarPayment", { user_id: ctx.from.id, telegram_payment_charge_id })
    await ctx.later("sendMessage", { text: "You get your Stars back." })
  })

  // Telegram demands this command of every bot that sells something.
  dispatcher.command("paysupport", (ctx) => ctx.reply("Write to @my_support about any payment."))
}
