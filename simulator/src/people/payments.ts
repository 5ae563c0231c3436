import type { Message, OrderInfo, ShippingAddress } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import { billKey, total, type Bill, type PaymentAnswer } from "../world/payments.js"
import type { StarPayment } from "../world/star-book.js"
import { scheduleRenewal } from "../world/subscriptions.js"
import type { World } from "../world/world.js"
import { nameOf, type Actor } from "./actor.js"

/** Details of a payment. */
export interface PayOptions {
  /** The shipping address; required if the price depends on it. */
  readonly shipping_address?: ShippingAddress
  /** The id of the shipping option. Default: the first one. */
  readonly shipping_option_id?: string
  /** The person's details. Default: generated, if the invoice requires them. */
  readonly order_info?: OrderInfo
  /** The tip, in the smallest unit of the currency. Default: 0. */
  readonly tip?: number
}

/** The outcome of a payment. */
export type Payment =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly error: string }

/** The time that a bot has to answer a pre-checkout query. */
const checkoutMs = 10_000
const usualAddress: ShippingAddress = {
  country_code: "DE",
  state: "",
  city: "Berlin",
  street_line1: "Unter den Linden 1",
  street_line2: "",
  post_code: "10117",
}

/** Pays an invoice, given as a message or a link. */
export async function pay(
  actor: Actor,
  invoice: Message | string,
  options: PayOptions,
): Promise<Payment> {
  const { world } = actor
  const bill =
    typeof invoice === "string" ? world.payments.bills.get(invoice) : billOf(actor, invoice)
  const bot = world.bots.get(bill?.botId ?? 0)
  if (bill === undefined || bot === undefined) throw new TypeError("Expected an invoice of a bot")
  const { tip = 0 } = options
  if (tip < 0 || tip > bill.maxTip)
    throw new TypeError(`The invoice takes tips up to ${bill.maxTip}`)
  const orderInfo = options.order_info ?? orderInfoFor(actor, bill, options)
  const shipping = bill.isFlexible ? await askShipping(actor, { bot, bill, options }) : undefined
  if (shipping?.ok === false) return { ok: false, error: shipping.error }
  const options_ = shipping?.options ?? []
  const chosen = options_.find(({ id }) => id === options.shipping_option_id) ?? options_[0]
  const order = {
    currency: bill.currency,
    total_amount: tip + total([...bill.prices, ...(chosen?.prices ?? [])]),
    invoice_payload: bill.payload,
    ...(chosen !== undefined && { shipping_option_id: chosen.id }),
    ...(orderInfo !== undefined && { order_info: orderInfo }),
  }
  const answer = await askCheckout(actor, bot, order)
  if (!answer.ok) return { ok: false, error: answer.error || "The bot did not answer in time" }
  return { ok: true, message: settle(actor, bot, { ...order, period: bill.subscriptionSeconds }) }
}

function orderInfoFor(
  { person }: Actor,
  { needs }: Bill,
  { shipping_address = usualAddress }: PayOptions,
): OrderInfo | undefined {
  if (needs.length === 0) return undefined
  const { id, first_name } = person.user
  const all = {
    name: first_name,
    phone_number: `49151${String(id).padStart(7, "0")}`,
    email: `${id}@example.com`,
    shipping_address,
  }
  return Object.fromEntries(needs.map((name) => [name, all[name]]))
}

function billOf({ world }: Actor, message: Message): Bill | undefined {
  const bot = (message.via_bot ?? message.sender_business_bot ?? message.from)?.id ?? 0
  return world.payments.bills.get(billKey(message.chat.id, message.message_id, bot))
}

function askShipping(
  { person, world }: Actor,
  asked: { bot: BotAccount; bill: Bill; options: PayOptions },
): Promise<PaymentAnswer> {
  const id = world.newId()
  const answered = world.payments.asked(id, asked.bot.me.id, "shipping")
  asked.bot.push("shipping_query", {
    id,
    from: person.user,
    invoice_payload: asked.bill.payload,
    shipping_address: asked.options.shipping_address ?? usualAddress,
  })
  return answered
}

async function askCheckout(
  { person, world }: Actor,
  bot: BotAccount,
  order: object,
): Promise<PaymentAnswer> {
  const id = world.newId()
  const answered = world.payments.asked(id, bot.me.id, "checkout")
  bot.push("pre_checkout_query", { id, from: person.user, ...order })
  const timer = world.environment.clock.setTimeout(() => world.payments.expire(id), checkoutMs)
  const answer = await answered
  timer.cancel()
  return answer
}

function settle(
  actor: Actor,
  bot: BotAccount,
  paid: { currency: string; total_amount: number; invoice_payload: string; period: number },
): Message {
  const { person, world } = actor
  const { period, ...order } = paid
  if (person.blocked.has(bot.me.id)) throw new TypeError(`${nameOf(actor)} has blocked the bot`)
  const expiresAt = world.now + period
  const recurring = {
    ...{ subscription_expiration_date: expiresAt, is_recurring: true as const },
    is_first_recurring: true as const,
  }
  const successful_payment = {
    ...order,
    ...(period > 0 && recurring),
    telegram_payment_charge_id: charge(world),
    provider_payment_charge_id: order.currency === "XTR" ? "" : charge(world),
  }
  if (order.currency === "XTR") {
    const { telegram_payment_charge_id: id, total_amount: amount } = successful_payment
    const payment = { id, amount, payload: order.invoice_payload, from: person.user }
    const rules = { periodSeconds: period, isCanceledByUser: false, isCanceledByBot: false }
    const subscription = period > 0 ? { subscription: { ...rules, expiresAt } } : {}
    const kept: StarPayment = { ...payment, isRefunded: false, ...subscription }
    world.stars.of(bot.me.id).paid(kept, world.now)
    scheduleRenewal(world, bot.me.id, kept)
  }
  return world.write(person, world.openPrivateChat(bot, person), { successful_payment })
}

function charge(world: World): string {
  return `ch_${world.newId()}`
}

/** Cancels the extension of a subscription, or takes the cancellation back. The bot is notified. */
export function setSubscription(
  { person, world }: Actor,
  message: Message,
  state: "canceled" | "active",
): void {
  const id = message.successful_payment?.telegram_payment_charge_id ?? ""
  for (const bot of world.bots.values()) {
    const payment = world.stars.of(bot.me.id).payment(id)
    if (payment?.subscription === undefined || payment.from.id !== person.user.id) continue
    const { subscription } = payment
    if (state === "active" && subscription.isCanceledByBot) {
      throw new TypeError("The bot has cancelled this subscription")
    }
    if (subscription.isCanceledByUser === (state === "canceled")) {
      throw new TypeError(`The subscription is ${state} already`)
    }
    payment.subscription = { ...subscription, isCanceledByUser: state === "canceled" }
    const invoice_payload = payment.payload
    bot.push("subscription", { user: person.user, invoice_payload, state })
    return
  }
  throw new TypeError("Expected the message of the first payment of a subscription")
}
