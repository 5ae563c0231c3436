import type { LabeledPrice, Message, ShippingOption } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { billKey, needs, total, type Bill } from "../../world/payments.js"
import { writableChat } from "../chat-argument.js"
import { deliver } from "../deliver.js"
import { tooOld } from "../inline/callbacks.js"
import type { Arguments } from "../../arguments/arguments.js"
import { arrayArgument, listArgument, textField, type Fields } from "../json-argument.js"
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
  const where = writableChat(call, "invoice")
  const { args, bot, world } = call
  const bill = billOf(args, bot.me.id)
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
  if (ok && kind === "shipping") requiredText(args, "shipping_options")
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
  requiredText(args, "prices")
  for (const text of [title, description]) {
    if (text.trim() === "") throw CallError.badRequest("title and description must be non-empty")
  }
  if (!/^[A-Z]{3}$/.test(currency)) throw CallError.badRequest("CURRENCY_INVALID")
  const isInStars = currency === "XTR"
  if (!isInStars && token === "") throw CallError.badRequest("PAYMENT_PROVIDER_INVALID")
  const prices = listArgument(args, "prices", { noun: "prices", items: "labeled prices" }).map(
    priceOf,
  )
  const isTooMany = isInStars && prices.length > 1
  if (prices.length === 0 || isTooMany || total(prices) <= 0) {
    throw CallError.badRequest("CURRENCY_TOTAL_AMOUNT_INVALID")
  }
  return {
    botId,
    payload,
    currency,
    prices,
    isFlexible: args.flag("is_flexible"),
    needs: needs.filter((name) => args.flag(`need_${name}`)),
    maxTip: maxTip(args),
  }
}

// The suggested tips, at most four, are ascending and do not exceed the maximum tip.
function maxTip(args: Arguments): number {
  const max = args.integer("max_tip_amount", 0, 0, Number.MAX_SAFE_INTEGER)
  if (args.text("suggested_tip_amounts") === "") return max
  const noun = "suggested tip amounts"
  const tipAmounts = arrayArgument(args, "suggested_tip_amounts", { noun })
  const amounts = tipAmounts.map(Number)
  const isRising = amounts.every((amount, at) => amount > (at === 0 ? 0 : (amounts[at - 1] ?? 0)))
  if (amounts.length > 4 || !isRising || amounts.some((amount) => amount > max)) {
    throw CallError.badRequest("SUGGESTED_TIP_AMOUNTS_INVALID")
  }
  return max
}

function priceOf(price: Fields): LabeledPrice {
  const amount = Number(price["amount"])
  if (!Number.isInteger(amount)) {
    throw CallError.badRequest('can\'t parse labeled price: Field "amount" must be of type Number')
  }
  return { label: textField(price, "label"), amount }
}

function shippingOptions(args: Arguments): ShippingOption[] {
  const value = arrayArgument(args, "shipping_options", { noun: "shipping options" })
  if (value.length === 0) throw CallError.badRequest("SHIPPING_OPTION_INVALID")
  // Only displayed: the fields as the bot has sent them.
  return value as ShippingOption[]
}
