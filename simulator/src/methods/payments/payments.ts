import type { LabeledPrice, Message, ShippingOption } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { billKey, total, type Bill } from "../../world/payments.js"
import { writableChat } from "../chat-argument.js"
import { deliver } from "../deliver.js"
import { tooOld } from "../inline/callbacks.js"
import { listArgument, textField, type Fields } from "../json-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Invoices, and the questions on the way to their payment. */
export const paymentMethods: MethodTable = {
  sendInvoice,
  createInvoiceLink,
  answerShippingQuery: (call) => answer(call, "shipping"),
  answerPreCheckoutQuery: (call) => answer(call, "checkout"),
}

function sendInvoice(call: Call): Message {
  const where = writableChat(call, "invoice")
  const { args, bot, world } = call
  const bill = billOf(call)
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

function createInvoiceLink(call: Call): string {
  const bill = billOf(call)
  const link = `https://t.me/$${call.world.newInlineId().slice(0, 22)}`
  call.world.payments.bills.set(link, bill)
  return link
}

function answer({ args, bot, world }: Call, kind: "shipping" | "checkout"): true {
  const ok = args.flag("ok")
  const error = args.text("error_message")
  if (!ok && error === "") throw CallError.badRequest("error message is empty")
  const options = ok && kind === "shipping" ? shippingOptions(args.json("shipping_options")) : []
  const id = args.text(kind === "shipping" ? "shipping_query_id" : "pre_checkout_query_id")
  if (!world.payments.answer(id, bot.me.id, kind, { ok, options, error })) throw tooOld()
  return true
}

function billOf({ args, bot }: Call): Bill {
  for (const name of ["title", "description", "payload"]) {
    if (args.text(name).trim() === "") throw CallError.badRequest(refusals[name] ?? name)
  }
  const currency = args.text("currency").toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) throw CallError.badRequest("CURRENCY_INVALID")
  if (currency !== "XTR" && args.text("provider_token") === "") {
    throw CallError.badRequest("PAYMENT_PROVIDER_INVALID")
  }
  const prices = listArgument(args, "prices", "can't parse prices JSON object").map(priceOf)
  const isTooMany = currency === "XTR" && prices.length > 1
  if (prices.length === 0 || isTooMany || total(prices) <= 0) {
    throw CallError.badRequest("CURRENCY_TOTAL_AMOUNT_INVALID")
  }
  const isFlexible = args.flag("is_flexible")
  return { botId: bot.me.id, payload: args.text("payload"), currency, prices, isFlexible }
}

const refusals: Readonly<Record<string, string>> = {
  title: "title must be non-empty",
  description: "description must be non-empty",
  payload: "INVOICE_PAYLOAD_INVALID",
}

function priceOf(price: Fields): LabeledPrice {
  const amount = Number(price["amount"])
  if (!Number.isInteger(amount)) {
    throw CallError.badRequest('can\'t parse labeled price: Field "amount" must be of type Number')
  }
  return { label: textField(price, "label"), amount }
}

function shippingOptions(value: unknown): ShippingOption[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw CallError.badRequest("can't parse shipping options JSON object")
  }
  // Shown as the bot has sent them.
  return value as ShippingOption[]
}
