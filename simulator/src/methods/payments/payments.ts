import type { LabeledPrice, Message, ShippingOption } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { billKey, needs, total, type Bill } from "../../world/payments.js"
import { subscriptionSeconds } from "../../world/subscriptions.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import { tooOld } from "../inline/callbacks.js"
import type { Arguments } from "../../arguments/arguments.js"
import {
  expectObject,
  partError,
  reading,
  requiredArrayField,
  requiredNumberField,
  requiredTextField,
} from "../fields.js"
import { arrayArgument } from "../json-argument.js"
import { requiredText } from "../required-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for invoices and the queries of a payment. */
export const paymentMethods: MethodTable = {
  sendInvoice,
  createInvoiceLink,
  answerShippingQuery: (call) => answer(call, "shipping"),
  answerPreCheckoutQuery: (call) => answer(call, "checkout"),
}

function sendInvoice(call: Call): Message {
  const { args, bot, world } = call
  const bill = billOf(args, bot.me.id)
  checkMessageArguments(call)
  const where = writableChat(call, "invoice")
  const message = deliver(call, where, {
    invoice: {
      title: args.text("title"),
      description: args.text("description"),
      start_parameter: args.text("start_parameter"),
      currency: bill.currency,
      total_amount: total(bill.prices),
    },
  })
  world.payments.bills.set(billKey(where.chat.id, message.message_id, bot.me.id), bill)
  return message
}

function createInvoiceLink({ args, bot, business, world }: Call): string {
  const bill = billOf(args, bot.me.id)
  if (business !== undefined && bill.currency !== "XTR") {
    throw CallError.badRequest("payments to a business account are in Telegram Stars only")
  }
  const link = `https://t.me/$${world.newInlineId().slice(0, 22)}`
  world.payments.bills.set(link, bill)
  return link
}

function answer({ args, bot, world }: Call, kind: "shipping" | "checkout"): true {
  const ok = args.flag("ok")
  const error = args.text("error_message")
  if (!ok) requiredText(args, "error_message")
  const options = ok && kind === "shipping" ? shippingOptions(args) : []
  const id = args.text(kind === "shipping" ? "shipping_query_id" : "pre_checkout_query_id")
  if (!world.payments.answer(id, bot.me.id, kind, { ok, options, error })) throw tooOld()
  return true
}

/** Returns the terms of an invoice. Throws Telegram's error for invalid ones. */
export function billOf(args: Arguments, botId: number): Bill {
  const title = requiredText(args, "title")
  const description = requiredText(args, "description")
  const payload = requiredText(args, "payload")
  const token = args.text("provider_token")
  const currency = requiredText(args, "currency").toUpperCase()
  const prices = pricesOf(args)
  const tips = tipsOf(args)
  for (const text of [title, description]) {
    if (text.trim() === "") throw CallError.badRequest("title and description must be non-empty")
  }
  if (!/^[A-Z]{3}$/.test(currency)) throw CallError.badRequest("CURRENCY_INVALID")
  const isInStars = currency === "XTR"
  if (!isInStars && token === "") throw CallError.badRequest("PAYMENT_PROVIDER_INVALID")
  if ((isInStars && prices.length > 1) || total(prices) <= 0) {
    throw CallError.badRequest("CURRENCY_TOTAL_AMOUNT_INVALID")
  }
  checkTips(tips)
  return {
    botId,
    payload,
    currency,
    prices,
    isFlexible: args.flag("is_flexible"),
    needs: needs.filter((name) => args.flag(`need_${name}`)),
    maxTip: tips.max,
    subscriptionSeconds: subscriptionOf(args, currency),
  }
}

function subscriptionOf(args: Arguments, currency: string): number {
  const period = args.integer("subscription_period", 0, 0, 2 ** 31 - 1)
  if (period === 0 || (period === subscriptionSeconds && currency === "XTR")) return period
  throw CallError.badRequest("a subscription has a period of 30 days and is paid in Telegram Stars")
}

interface Tips {
  readonly max: number
  readonly suggested: readonly number[]
}

function tipsOf(args: Arguments): Tips {
  const text = args.text("max_tip_amount")
  if (!/^-?\d*$/.test(text)) throw partError('Can\'t parse "max_tip_amount" as Number')
  const max = Number(text)
  if (args.text("suggested_tip_amounts") === "") return { max, suggested: [] }
  const names = { noun: "suggested_tip_amounts", items: "suggested tip amounts" }
  const suggested = arrayArgument(args, "suggested_tip_amounts", names).map(Number)
  return { max, suggested }
}

// The suggested tips, at most four, are ascending and do not exceed the maximum tip.
function checkTips({ max, suggested }: Tips): void {
  const isRising = suggested.every((tip, at) => tip > (at === 0 ? 0 : (suggested[at - 1] ?? 0)))
  if (suggested.length > 4 || !isRising || suggested.some((tip) => tip > max)) {
    throw CallError.badRequest("SUGGESTED_TIP_AMOUNTS_INVALID")
  }
}

function pricesOf(args: Arguments): LabeledPrice[] {
  requiredText(args, "prices")
  return readPrices(arrayArgument(args, "prices", { noun: "prices", items: "labeled prices" }))
}

function readPrices(values: readonly unknown[]): LabeledPrice[] {
  const prices = values.map((value) => reading("Can't parse labeled price", () => priceOf(value)))
  if (prices.length === 0) throw partError("There must be at least one price")
  return prices
}

function priceOf(value: unknown): LabeledPrice {
  const price = expectObject(value, "LabeledPrice must be an Object")
  const label = requiredTextField(price, "label")
  if (label === "") throw partError("LabeledPrice label must be non-empty")
  return { label, amount: requiredNumberField(price, "amount") }
}

function shippingOptions(args: Arguments): ShippingOption[] {
  requiredText(args, "shipping_options")
  const values = arrayArgument(args, "shipping_options", { noun: "shipping options" })
  const options = values.map((value) =>
    reading("Can't parse shipping option", () => {
      const option = expectObject(value, "ShippingOption must be an Object")
      const id = requiredTextField(option, "id")
      const title = requiredTextField(option, "title")
      return { id, title, prices: readPrices(requiredArrayField(option, "prices")) }
    }),
  )
  if (options.length === 0) throw CallError.badRequest("SHIPPING_OPTION_INVALID")
  return options
}
