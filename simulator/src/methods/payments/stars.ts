import type { StarAmount, StarTransactions } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"

/** Methods for a bot's Telegram Stars and their refunds. */
export const starMethods: MethodTable = {
  getMyStarBalance,
  getStarTransactions,
  refundStarPayment,
  editUserStarSubscription,
}

function getMyStarBalance({ bot, world }: Call): StarAmount {
  return { amount: world.stars.of(bot.me.id).balance }
}

function getStarTransactions({ args, bot, world }: Call): StarTransactions {
  const offset = args.integer("offset", 0, 0, 2 ** 31 - 1)
  const limit = args.integer("limit", 100, 1, 100)
  const transactions = world.stars.of(bot.me.id).transactions.slice(offset, offset + limit)
  return { transactions }
}

// The person sees the refund in the private chat; the bot gets no update.
function refundStarPayment(call: Call): true {
  const { args, bot, world } = call
  const { id } = userArgument(call)
  const book = world.stars.of(bot.me.id)
  const payment = book.payment(requiredText(args, "telegram_payment_charge_id"))
  if (payment?.from.id !== id) throw CallError.badRequest("CHARGE_ID_EMPTY")
  if (payment.isRefunded) throw CallError.badRequest("CHARGE_ALREADY_REFUNDED")
  book.refunded(payment, world.now)
  const person = world.people.get(id)
  if (person === undefined) return true
  const refunded_payment = {
    currency: "XTR" as const,
    total_amount: payment.amount,
    invoice_payload: payment.payload,
    telegram_payment_charge_id: payment.id,
  }
  world.writeAs(bot, world.openPrivateChat(bot, person), { refunded_payment })
  return true
}

function editUserStarSubscription(call: Call): true {
  const { args, bot, world } = call
  const { id } = userArgument(call)
  const payment = world.stars
    .of(bot.me.id)
    .payment(requiredText(args, "telegram_payment_charge_id"))
  if (payment?.subscription === undefined || payment.from.id !== id) {
    throw CallError.badRequest("CHARGE_ID_INVALID")
  }
  payment.subscription = { ...payment.subscription, isCanceledByBot: args.flag("is_canceled") }
  return true
}
