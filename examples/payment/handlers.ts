import { type Dispatcher, filters } from "sounder"

const countries = ["DE", "FR", "IT"]

/**
 * @param provider_token the token of the payment provider, from @BotFather
 */
export function register(dispatcher: Dispatcher, provider_token: string) {
  dispatcher.command("start", (ctx) =>
    ctx.reply("/shipping sells a mug that is sent to you, /download sells a file."),
  )

  dispatcher.command("download", (ctx) =>
    ctx.replyWithInvoice({
      title: "A drawing",
      description: "To print at home",
      payload: "drawing",
      provider_token,
      currency: "EUR",
      prices: [{ label: "Drawing", amount: 100 }],
    }),
  )

  dispatcher.command("shipping", (ctx) =>
    ctx.replyWithInvoice({
      title: "A mug",
      description: "With the drawing on it",
      payload: "mug",
      provider_token,
      currency: "EUR",
      prices: [{ label: "Mug", amount: 900 }],
      need_name: true,
      need_shipping_address: true,
      is_flexible: true,
    }),
  )

  // Telegram asks for the prices of the delivery to an address.
  dispatcher.shippingQuery((ctx) => {
    const { country_code } = ctx.shippingQuery.shipping_address
    if (!countries.includes(country_code)) {
      return ctx.answer({ ok: false, error_message: "We do not send to your country." })
    }
    return ctx.answer({
      ok: true,
      shipping_options: [
        { id: "post", title: "Post", prices: [{ label: "Post", amount: 400 }] },
        { id: "express", title: "Express", prices: [{ label: "Express", amount: 1200 }] },
      ],
    })
  })

  // The last question before the payment, to be answered within ten seconds.
  dispatcher.preCheckoutQuery((ctx) => {
    const { invoice_payload } = ctx.preCheckoutQuery
    if (["mug", "drawing"].includes(invoice_payload)) return ctx.answer()
    return ctx.answer({ ok: false, error_message: "This offer has ended." })
  })

  dispatcher.on(filters.successfulPayment, (ctx) => {
    const { invoice_payload, shipping_option_id } = ctx.message.successful_payment
    const delivery = shipping_option_id ? ` We send it by ${shipping_option_id}.` : ""
    return ctx.reply(`Thank you for the ${invoice_payload}!${delivery}`)
  })
}
