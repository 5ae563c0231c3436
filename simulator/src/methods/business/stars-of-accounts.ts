import type { StarAmount } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Call, MethodTable } from "../method.js"
import { accountWith } from "./connection.js"

/** Methods for the Stars of a business account. */
export const accountStarMethods: MethodTable = {
  getBusinessAccountStarBalance,
  transferBusinessAccountStars,
}

const maxTransfer = 10_000

function getBusinessAccountStarBalance(call: Call): StarAmount {
  return { amount: accountWith(call, "can_view_gifts_and_stars").person.profile.stars }
}

function transferBusinessAccountStars(call: Call): true {
  const { person } = accountWith(call, "can_transfer_stars")
  const { bot, world } = call
  const amount = call.args.integer("star_count", 0, 0, 2 ** 31 - 1)
  if (amount < 1 || amount > maxTransfer) throw CallError.badRequest("STARS_AMOUNT_INVALID")
  if (person.profile.stars < amount) throw CallError.badRequest("BALANCE_TOO_LOW")
  person.profile.stars -= amount
  const source = {
    type: "user" as const,
    transaction_type: "business_account_transfer" as const,
    user: person.user,
  }
  const { now: date } = world
  world.stars.of(bot.me.id).record({ id: `transfer_${world.newId()}`, amount, date, source })
  return true
}
